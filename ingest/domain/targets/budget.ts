import { divideHalfEven } from '../exact.ts';
import type { Origin } from '../reading.ts';
import type { Text } from '../text.ts';
import { dayBefore, splitYear } from './calendar.ts';
import { type BadDay, separateOrigins } from './figure.ts';
import { allowedBad, certainVerdict, printShare, type RoundingRule } from './share.ts';

/** One ended day, judged under one edition. */
export interface TargetDay {
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  /** AQI at most 100; null for NA (not enough valid data). */
  readonly good: boolean | null;
  readonly aqi: number | null;
  readonly primary: readonly string[];
  readonly origin: Origin;
  /** Listed as an exceptional event (例外事件). */
  readonly exceptional?: boolean;
}

/** How the plan's owner counts. */
export interface BudgetRules {
  /** Share of good days, 0 to 1. */
  readonly target: number;
  /** Default `unrounded`. */
  readonly rounding?: RoundingRule;
  /** Text that the rounding rule is taken from. */
  readonly citation: Text;
  /** Whether listed exceptional days count; both figures are given either way. Default `keep`. */
  readonly exceptional?: 'keep' | 'exclude';
}

/** What holds unless the plan's owner says otherwise: 354 good days of 365 print as 97.0 % and do not reach 97 %. */
export const STRICT_RULES: Omit<BudgetRules, 'target'> = {
  rounding: 'unrounded',
  citation: { zh: 'GB/T 8170 全数值比较法', en: 'GB/T 8170, full-value comparison' },
  exceptional: 'keep',
};

export interface BudgetQuestion {
  readonly year: number;
  /** Local date that still runs; it and later days are the rest. */
  readonly today: string;
  readonly rules: BudgetRules;
  /** Days with valid data among the last days (say 90): the part of the rest expected to be valid. Absent: all of it. */
  readonly captureRate?: { readonly valid: number; readonly of: number };
  readonly demonstration: boolean;
}

interface Counted {
  readonly good: number;
  readonly bad: number;
  readonly valid: number;
  /** Unrounded; null without a valid day. */
  readonly value: number | null;
  readonly printed: string;
}

/** The good-day budget of a year. */
export interface DayBudget extends Counted {
  readonly year: number;
  /** Ended days without a valid judgement (NA or no record): in neither side of the rate. */
  readonly invalid: number;
  /** Days still to be judged, today included. */
  readonly daysLeft: number;
  /** Of these, how many are expected to be valid. */
  readonly expectedValid: number;
  /** Bad days allowed over the expected valid days of the year, by the rule in use. */
  readonly allowed: number;
  readonly used: number;
  /** allowed − used; negative once overdrawn. */
  readonly left: number;
  /** Good days that the rest must bring; null where it cannot. */
  readonly requiredGood: number | null;
  readonly rounding: {
    readonly rule: RoundingRule;
    readonly citation: Text;
    readonly allowed: Readonly<Record<RoundingRule, number>>;
  };
  /** With so many of the expected days missing, so many bad ones are allowed: each step where the allowance falls. */
  readonly sensitivity: readonly { readonly missing: number; readonly allowed: number }[];
  readonly badDays: readonly BadDay[];
  /** The ended days behind it, oldest first, listed exceptional ones included. */
  readonly days: readonly TargetDay[];
  readonly exceptional: { readonly days: number; readonly kept: Counted; readonly excluded: Counted };
  /** Certain whatever comes; null while open or without a valid day. */
  readonly certain: 'secured' | 'lost' | null;
  readonly leftOut: number;
  readonly simulated: boolean;
}

function count(days: readonly TargetDay[]): Counted {
  const good = days.filter((day) => day.good === true).length;
  const bad = days.filter((day) => day.good === false).length;
  const valid = good + bad;
  return { good, bad, valid, value: valid === 0 ? null : good / valid, printed: printShare(good, valid) };
}

