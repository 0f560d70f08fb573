import { addMicro } from '../../exact.ts';
import { isExcluded, QUALITY } from '../../quality.ts';
import { MINUTE_MS } from '../../time.ts';
import { rejectEchoes, withinRate } from './echoes.ts';
import type { GaugeReport } from './gauge-window.ts';
import type { RainReport } from './rain.ts';
import { type LevelSample, slopeWindowMs } from './rise.ts';
import type { FloodMeasuring } from './standards.ts';

const DOUBTED = QUALITY.rate | QUALITY.neighbour | QUALITY.overRange;

/** The levels that a judgement may use. */
export interface ObservedLevels {
  /** Valid levels of the newest sample's device without false echoes, ascending, as far back as rates and slope look: one device has one datum. */
  readonly samples: readonly LevelSample[];
  readonly newest: LevelSample;
  /** A quality check or the echo test doubts the newest. */
  readonly suspect: boolean;
  /** Lower of the two newest where both are there and, for a doubted newest, agree; what two samples in a row confirm. */
  readonly confirmed: number | null;
}

/** The mountain-flood hold looks back at levels too, at most this long. */
const LONGEST_HOLD_MIN = 90;

/** Samples that tell how often a gauge reports and whether the newest is an echo, however far apart they lie. */
function leastSamples({ echo, slope }: FloodMeasuring): number {
  return Math.max(echo.medianOf, slope.windowPeriods + 1);
}

function lookbackMs(descending: readonly LevelSample[], measuring: FloodMeasuring): number {
  const rates = Math.max(...measuring.riseWindowsMin) * (1 + measuring.endToleranceShare);
  return Math.max(rates * MINUTE_MS, LONGEST_HOLD_MIN * MINUTE_MS, slopeWindowMs(descending.toReversed(), measuring));
}

/** Valid levels of a station; undefined without any. */
export function observedLevels(reports: readonly GaugeReport[], measuring: FloodMeasuring): ObservedLevels | undefined {
  const { echo } = measuring;
  const least = leastSamples(measuring);
  let lookback = Number.POSITIVE_INFINITY;
  let newestReport: GaugeReport | undefined;
  const descending: LevelSample[] = [];
  for (let index = reports.length - 1; index >= 0; index -= 1) {
    const report = reports[index] as GaugeReport;
    if (report.level === null || isExcluded(report.levelFlags)) continue;
    if (newestReport === undefined) newestReport = report;
    if (newestReport.at - report.at > lookback) break;
    if (report.device !== newestReport.device) continue;
    descending.push({ at: report.at, level: report.level });
    if (descending.length === least) lookback = lookbackMs(descending, measuring);
  }
  if (newestReport === undefined) return undefined;
  const all = descending.reverse();
  const newest = all.at(-1) as LevelSample;
  const previous = all.at(-2);
  const echoes = rejectEchoes(all, echo);
  const samples = all.filter((_, index) => echoes[index] === 0);
  const suspect = (newestReport.levelFlags & DOUBTED) !== 0 || echoes.at(-1) !== 0;
  const agree = previous !== undefined && (!suspect || withinRate(previous, newest, echo));
  return { samples, newest, suspect, confirmed: agree ? Math.min(previous.level, newest.level) : null };
}

/**
 * Rain reports of a station, ascending. Where several gauges report, the one with the largest total of the held window counts: rain is not added
 * over gauges, and too much is the safe side.
 */
export function observedRain(reports: readonly GaugeReport[]): RainReport[] {
  const byDevice = new Map<string, { total: number; reports: RainReport[] }>();
  for (const report of reports) {
    if (report.rainMicro === null) continue;
    const gauge = byDevice.get(report.device) ?? { total: 0, reports: [] };
    byDevice.set(report.device, gauge);
    const valid = !isExcluded(report.rainFlags);
    gauge.reports.push({ at: report.at, micro: report.rainMicro, valid });
    if (valid) gauge.total = addMicro(gauge.total, report.rainMicro);
  }
  let chosen: { total: number; reports: RainReport[] } | undefined;
  for (const device of [...byDevice.keys()].sort()) {
    const gauge = byDevice.get(device) as { total: number; reports: RainReport[] };
    if (chosen === undefined || gauge.total > chosen.total) chosen = gauge;
  }
  return chosen?.reports ?? [];
}
