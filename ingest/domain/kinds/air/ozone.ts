import { approximate, type ExactMean, roundToUnits } from '../../exact.ts';
import { meanOfHours } from './hour-table.ts';
import type { AssessmentRules, ValidityMinima } from './standard.ts';

const WINDOW = 8;

/** O3's daily maximum 8-hour mean and what it rests on. */
export interface OzoneDay {
  /** The maximum, unrounded; null where it is not valid. */
  readonly max: ExactMean | null;
  /** Largest valid window, valid as a day or not. */
  readonly largest: ExactMean | null;
  /** Valid windows of the day, 0 to 17. */
  readonly windows: number;
  /** Local hour (8 to 24) at which the largest window ends; null without one. */
  readonly windowEnd: number | null;
}

/** Sliding 8-hour mean of O3 ending with hour `end` (index): at least 6 of the 8 hours, else undefined (GB 3095, table 4). */
export function eightHourMean(
  column: readonly (ExactMean | undefined)[],
  end: number,
  minima: ValidityMinima,
): ExactMean | undefined {
  return meanOfHours(column, end - WINDOW + 1, end + 1, minima.eightHourHours);
}

/**
 * Daily maximum 8 h (HJ 663, 6.1.2): the largest sliding mean ending 08:00 to 24:00, so that all its hours lie in the
 * natural day. Valid with 14 windows, or with fewer where it exceeds `limit` (µg/m³) as published. `first` is the index of the hour 00–01.
 */
export function ozoneDay(
  column: readonly (ExactMean | undefined)[],
  first: number,
  minima: ValidityMinima,
  rules: AssessmentRules,
  limit: number,
): OzoneDay {
  const { firstEnd, lastEnd, minimumWindows } = rules.ozoneDay;
  let largest: ExactMean | null = null;
  let largestValue = Number.NEGATIVE_INFINITY;
  let windows = 0;
  let windowEnd: number | null = null;
  for (let end = firstEnd; end <= lastEnd; end += 1) {
    const mean = eightHourMean(column, first + end - 1, minima);
    if (mean === undefined) continue;
    windows += 1;
    const value = approximate(mean);
    if (value > largestValue) {
      largest = mean;
      largestValue = value;
      windowEnd = end;
    }
  }
  const valid = largest !== null && (windows >= minimumWindows || roundToUnits(largest, 0) > limit);
  return { max: valid ? largest : null, largest, windows, windowEnd };
}

/** Daily maximum 1 h of O3 (an item of the 2012 edition only): valid with `needed` hours, or with fewer where it exceeds `limit`. */
export function ozoneMaxHour(
  column: readonly (ExactMean | undefined)[],
  first: number,
  needed: number,
  limit: number,
): ExactMean | null {
  let largest: ExactMean | null = null;
  let valid = 0;
  for (let hour = Math.max(0, first); hour < first + 24; hour += 1) {
    const mean = column[hour];
    if (mean === undefined) continue;
    valid += 1;
    if (largest === null || approximate(mean) > approximate(largest)) largest = mean;
  }
  if (largest === null) return null;
  return valid >= needed || roundToUnits(largest, 0) > limit ? largest : null;
}