function stepsOfMissing(total: number, expected: number, allowedFor: (days: number) => number): DayBudget['sensitivity'] {
  const steps = [];
  let before = allowedFor(total);
  for (let missing = 1; missing <= expected; missing += 1) {
    const allowed = allowedFor(total - missing);
    if (allowed < before) steps.push({ missing, allowed });
    before = allowed;
  }
  return steps;
}

/**
 * Good days over valid days of the calendar year against a share. Ended days only: today and later records are ignored,
 * a date given twice counts once (the last). Missing days shrink the denominator and thereby the allowance.
 */
export function dayBudget(days: readonly TargetDay[], question: BudgetQuestion): DayBudget {
  const { year, today, rules, captureRate, demonstration } = question;
  const rule = rules.rounding ?? 'unrounded';
  const { elapsed, remaining } = splitYear(year, today);
  const ended = days.filter(({ date }) => date < today && date.startsWith(`${year}-`));
  const { taken, leftOut, simulated } = separateOrigins(ended, demonstration);
  const unique = [...new Map(taken.map((day) => [day.date, day])).values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  const kept = count(unique);
  const ordinary = unique.filter((day) => day.exceptional !== true);
  const excluded = count(ordinary);
  const counted = rules.exceptional === 'exclude' ? excluded : kept;
  const setAside = rules.exceptional === 'exclude' ? unique.length - ordinary.length : 0;

  const expectedValid =
    captureRate === undefined || captureRate.of === 0 ? remaining : divideHalfEven(remaining * captureRate.valid, captureRate.of);
  const total = counted.valid + expectedValid;
  const allowedFor = (by: RoundingRule) => allowedBad(total, rules.target, by);
  const allowed = allowedFor(rule);
  const left = allowed - counted.bad;
  return {
    ...counted,
    year,
    invalid: elapsed - counted.valid - setAside,
    daysLeft: remaining,
    expectedValid,
    allowed,
    used: counted.bad,
    left,
    requiredGood: left < 0 ? null : Math.max(0, expectedValid - left),
    rounding: {
      rule,
      citation: rules.citation,
      allowed: {
        unrounded: allowedFor('unrounded'),
        'one-decimal': allowedFor('one-decimal'),
        'whole-percent': allowedFor('whole-percent'),
      },
    },
    sensitivity: stepsOfMissing(total, expectedValid, (sum) => allowedBad(sum, rules.target, rule)),
    badDays: (rules.exceptional === 'exclude' ? ordinary : unique)
      .filter((day) => day.good === false)
      .map(({ date, aqi, primary }) => ({ date, aqi: aqi ?? 0, primary })),
    days: unique,
    exceptional: { days: unique.length - ordinary.length, kept, excluded },
    certain: counted.valid === 0 ? null : certainVerdict({ good: counted.good, bad: counted.bad, remaining }, rules.target, rule),
    leftOut,
    simulated,
  };
}

/** Valid days among the last `span` days before `today`: the capture rate that the rest of the year is expected to have. */
export function captureRateOf(
  days: readonly TargetDay[],
  today: string,
  demonstration: boolean,
  span = 90,
): { readonly valid: number; readonly of: number } {
  const first = dayBefore(today, span);
  const recent = days.filter(({ date, good }) => date >= first && date < today && good !== null);
  const dates = new Set(separateOrigins(recent, demonstration).taken.map(({ date }) => date));
  return { valid: dates.size, of: span };
}

/** Bad days until the same date in earlier years, newest year first; years without a record are left out. */
export function sameDateEarlier(
  history: readonly TargetDay[],
  year: number,
  today: string,
  years = 5,
): readonly { readonly year: number; readonly bad: number; readonly valid: number }[] {
  const found = [];
  for (let earlier = year - 1; earlier >= year - years; earlier -= 1) {
    const until = `${earlier}${today.slice(4)}`;
    const counted = count(history.filter(({ date }) => date.startsWith(`${earlier}-`) && date < until));
    if (counted.valid > 0) found.push({ year: earlier, bad: counted.bad, valid: counted.valid });
  }
  return found;
}
