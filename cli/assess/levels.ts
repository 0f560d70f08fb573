import type { PeriodLabels } from '@clearbay/contract/column-times.ts';
import { localDate, startOfDate } from '@clearbay/domain/time.ts';

/** What a row of a file stands for. */
export const LEVELS = ['hour', 'day', 'month', 'year'] as const;
export type Level = (typeof LEVELS)[number];

/** Labels of a period that rows of a level may carry instead of a date. */
export function labelsOf(level: Level): PeriodLabels {
  return level === 'year' ? 'years' : level === 'month' ? 'months' : 'none';
}

/** Last day of the period that a local date (YYYY-MM-DD) lies in: its edition judges the period, as it does in the live system. */
export function lastDayOf(level: Level, date: string): string {
  if (level === 'year') return `${date.slice(0, 4)}-12-31`;
  if (level !== 'month') return date;
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).toISOString().slice(0, 10);
}

/** A moment of the day whose edition judges a row: the row's own, or one of the last day of its month or year. Epoch ms. */
export function judgedMoment(level: Level, at: number): number {
  return level === 'month' || level === 'year' ? startOfDate(lastDayOf(level, localDate(at))) : at;
}
