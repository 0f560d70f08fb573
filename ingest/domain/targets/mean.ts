import type { PlanTarget } from '../district.ts';
import { approximate, fromMicro, roundHalfEven, toMicro } from '../exact.ts';
import type { Origin } from '../reading.ts';
import type { Text } from '../text.ts';
import { splitYear } from './calendar.ts';
import { joinTexts, originText, planFields, separateOrigins, type TargetFigure, type Verdict } from './figure.ts';
import { CERTAIN_METHOD, openVerdict } from './good-days.ts';
import { outlookOf } from './resampling.ts';

/** Mean of one ended day, µg/m³; null where the day is not valid. */
export interface MeanDay {
  readonly date: string;
  readonly value: number | null;
  readonly origin: Origin;
}

export interface MeanQuestion {
  /** `value` is the annual mean that must not be exceeded, µg/m³. */
  readonly target: PlanTarget;
  readonly year: number;
  readonly today: string;
  readonly days: readonly MeanDay[];
  readonly history: readonly MeanDay[];
  /** As printed; it names the limits and the validity rule that the days were judged by. */
  readonly edition: string;
  /** Daily means that an annual mean needs (GB 3095 table 4: 324). */
  readonly minimumDays: number;
  readonly demonstration: boolean;
  readonly random: () => number;
  readonly draws?: number;
}

export interface MeanFigure extends TargetFigure {
  /** Mean that the rest of the year may have at most, unrounded; null where nothing remains or it is out of reach. */
  readonly restMayAverage: number | null;
  readonly validDays: number;
  /** Whether enough valid days for an annual mean can still come. */
  readonly canBeValid: boolean;
}

interface Known {
  readonly date: string;
  readonly micro: number;
}

function validDays(days: readonly MeanDay[]): Known[] {
  return days.flatMap(({ date, value }) => (value === null ? [] : [{ date, micro: toMicro(value) }]));
}

function describe(figure: {
  readonly verdict: Verdict;
  readonly restMayAverage: number | null;
  readonly remaining: number;
  readonly valid: number;
  readonly canBeValid: boolean;
  readonly minimumDays: number;
}): Text {
  if (figure.verdict === 'no-data') return { zh: '无有效日均值', en: 'no valid daily means' };
  const { restMayAverage, remaining, valid } = figure;
  const rest =
    restMayAverage === null
      ? { zh: '', en: '' }
      : {
          zh: `其余 ${remaining} 天均值不得高于 ${roundHalfEven(restMayAverage, 1)} µg/m³`,
          en: `the remaining ${remaining} days may average at most ${roundHalfEven(restMayAverage, 1)} µg/m³`,
        };
  const validity = figure.canBeValid
    ? { zh: '', en: '' }
    : {
        zh: `有效日不足 ${figure.minimumDays} 天，年均值将无效`,
        en: `fewer than ${figure.minimumDays} valid days can come: the annual mean will not be valid`,
      };
  return joinTexts({ zh: `有效日 ${valid} 天`, en: `${valid} valid days` }, rest, validity);
}

/**
 * Annual mean against a value handed down: the mean of the daily means so far (unrounded), what the rest may average,
 * and the probability by weekly blocks of earlier years. Lost where even zero for the rest exceeds it.
 */
export function meanTarget(question: MeanQuestion): MeanFigure {
  const { target, year, today, demonstration } = question;
  const { remaining, next } = splitYear(year, today);
  const ended = question.days.filter(({ date }) => date < today && date.startsWith(`${year}-`));
  const separated = separateOrigins(ended, demonstration);
  const known = validDays([...new Map(separated.taken.map((day) => [day.date, day])).values()]);
  const limit = toMicro(target.value);
  const sum = known.reduce((total, { micro }) => total + micro, 0);
  const within = (added: number, days: number) => sum + added <= limit * (known.length + days);

  const out = known.length > 0 && !within(0, remaining);
  const restMayAverage =
    remaining === 0 || out || known.length === 0 ? null : fromMicro((limit * (known.length + remaining) - sum) / remaining);
  const canBeValid = known.length + remaining >= question.minimumDays;

  let verdict: Verdict;
  let probability: number | null = null;
  let method = CERTAIN_METHOD;
  if (known.length === 0) {
    verdict = 'no-data';
    method = { zh: '本年尚无有效日', en: 'no valid day this year yet' };
  } else if (out) {
    verdict = 'lost';
    probability = 0;
  } else if (remaining === 0) {
    verdict = 'secured';
    probability = 1;
  } else {
    const earlier = validDays(separateOrigins(question.history, demonstration).taken);
    const outlook = outlookOf({
      history: new Map(earlier.map((day) => [day.date, day])),
      next: next ?? today,
      remaining,
      sum: (week) => ({ amount: week.reduce((total, { micro }) => total + micro, 0), days: week.length }),
      reaches: within,
      random: question.random,
      draws: question.draws,
    });
    verdict = openVerdict(outlook.probability, within(0, 0));
    probability = outlook.probability;
    method = outlook.method;
  }
  const text = describe({
    verdict,
    restMayAverage,
    remaining,
    valid: known.length,
    canBeValid,
    minimumDays: question.minimumDays,
  });
  return {
    ...planFields(target),
    unit: 'µg/m³',
    value: known.length === 0 ? null : approximate({ sumMicro: sum, count: known.length }),
    verdict,
    verdictText: joinTexts(text, originText(separated)),
    probability,
    method,
    edition: question.edition,
    simulated: separated.simulated,
    otherEditions: [],
    members: [],
    restMayAverage,
    validDays: known.length,
    canBeValid,
  };
}
