import type { ExceptionalDay } from '../../district.ts';
import { compareWithLimit, type ExactMean, meanOfMeans, roundMean, toMicro } from '../../exact.ts';
import { type CompositeIndex, compositeIndices } from './composite.ts';
import type { DayJudgement, StationTerms } from './day.ts';
import { type GoodDaysWithEvents, goodDaysWithEvents } from './good-days.ts';
import { percentile } from './percentile.ts';
import { type AirEdition, limitOf, POLLUTANTS, type Pollutant } from './standard.ts';

/** One statistic of a period held against its limit. */
export interface PeriodStatistic {
  /** Unrounded; null without a day. */
  readonly exact: ExactMean | null;
  /** Rounded by GB/T 8170; null without a day. */
  readonly value: number | null;
  /** µg/m³ (CO mg/m³); null where the standard has none. */
  readonly limit: number | null;
  /** Null where there is no limit or the statistic is not valid. */
  readonly meets: boolean | null;
  /** (C − S)/S, 2 decimals; null unless over the limit. */
  readonly exceedance: number | null;
}

interface PollutantPeriod {
  /** Days with a valid daily value. */
  readonly validDays: number;
  /** Enough days for the period to count (GB 3095, table 4). */
  readonly valid: boolean;
  readonly mean: PeriodStatistic;
  readonly percent: number;
  readonly percentile: PeriodStatistic;
  /** Compliance 达标 of the pollutant: mean and percentile, CO and O3 the percentile only; null where not valid. */
  readonly meets: boolean | null;
}

/** A month or a year from its days: means of daily values, percentiles, compliance, composite index, good days. */
export interface PeriodJudgement {
  /** Edition of the limits. */
  readonly edition: AirEdition;
  readonly days: readonly DayJudgement[];
  readonly goodDays: GoodDaysWithEvents;
  readonly pollutants: Readonly<Record<Pollutant, PollutantPeriod>>;
  readonly valid: boolean;
  /** All pollutants meet; false as soon as one valid one does not; null where that cannot be said. */
  readonly meets: boolean | null;
  readonly composite: readonly CompositeIndex[];
}

/** Says of a pollutant's valid dates whether they are enough for the period. */
export type EnoughDays = (validDates: readonly string[]) => boolean;

/** A month needs 27 valid days, a February 25, leap year or not (GB 3095, table 4). */
export function enoughForMonth(edition: AirEdition, month: number): EnoughDays {
  const needed = month === 2 ? edition.validity.februaryDays : edition.validity.monthDays;
  return (dates) => dates.length >= needed;
}

/** A year needs 324 valid days and each month its own number (GB 3095, table 4). */
export function enoughForYear(edition: AirEdition): EnoughDays {
  return (dates) => {
    if (dates.length < edition.validity.yearDays) return false;
    const perMonth = new Array<number>(12).fill(0);
    for (const date of dates) {
      const month = Number(date.slice(5, 7)) - 1;
      perMonth[month] = (perMonth[month] ?? 0) + 1;
    }
    return perMonth.every((days, month) => days >= (month === 1 ? edition.validity.februaryDays : edition.validity.monthDays));
  };
}

/** Judges a period from its days; `edition` gives limits and assessment rules, each day keeps the edition that judged it. */
export function judgePeriod(
  days: readonly DayJudgement[],
  edition: AirEdition,
  enough: EnoughDays,
  terms: StationTerms & { readonly exceptional?: readonly ExceptionalDay[] } = {},
): PeriodJudgement {
  const pollutants = {} as Record<Pollutant, PollutantPeriod>;
  for (const pollutant of POLLUTANTS) pollutants[pollutant] = pollutantPeriod(days, pollutant, edition, enough, terms);
  const monitored = POLLUTANTS.filter((pollutant) => !terms.notMonitored?.includes(pollutant)).map((each) => pollutants[each]);
  return {
    edition,
    days,
    goodDays: goodDaysWithEvents(days, terms.exceptional ?? [], edition.assessment.rateDecimals),
    pollutants,
    valid: monitored.every((each) => each.valid),
    meets: allMeet(monitored.map((each) => each.meets)),
    composite: compositeIndices(pollutants, edition, terms.areaClass ?? 2),
  };
}

function allMeet(parts: readonly (boolean | null)[]): boolean | null {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

function pollutantPeriod(
  days: readonly DayJudgement[],
  pollutant: Pollutant,
  edition: AirEdition,
  enough: EnoughDays,
  terms: StationTerms,
): PollutantPeriod {
  const rules = edition.assessment;
  const annual = rules.annual[pollutant];
  const means: ExactMean[] = [];
  const dates: string[] = [];
  for (const day of days) {
    const mean = day.pollutants[pollutant].mean;
    if (mean === null) continue;
    means.push(mean);
    dates.push(day.date);
  }
  const valid = enough(dates);
  const areaClass = terms.areaClass ?? 2;
  const yearLimit = annual.mean ? limitOf(edition, pollutant, 'year', areaClass) : undefined;
  const mean = statistic(meanOfMeans(means), yearLimit, valid, pollutant, edition);
  const dayLimit = limitOf(edition, pollutant, annual.averaging, areaClass);
  const percentileValid = valid || !rules.percentileNeedsValidYear.value;
  const high = statistic(percentile(means, annual.percentile), dayLimit, percentileValid, pollutant, edition);
  const parts = annual.mean ? (rules.requireBoth.value ? [mean.meets, high.meets] : [mean.meets]) : [high.meets];
  return { validDays: means.length, valid, mean, percent: annual.percentile, percentile: high, meets: allMeet(parts) };
}

function statistic(
  exact: ExactMean | undefined,
  limit: number | undefined,
  valid: boolean,
  pollutant: Pollutant,
  edition: AirEdition,
): PeriodStatistic {
  const { compare, statisticDecimals, multipleDecimals } = edition.assessment;
  if (exact === undefined) return { exact: null, value: null, limit: limit ?? null, meets: null, exceedance: null };
  const value = roundMean(exact, statisticDecimals.value[pollutant]);
  if (limit === undefined) return { exact, value, limit: null, meets: null, exceedance: null };
  const over = compare.value === 'unrounded' ? compareWithLimit(exact, limit) > 0 : value > limit;
  const excess = { sumMicro: exact.sumMicro - toMicro(limit) * exact.count, count: exact.count * limit };
  return {
    exact,
    value,
    limit,
    meets: valid ? !over : null,
    exceedance: over ? roundMean(excess, multipleDecimals) : null,
  };
}

/** Three-year sliding mean 三年滑动平均 of annual means; undefined unless all three years are there. */
export function threeYearMean(years: readonly (ExactMean | null)[]): ExactMean | undefined {
  const present = years.filter((mean) => mean !== null);
  return present.length === 3 && years.length === 3 ? meanOfMeans(present) : undefined;
}
