import { addMicro, type ExactMean, meanOfMeans } from '../../exact.ts';
import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import { POLLUTANTS, type ValidityMinima } from './standard.ts';

/** One hour of one metric as the series store keeps it; `at` is the END of the hour, which covers (at − 1 h, at]. */
export interface HourRow {
  readonly metric: string;
  readonly at: number;
  /** Values that are not excluded by their flags. */
  readonly validCount: number;
  /** How much of the hour those values stand for, ms; what devices sampled at once counts once. */
  readonly validMs: number;
  /** Exact sum of them, millionths of the metric's unit. */
  readonly sumMicro: number;
}

/** Valid hourly means of one station, by pollutant (order of POLLUTANTS) and hour; undefined where an hour is missing or not valid. */
export interface HourTable {
  /** END of the first hour, epoch ms. */
  readonly firstEnd: number;
  readonly length: number;
  readonly means: readonly (ExactMean | undefined)[][];
}

const SLOT = new Map<string, number>(POLLUTANTS.map((pollutant, i) => [pollutant, i]));
const FIRST_PARTICLE = POLLUTANTS.indexOf('pm10');

/** Position of a metric among the six pollutants; undefined for weather and VOC. */
export function pollutantSlot(metric: string): number | undefined {
  return SLOT.get(metric);
}

/** Minutes of sampling that `validMs` of valid values stand for, at most 60. */
export function minutesCovered(validMs: number): number {
  return Math.min(60, validMs / MINUTE_MS);
}

/** Minutes of sampling that an hour of a pollutant (position in POLLUTANTS) needs (GB 3095, table 4: 45; particles by their own setting). */
export function minutesNeeded(slot: number, minima: ValidityMinima): number {
  return slot >= FIRST_PARTICLE ? minima.particleHourMinutes.value : minima.hourMinutes;
}

/**
 * The valid hours of [firstEnd, lastEnd] (ends of hours, both included). Rows of other metrics or outside the span are
 * passed over; the order of rows does not matter; of two rows of one hour the later in the sequence holds.
 */
export function hourTable(
  rows: Iterable<HourRow>,
  span: { readonly firstEnd: number; readonly lastEnd: number },
  minima: ValidityMinima,
): HourTable {
  const length = Math.max(0, Math.round((span.lastEnd - span.firstEnd) / HOUR_MS) + 1);
  const means = POLLUTANTS.map(() => new Array<ExactMean | undefined>(length).fill(undefined));
  for (const row of rows) {
    const slot = SLOT.get(row.metric);
    if (slot === undefined) continue;
    const hour = (row.at - span.firstEnd) / HOUR_MS;
    const column = means[slot];
    if (column === undefined || hour < 0 || hour >= length || !Number.isInteger(hour)) continue;
    const valid = row.validCount > 0 && minutesCovered(row.validMs) >= minutesNeeded(slot, minima);
    column[hour] = valid ? { sumMicro: row.sumMicro, count: row.validCount } : undefined;
  }
  return { firstEnd: span.firstEnd, length, means };
}

/** Index of the hour that ends at `end`; may lie outside the table. */
export function hourIndex(table: HourTable, end: number): number {
  return Math.round((end - table.firstEnd) / HOUR_MS);
}

/** Valid hours among [from, to) of a column. */
export function validHours(column: readonly (ExactMean | undefined)[], from: number, to: number): number {
  let valid = 0;
  for (let hour = Math.max(0, from); hour < to; hour += 1) if (column[hour] !== undefined) valid += 1;
  return valid;
}

/** Arithmetic mean of the valid hourly means among [from, to), unrounded; undefined with fewer than `needed`. */
export function meanOfHours(
  column: readonly (ExactMean | undefined)[],
  from: number,
  to: number,
  needed: number,
): ExactMean | undefined {
  let sumMicro = 0;
  let valid = 0;
  let count = 0;
  let sameCount = true;
  for (let hour = Math.max(0, from); hour < to; hour += 1) {
    const mean = column[hour];
    if (mean === undefined) continue;
    if (valid === 0) count = mean.count;
    else if (mean.count !== count) sameCount = false;
    sumMicro = addMicro(sumMicro, mean.sumMicro);
    valid += 1;
  }
  if (valid === 0 || valid < needed) return undefined;
  if (sameCount) return { sumMicro, count: count * valid };
  return meanOfMeans(column.slice(Math.max(0, from), to).filter((mean) => mean !== undefined));
}
