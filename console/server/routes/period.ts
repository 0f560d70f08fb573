import { DAY_MS, dayStart, HOUR_MS, hourEnd, localDate, startOfDate } from '@clearbay/domain/time.ts';
import type { Period } from '../services.ts';

export const PERIODS = ['instant', 'hour', 'day', 'month', 'year'] as const;
export type PeriodName = (typeof PERIODS)[number];

/**
 * The period that `at` names. An hour is named by its END as it is printed (14:00 is 13:00 to 14:00);
 * day, month and year are those that contain the moment in Asia/Shanghai, midnight opening the new one.
 */
export function periodAt(name: PeriodName, at: number): Period {
  if (name === 'instant') return { start: at, end: at };
  if (name === 'hour') return { start: hourEnd(at) - HOUR_MS, end: hourEnd(at) };
  if (name === 'day') {
    const start = dayStart(at + 1);
    return { start, end: start + DAY_MS };
  }
  const [year = 1970, month = 1] = localDate(at).split('-').map(Number);
  const first = (y: number, m: number) => startOfDate(new Date(Date.UTC(y, m, 1)).toISOString().slice(0, 10));
  return name === 'month'
    ? { start: first(year, month - 1), end: first(year, month) }
    : { start: first(year, 0), end: first(year + 1, 0) };
}
