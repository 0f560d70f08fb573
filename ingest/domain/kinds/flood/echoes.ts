import { QUALITY } from '../../quality.ts';
import { MINUTE_MS } from '../../time.ts';
import type { LevelSample } from './rise.ts';
import type { FloodMeasuring } from './standards.ts';

function medianOf(levels: readonly number[]): number {
  const sorted = [...levels].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Whether the water can have gone from one sample to the other. */
export function withinRate(a: LevelSample, b: LevelSample, echo: FloodMeasuring['echo']): boolean {
  const minutes = Math.abs(b.at - a.at) / MINUTE_MS;
  return Math.abs(b.level - a.level) <= echo.toleranceM + echo.maxMPerMin * minutes;
}

/** Whether the newest of these samples (ascending) is a false echo of foam, rain or a passing bird: off the median of the last five and faster than water rises. */
function isEcho(samples: readonly LevelSample[], echo: FloodMeasuring['echo']): boolean {
  const window = samples.slice(-echo.medianOf);
  const last = window.at(-1);
  const before = window.slice(0, -1);
  const previous = before.at(-1);
  if (last === undefined || previous === undefined || before.length < 2) return false;
  const median = medianOf(window.map(({ level }) => level));
  // The middle of the window stands for the median's own time.
  const middle = window[(window.length - 1) >> 1] as LevelSample;
  return !withinRate({ at: middle.at, level: median }, last, echo) && !withinRate(previous, last, echo);
}

/**
 * Flags of each sample (ascending in time, valid, one datum): `spike` for a false echo, else 0. A flag only: the level itself is never
 * altered or dropped, and a second sample that agrees with the first is no echo any more.
 */
export function rejectEchoes(samples: readonly LevelSample[], echo: FloodMeasuring['echo']): number[] {
  return samples.map((_, index) =>
    isEcho(samples.slice(Math.max(0, index + 1 - echo.medianOf), index + 1), echo) ? QUALITY.spike : 0,
  );
}
