import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { LevelSample, RiseSlope, TimeToLine } from './rise.ts';
import { predictTide, type TideFit } from './tide.ts';

/** Levels above the fitted tide, m: what is left to be a flood. */
export function tideResiduals(samples: readonly LevelSample[], fit: TideFit): LevelSample[] {
  return samples.map(({ at, level }) => ({ at, level: level - predictTide(fit, at) }));
}

const STEP_MS = 5 * MINUTE_MS;

function crossing(
  line: number,
  from: LevelSample,
  residual: number,
  slope: number,
  fit: TideFit,
  horizonHours: number,
): number | null {
  if (from.level >= line) return 0;
  for (let ahead = STEP_MS; ahead <= horizonHours * HOUR_MS; ahead += STEP_MS) {
    if (predictTide(fit, from.at + ahead) + residual + (slope * ahead) / HOUR_MS >= line) return ahead / HOUR_MS;
  }
  return null;
}

/**
 * Time to a line on a tidal station: the fitted tide goes on, the residual goes on at its slope for no longer than the horizon.
 * Steps of 5 minutes. Null where the line is not reached within the horizon.
 */
export function tidalTimeToLine(
  line: number,
  newest: LevelSample,
  slope: RiseSlope,
  fit: TideFit,
  horizonHours: number,
): TimeToLine {
  const residual = newest.level - predictTide(fit, newest.at);
  const at = (rate: number): number | null => crossing(line, newest, residual, rate, fit, horizonHours);
  return { hours: at(slope.mPerHour), earliest: at(slope.high), latest: at(slope.low) };
}
