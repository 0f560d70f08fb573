import type { ExceptionalDay } from '../../district.ts';
import { roundMean, toMicro } from '../../exact.ts';
import type { DayJudgement } from './day.ts';

type JudgedDay = Pick<DayJudgement, 'date' | 'good'>;

/** Good-day rate 优良天数比率: days with AQI at most 100 over valid days; NA days are in neither and counted apart. */
export interface GoodDays {
  readonly good: number;
  readonly bad: number;
  readonly valid: number;
  readonly na: number;
  /** good / valid, 0 to 1, unrounded; null without a valid day. */
  readonly rate: number | null;
  /** Per cent as printed, rounded by GB/T 8170; null without a valid day. Never compare this one. */
  readonly printedPercent: number | null;
}

/** Both figures: all days as measured, and without the exceptional ones. */
export interface GoodDaysWithEvents {
  readonly asMeasured: GoodDays;
  readonly withoutEvents: GoodDays;
  /** The listed days that were judged at all. */
  readonly events: readonly ExceptionalDay[];
}

/**
 * Counts judged days and gives the good-day rate (HJ 663); `rateDecimals` is how the per cent is printed (default 1). Days
 * of NA are counted apart, days that are not given not at all.
 */
export function goodDays(days: Iterable<JudgedDay>, rateDecimals = 1): GoodDays {
  let good = 0;
  let bad = 0;
  let na = 0;
  for (const day of days) {
    if (day.good === null) na += 1;
    else if (day.good) good += 1;
    else bad += 1;
  }
  const valid = good + bad;
  return {
    good,
    bad,
    valid,
    na,
    rate: valid === 0 ? null : good / valid,
    printedPercent: valid === 0 ? null : roundMean({ sumMicro: toMicro(good * 100), count: valid }, rateDecimals),
  };
}

/** The rate with and without exceptional events 例外事件 (HJ 663-2026); a listed day, good or bad, leaves both sides of the fraction. */
export function goodDaysWithEvents(
  days: readonly JudgedDay[],
  exceptional: readonly ExceptionalDay[],
  rateDecimals = 1,
): GoodDaysWithEvents {
  const listed = new Map(exceptional.map((event) => [event.date, event]));
  return {
    asMeasured: goodDays(days, rateDecimals),
    withoutEvents: goodDays(
      days.filter((day) => !listed.has(day.date)),
      rateDecimals,
    ),
    events: days.map((day) => listed.get(day.date)).filter((event) => event !== undefined),
  };
}

/** Whether the unrounded rate reaches a target share (0 to 1); null without a valid day. 354 of 365 prints 97.0 % and misses 97 %. */
export function reachesShare(days: GoodDays, share: number): boolean | null {
  return days.valid === 0 ? null : toMicro(days.good) >= toMicro(share) * days.valid;
}
