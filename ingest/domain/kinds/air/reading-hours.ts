import { addMicro, toMicro } from '../../exact.ts';
import { isExcluded } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { hourEnd } from '../../time.ts';
import { type HourRow, pollutantSlot } from './hour-table.ts';

/** Exact hour sums of readings, six pollutants; excluded values count for nothing. The order of readings does not matter. */
export function readingHours(readings: Iterable<Reading>): HourRow[] {
  const rows = new Map<string, { metric: string; at: number; validCount: number; validMs: number; sumMicro: number }>();
  for (const reading of readings) {
    const at = hourEnd(reading.at);
    for (const [metric, value] of Object.entries(reading.values)) {
      if (pollutantSlot(metric) === undefined || isExcluded(reading.quality?.[metric] ?? 0)) continue;
      const key = `${metric} ${at}`;
      const row = rows.get(key);
      if (row === undefined) {
        rows.set(key, { metric, at, validCount: 1, validMs: reading.periodMs, sumMicro: toMicro(value) });
      } else {
        row.validCount += 1;
        row.validMs += reading.periodMs;
        row.sumMicro = addMicro(row.sumMicro, toMicro(value));
      }
    }
  }
  return [...rows.values()];
}
