import { addMicro, toMicro } from '../../exact.ts';
import { firstHalf, sampledMs, secondHalf } from '../../minutes.ts';
import { isExcluded } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { hourEnd } from '../../time.ts';
import { type HourRow, pollutantSlot } from './hour-table.ts';

interface HourSum {
  readonly metric: string;
  readonly at: number;
  validCount: number;
  sumMicro: number;
  addedMs: number;
  first: number;
  second: number;
}

/**
 * Exact hour sums of readings, six pollutants; excluded values count for nothing, and what devices sampled at once counts once
 * as sampling. The order of readings does not matter.
 */
export function readingHours(readings: Iterable<Reading>): HourRow[] {
  const sums = new Map<string, HourSum>();
  for (const { at: label, periodMs, values, quality } of readings) {
    const at = hourEnd(label);
    for (const [metric, value] of Object.entries(values)) {
      if (pollutantSlot(metric) === undefined || isExcluded(quality?.[metric] ?? 0)) continue;
      const key = `${metric} ${at}`;
      const sum = sums.get(key) ?? { metric, at, validCount: 0, sumMicro: 0, addedMs: 0, first: 0, second: 0 };
      sums.set(key, sum);
      sum.validCount += 1;
      sum.sumMicro = addMicro(sum.sumMicro, toMicro(value));
      sum.addedMs += periodMs;
      sum.first |= firstHalf(label, periodMs);
      sum.second |= secondHalf(label, periodMs);
    }
  }
  return [...sums.values()].map(({ metric, at, validCount, sumMicro, addedMs, first, second }) => ({
    metric,
    at,
    validCount,
    validMs: sampledMs(addedMs, first, second),
    sumMicro,
  }));
}
