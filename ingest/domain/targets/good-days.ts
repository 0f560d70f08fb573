import type { PlanTarget } from '../district.ts';
import type { Text } from '../text.ts';
import { type BudgetQuestion, type DayBudget, dayBudget, type TargetDay } from './budget.ts';
import { splitYear } from './calendar.ts';
import { dayEvidence, joinTexts, originText, planFields, separateOrigins, type TargetFigure, type Verdict } from './figure.ts';
import { type Outlook, outlookOf } from './resampling.ts';
import { paceHolds, ROUNDING_TEXT, reachesTarget, shareMargin } from './share.ts';
import { type ValidityMinima, validityCountdown } from './validity.ts';

/** A day is good up to this AQI. */
const GOOD_AQI = 100;

/** Below this probability a target that is still open is at risk. */
const ON_TRACK = 0.8;

/** The year and its history judged under one policy of editions: `by-date`, `all-2012`, `all-2026`. */
export interface JudgedYear {
  readonly policy: string;
  /** As printed, for example `GB 3095-2026 transition` or `by date: …`. */
  readonly edition: string;
  readonly days: readonly TargetDay[];
  /** Earlier years, re-judged under the edition that this year's remaining days fall under. */
  readonly history: readonly TargetDay[];
}

export interface GoodDayQuestion extends Omit<BudgetQuestion, 'rules'> {
  readonly target: PlanTarget;
  readonly rules: Omit<BudgetQuestion['rules'], 'target'>;
  /** All policies, side by side. */
  readonly policies: readonly JudgedYear[];
  /** The policy that the plan's owner chose. */
  readonly chosen: string;
  /**
   * Valid days that a year and its months need. They are stated for annual means (GB 3095, table 4); no text states any for
   * the good-day rate, so the countdown is shown beside it and decides nothing.
   */
  readonly validity: ValidityMinima;
  readonly random: () => number;
  readonly draws?: number;
}

interface JudgedPolicy {
  readonly policy: string;
  readonly edition: string;
  readonly budget: DayBudget;
  readonly verdict: Verdict;
  readonly outlook: Outlook;
}

/** Verdict of a target that is not yet certain. */
export function openVerdict(probability: number | null, paceHoldsOut: boolean): Verdict {
  if (probability === null) return paceHoldsOut ? 'on-track' : 'at-risk';
  return probability < ON_TRACK ? 'at-risk' : 'on-track';
}

export const CERTAIN_METHOD: Text = { zh: '结果已定，无需概率', en: 'certain whatever comes, no estimate needed' };
const NOTHING_METHOD: Text = { zh: '本年尚无有效日', en: 'no valid day this year yet' };

function judgePolicy(judged: JudgedYear, question: GoodDayQuestion): JudgedPolicy {
  const { policy, edition, days, history } = judged;
  const target = question.target.value;
  const budget = dayBudget(days, { ...question, rules: { ...question.rules, target } });
  if (budget.valid === 0) {
    return { policy, edition, budget, verdict: 'no-data', outlook: { probability: null, years: [], method: NOTHING_METHOD } };
  }
  if (budget.certain !== null) {
    const probability = budget.certain === 'secured' ? 1 : 0;
    return { policy, edition, budget, verdict: budget.certain, outlook: { probability, years: [], method: CERTAIN_METHOD } };
  }
  const { next, remaining } = splitYear(question.year, question.today);
  const rule = budget.rounding.rule;
  const earlier = separateOrigins(history, question.demonstration).taken.filter(({ good }) => good !== null);
  const outlook = outlookOf({
    history: new Map(earlier.map((day) => [day.date, day])),
    next: next ?? question.today,
    remaining,
    sum: (week) => ({ amount: week.filter((day) => day.good === true).length, days: week.length }),
    reaches: (good, valid) => reachesTarget(budget.good + good, budget.valid + valid, target, rule),
    random: question.random,
    draws: question.draws,
  });
  const holds = paceHolds({ good: budget.good, bad: budget.bad, remaining: budget.expectedValid }, target, rule);
  return { policy, edition, budget, verdict: openVerdict(outlook.probability, holds), outlook };
}

function verdictText({ budget, verdict }: JudgedPolicy): Text {
  if (verdict === 'no-data') return { zh: '无有效日', en: 'no valid days' };
  const { allowed, used, left, daysLeft, rounding } = budget;
  const printed = rounding.allowed['one-decimal'];
  const trap =
    rounding.rule === 'unrounded' && printed > allowed
      ? { zh: `（若按一位小数修约则可超标 ${printed} 天）`, en: ` (one decimal would allow ${printed})` }
      : { zh: '', en: '' };
  const rule = ROUNDING_TEXT[rounding.rule];
  const counts = {
    zh: `全年可超标 ${allowed} 天，已用 ${used} 天，剩余 ${left} 天；尚余 ${daysLeft} 天`,
    en: `${allowed} bad days allowed, ${used} used, ${left} left; ${daysLeft} days to go`,
  };
  const source = { zh: `${rule.zh}：${rounding.citation.zh}${trap.zh}`, en: `${rule.en}: ${rounding.citation.en}${trap.en}` };
  return joinTexts(counts, source);
}

/**
 * The good-day target of a year (design: 97 %). The chosen policy gives value, budget and verdict; the other policies
 * stand beside it. Throws a RangeError where the chosen policy is not among them.
 */
export function goodDayTarget(question: GoodDayQuestion): TargetFigure {
  const policies = question.policies.map((judged) => judgePolicy(judged, question));
  const main = policies.find(({ policy }) => policy === question.chosen);
  if (main === undefined) throw new RangeError(`no days are judged under the policy "${question.chosen}"`);
  const { budget, verdict, outlook } = main;
  const { year, today, target } = question;
  const { excluded } = budget.exceptional;
  const validDates = budget.days.filter(({ good }) => good !== null).map(({ date }) => date);
  return {
    ...planFields(question.target),
    unit: '',
    value: budget.value,
    margin: shareMargin(budget.good, budget.valid, target.value),
    verdict,
    verdictText: joinTexts(verdictText(main), originText(budget)),
    probability: outlook.probability,
    method: outlook.method,
    edition: main.edition,
    simulated: budget.simulated,
    budget: {
      allowed: budget.allowed,
      used: budget.used,
      left: budget.left,
      good: budget.good,
      valid: budget.valid,
      invalid: budget.invalid,
      daysLeft: budget.daysLeft,
      badDays: budget.badDays,
    },
    ...(budget.exceptional.days === 0
      ? {}
      : {
          withoutExceptional: {
            value: excluded.value,
            margin: shareMargin(excluded.good, excluded.valid, target.value),
            badDays: excluded.bad,
          },
        }),
    validity: validityCountdown(validDates, year, today, question.validity),
    evidence: dayEvidence(year, splitYear(year, today).elapsed, new Map(budget.days.map(({ date, aqi }) => [date, aqi])), {
      unit: '',
      line: GOOD_AQI,
    }),
    otherEditions: policies
      .filter((other) => other !== main)
      .map((other) => ({
        edition: other.edition,
        value: other.budget.value,
        verdict: other.verdict,
        badDays: other.budget.bad,
      })),
    members: [],
  };
}
