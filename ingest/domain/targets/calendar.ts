import { DAY_MS, daysInYear } from '../time.ts';

/** Dates are local days, YYYY-MM-DD; counting them needs no zone. */
function ordinal(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

function dateAt(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Dates from `first` on, `count` of them. */
export function datesFrom(first: string, count: number): string[] {
  const start = ordinal(first);
  return Array.from({ length: count }, (_, index) => dateAt(start + index));
}

/** The date so many days earlier. */
export function dayBefore(date: string, days: number): string {
  return dateAt(ordinal(date) - days);
}

/** The calendar year as seen from `today`, which still runs and belongs to the rest. */
export interface YearSplit {
  /** Days that have ended. */
  readonly elapsed: number;
  /** Days still to be judged, today included. */
  readonly remaining: number;
  /** First day still to be judged; undefined after the year. */
  readonly next: string | undefined;
}

/** Splits a year (366 days in leap years) at a local date; a date before it leaves the whole year, one after it nothing. */
export function splitYear(year: number, today: string): YearSplit {
  const days = daysInYear(year);
  const elapsed = Math.min(days, Math.max(0, ordinal(today) - ordinal(`${year}-01-01`)));
  return { elapsed, remaining: days - elapsed, next: elapsed === days ? undefined : datesFrom(`${year}-01-01`, days)[elapsed] };
}

/** The same day of another year; 29 February is 28 February where there is none. */
export function sameDay(date: string, year: number): string {
  const day = date.slice(4) === '-02-29' && daysInYear(year) === 365 ? '-02-28' : date.slice(4);
  return `${year}${day}`;
}
