import type { PlanTarget } from '../district.ts';
import {
  approximate,
  compareWithLimit,
  type ExactMean,
  exactValue,
  largestKept,
  meanOfMeans,
  roundMean,
  toMicro,
} from '../exact.ts';
import type { Origin } from '../reading.ts';
import type { Text } from '../text.ts';
import { splitYear } from './calendar.ts';
import { dayEvidence, joinTexts, originText, planFields, separateOrigins, type TargetFigure, type Verdict } from './figure.ts';
import { CERTAIN_METHOD, openVerdict } from './good-days.ts';
import { outlookOf } from './resampling.ts';
import { type ValidityCountdown, type ValidityMinima, validityCountdown, validityText } from './validity.ts';

/** Mean of one ended day, µg/m³, unrounded; null where the day is not valid. */
export interface MeanDay {
  readonly date: string;
  readonly mean: ExactMean | null;
  readonly origin: Origin;
  /** Listed as an exceptional event (例外事件). */
  readonly exceptional?: boolean;
}

/** The year and its history judged under one edition, or each day under the one of its date. */
export interface MeanYear {
  /** As printed; it names the limits and the validity rule that the days were judged by. */
  readonly edition: string;
  /** The edition's own annual limit, µg/m³. */
  readonly limit?: number;
  readonly validity: ValidityMinima;
  readonly days: readonly MeanDay[];
  /** Earlier years, re-judged under the edition that this year's remaining days fall under. */
  readonly history: readonly MeanDay[];
}

export interface MeanQuestion {
  /** `value` is the annual mean that must not be exceeded, µg/m³. */
  readonly target: PlanTarget;
  readonly year: number;
  /** Local date that still runs; it and later days are the rest. */
  readonly today: string;
  /** How the plan's owner counts, and the same under other editions. */
  readonly chosen: MeanYear;
  readonly others: readonly MeanYear[];
  readonly demonstration: boolean;
  readonly random: () => number;
  readonly draws?: number;
}

interface KnownDay extends MeanDay {
  readonly mean: ExactMean;
}

interface JudgedMean {
  readonly known: readonly KnownDay[];
  readonly mean: ExactMean | undefined;
  readonly mayAverage: number | null;
  readonly validity: ValidityCountdown;
  readonly verdict: Verdict;
  readonly probability: number | null;
  readonly method: Text;
  readonly origins: Parameters<typeof originText>[0];
}

const MICRO = 1_000_000;
/** Decimals in which a mean is printed. */
const DECIMALS = 1;
/** Millionths by which sums of a year in binary may miss a tie; only the resampling sums so. */
const TIE = 0.001;

const NOTHING_METHOD: Text = { zh: '本年尚无有效日', en: 'no valid day this year yet' };
const INVALID_METHOD: Text = { zh: '年均值无效，不作判定', en: 'without a valid annual mean nothing is judged' };

const isKnown = (day: MeanDay): day is KnownDay => day.mean !== null;

function judgeMean({ days, history, validity: minima }: MeanYear, question: MeanQuestion): JudgedMean {
  const { target, year, today, demonstration } = question;
  const { remaining, next } = splitYear(year, today);
  const limit = target.value;
  const ended = days.filter(({ date }) => date < today && date.startsWith(`${year}-`));
  const origins = separateOrigins(ended, demonstration);
  const known = [...new Map(origins.taken.map((day) => [day.date, day])).values()].filter(isKnown);
  const means = known.map((day) => day.mean);
  const mean = meanOfMeans(means);
  const validity = validityCountdown(
    known.map(({ date }) => date),
    year,
    today,
    minima,
  );
  const keeps = (rest: ExactMean) => {
    const whole = meanOfMeans([...means, ...Array<ExactMean>(remaining).fill(rest)]);
    return whole === undefined || compareWithLimit(whole, limit) <= 0;
  };
  const none = { known, mean, mayAverage: null, validity, origins };
  if (mean === undefined) return { ...none, verdict: 'no-data', probability: null, method: NOTHING_METHOD };
  if (!validity.reachable) return { ...none, verdict: 'no-data', probability: null, method: INVALID_METHOD };
  if (!keeps(exactValue(0))) return { ...none, verdict: 'lost', probability: 0, method: CERTAIN_METHOD };
  if (remaining === 0) return { ...none, verdict: 'secured', probability: 1, method: CERTAIN_METHOD };

  const sum = approximate(mean) * MICRO * known.length;
  const allowed = (count: number) => toMicro(limit) * (known.length + count) - sum;
  const outlook = outlookOf({
    history: new Map(
      separateOrigins(history, demonstration)
        .taken.filter(isKnown)
        .map((day) => [day.date, approximate(day.mean) * MICRO]),
    ),
    next: next ?? today,
    remaining,
    sum: (week) => ({ amount: week.reduce((total, micro) => total + micro, 0), days: week.length }),
    reaches: (amount, count) => amount <= allowed(count) + TIE,
    random: question.random,
    draws: question.draws,
  });
  return {
    ...none,
    mayAverage: largestKept(allowed(remaining) / remaining, DECIMALS, keeps),
    verdict: openVerdict(outlook.probability, compareWithLimit(mean, limit) <= 0),
    probability: outlook.probability,
    method: outlook.method,
  };
}

