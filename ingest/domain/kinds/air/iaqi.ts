import { compareWithLimit, divideCeil, type ExactMean, roundToUnits } from '../../exact.ts';

/** Nothing measured, or not valid. */
export const MISSING = -1;
/** Above the table, and the value that stands in is not known (2012 editions): no index; the others make the whole only above 100. */
export const UNRESOLVED = -2;

const HIGHEST = 500;
const MICRO = 1_000_000;

/** One column of the breakpoint table, prepared: an index for every whole unit of concentration. */
export interface IndexColumn {
  readonly decimals: number;
  readonly steps: readonly number[];
  /** Breakpoints in units of 10^-decimals. */
  readonly points: readonly number[];
  /** Index of each whole unit from 0 to the last breakpoint. */
  readonly byUnit: Int16Array;
}

/** Prepares a column from its breakpoints (µg/m³ or mg/m³) and the index steps they stand for. */
export function indexColumn(breakpoints: readonly number[], steps: readonly number[], decimals: number): IndexColumn {
  const points = breakpoints.map((breakpoint) => Math.round(breakpoint * 10 ** decimals));
  const last = points.at(-1) ?? 0;
  const byUnit = new Int16Array(last + 1);
  for (let unit = 0; unit <= last; unit += 1) byUnit[unit] = interpolate(points, steps, unit, 1);
  return { decimals, steps, points, byUnit };
}

/** IAQI = (Ih − Il)/(Bh − Bl) × (C − Bl) + Il, rounded up, on integers; C is `numerator / denominator` units within the table. */
function interpolate(points: readonly number[], steps: readonly number[], numerator: number, denominator: number): number {
  if (numerator <= 0) return steps[0] ?? 0;
  for (let upper = 1; upper < points.length; upper += 1) {
    const high = points[upper] ?? 0;
    if (numerator > high * denominator) continue;
    const low = points[upper - 1] ?? 0;
    const from = steps[upper - 1] ?? 0;
    const rise = (steps[upper] ?? 0) - from;
    return from + divideCeil(rise * (numerator - low * denominator), (high - low) * denominator);
  }
  return HIGHEST;
}

/** Index of a concentration in whole units of the column; above the table 500; below zero it is no concentration: MISSING. */
export function indexOfUnits(column: IndexColumn, units: number): number {
  if (units < 0) return MISSING;
  return column.byUnit[units] ?? HIGHEST;
}

/**
 * Index of a mean, rounded first by GB/T 8170 (`round`) or taken unrounded. Unrounded it is cut to half a millionth
 * with the last bit set if anything was cut off: every step of the index lies on a whole millionth, so the result is exact.
 */
export function indexOfMean(column: IndexColumn, mean: ExactMean, round: boolean): number {
  if (round) return indexOfUnits(column, roundToUnits(mean, column.decimals));
  const floor = Math.floor(mean.sumMicro / mean.count);
  if (floor < 0) return MISSING;
  const halves = floor * 2 + (floor * mean.count === mean.sumMicro ? 0 : 1);
  return interpolate(column.points, column.steps, halves * 10 ** column.decimals, 2 * MICRO);
}

/** Whether a mean lies above the table's last entry, compared as it is used. */
export function isAbove(mean: ExactMean, over: number, decimals: number, round: boolean): boolean {
  return round ? roundToUnits(mean, decimals) > Math.round(over * 10 ** decimals) : compareWithLimit(mean, over) > 0;
}
