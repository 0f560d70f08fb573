import type { ExceptionalDay } from '../../district.ts';
import { DAY_MS, dateOf, startOfDate } from '../../time.ts';
import { type DayJudgement, judgeDay, type StationTerms } from './day.ts';
import type { EditionChoice } from './edition-choice.ts';
import type { HourTable } from './hour-table.ts';
import { enoughForMonth, enoughForYear, judgePeriod, type PeriodJudgement } from './period.ts';

export interface YearJudgement extends PeriodJudgement {
  readonly year: number;
  /** January to December; a month without a judged day has no entry. */
  readonly months: readonly (PeriodJudgement & { readonly month: number })[];
}

export interface YearTerms extends StationTerms {
  readonly exceptional?: readonly ExceptionalDay[];
  /** Midnight that ends the last day judged, epoch ms; the year's own end by default. A running day is never judged. */
  readonly until?: number;
}

/** Judges the days of [from, until) (local midnights), each under the edition that `choose` gives for its date. */
export function judgeDays(
  table: HourTable,
  span: { readonly from: number; readonly until: number },
  choose: EditionChoice,
  terms: StationTerms = {},
): DayJudgement[] {
  const days: DayJudgement[] = [];
  for (let start = span.from; start + DAY_MS <= span.until; start += DAY_MS) {
    days.push(judgeDay(table, start, choose(dateOf(start)), terms));
  }
  return days;
}

/**
 * Judges a calendar year day by day, then its months and the year. Each day is judged by its own edition; limits and
 * assessment rules of a month or the year are those of its last day.
 */
export function judgeYear(table: HourTable, year: number, choose: EditionChoice, terms: YearTerms = {}): YearJudgement {
  const end = startOfDate(`${year + 1}-01-01`);
  const until = Math.min(end, terms.until ?? end);
  return yearOfDays(judgeDays(table, { from: startOfDate(`${year}-01-01`), until }, choose, terms), year, choose, terms);
}

/** A year from days that are already judged, for example those of the district. */
export function yearOfDays(
  days: readonly DayJudgement[],
  year: number,
  choose: EditionChoice,
  terms: YearTerms = {},
): YearJudgement {
  const months = Array.from({ length: 12 }, (_, i) => i + 1).flatMap((month) => {
    const prefix = `${year}-${String(month).padStart(2, '0')}`;
    const own = days.filter((day) => day.date.startsWith(prefix));
    const last = own.at(-1);
    if (last === undefined) return [];
    const edition = choose(last.date);
    return [{ month, ...judgePeriod(own, edition, enoughForMonth(edition, month), terms) }];
  });
  const edition = choose(`${year}-12-31`);
  return { year, months, ...judgePeriod(days, edition, enoughForYear(edition), terms) };
}