function verdictText({ mean, known, mayAverage, validity, origins }: JudgedMean, remaining: number): Text {
  if (mean === undefined) return joinTexts({ zh: '无有效日均值', en: 'no valid daily means' }, originText(origins));
  const rest =
    mayAverage === null
      ? { zh: '', en: '' }
      : {
          zh: `其余 ${remaining} 天均值不得高于 ${mayAverage.toFixed(DECIMALS)} µg/m³`,
          en: `the remaining ${remaining} days may average at most ${mayAverage.toFixed(DECIMALS)} µg/m³`,
        };
  const counted = { zh: `有效日 ${known.length} 天`, en: `${known.length} valid days` };
  return joinTexts(counted, rest, validityText(validity), originText(origins));
}

/** Limit minus mean, µg/m³; the sign is that of the exact comparison. */
function marginOf(mean: ExactMean | undefined, limit: number): number | null {
  return mean === undefined ? null : (0 - compareWithLimit(mean, limit)) / mean.count / MICRO;
}

function withoutExceptional({ known }: JudgedMean, limit: number): Pick<TargetFigure, 'withoutExceptional'> {
  const ordinary = known.filter(({ exceptional }) => exceptional !== true);
  if (ordinary.length === known.length) return {};
  const mean = meanOfMeans(ordinary.map((day) => day.mean));
  return {
    withoutExceptional: { value: mean === undefined ? null : approximate(mean), margin: marginOf(mean, limit) },
  };
}

/**
 * Annual mean, the mean of the valid daily means, against a value handed down: so far (unrounded), what the rest may average,
 * and the probability by weekly blocks of earlier years. Lost where even zero for the rest exceeds it. Where the year or a
 * month of it cannot have its valid days any more (GB 3095, table 4) there is no verdict, neither secured nor lost.
 */
export function meanTarget(question: MeanQuestion): TargetFigure {
  const { target, year, today, chosen } = question;
  const { remaining, elapsed } = splitYear(year, today);
  const main = judgeMean(chosen, question);
  const printed = new Map(main.known.map(({ date, mean }) => [date, roundMean(mean, DECIMALS)]));
  return {
    ...planFields(target),
    unit: 'µg/m³',
    value: main.mean === undefined ? null : approximate(main.mean),
    margin: marginOf(main.mean, target.value),
    verdict: main.verdict,
    verdictText: verdictText(main, remaining),
    probability: main.probability,
    method: main.method,
    edition: chosen.edition,
    simulated: main.origins.simulated,
    rest: { days: remaining, mayAverage: main.mayAverage },
    validity: main.validity,
    evidence: dayEvidence(year, elapsed, printed, { unit: 'µg/m³', line: target.value }),
    ...withoutExceptional(main, target.value),
    otherEditions: question.others.map((other) => {
      const { mean, verdict } = judgeMean(other, question);
      return {
        edition: other.edition,
        value: mean === undefined ? null : approximate(mean),
        verdict,
        ...(other.limit === undefined ? {} : { limit: other.limit }),
      };
    }),
    members: [],
  };
}
