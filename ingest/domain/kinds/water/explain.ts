import { type Derivation, type DerivationStep, soFar } from '../../derivation.ts';
import type { WaterStation } from '../../district.ts';
import type { Reading } from '../../reading.ts';
import { askedEdition } from '../../standards.ts';
import { DAY_MS, dayStart, HOUR_MS, localDate } from '../../time.ts';
import { inputsOf, leftOutOfPeriod, newestValues, outrankedItems, takenOf } from './explain-inputs.ts';
import { explainYear } from './explain-long-period.ts';
import { roleSteps } from './explain-roles.ts';
import { classStep, itemNames, itemSteps } from './explain-steps.ts';
import { judgePeriod, PeriodSums, valuesOf, type WaterPeriod, waterPeriodEnd } from './period.ts';
import { judgeMeans, type WaterJudgement } from './sample.ts';
import { type WaterEditions, type WaterStandards, waterEditions } from './standard.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

function meanStep(level: WaterPeriod, samples: number, insufficient: readonly string[], editions: WaterEditions): DerivationStep {
  const { dayMinimumSlots, daySlots, phMean } = editions.method.settings;
  const rule =
    level === 'day'
      ? { zh: `每日 ${daySlots} 组中至少 ${dayMinimumSlots} 组`, en: `at least ${dayMinimumSlots} of ${daySlots} groups a day` }
      : { zh: '月内样品算术平均', en: 'arithmetic mean of the samples of the month' };
  const few = insufficient.length > 0;
  return {
    text: {
      zh: `各指标均值，最多 ${samples} 个样品（${rule.zh}）${few ? `；样品不足不评价：${itemNames(insufficient, 'zh')}` : ''}`,
      en: `mean of each item, up to ${samples} samples (${rule.en})${few ? `; too few samples, not assessed: ${itemNames(insufficient, 'en')}` : ''}`,
    },
    clause: level === 'day' ? 'HJ 915-2017' : editions.method.label,
    values: { level, samples, insufficient: insufficient.join(';'), phMean },
  };
}

/** Names the items of which the hand samples alone make the month's mean. */
function outrankedSteps(outranked: readonly string[], editions: WaterEditions): DerivationStep[] {
  if (outranked.length === 0) return [];
  return [
    {
      text: {
        zh: `手工监测优先，自动监测不参与月均值：${itemNames(outranked, 'zh')}`,
        en: `hand samples come first, automatic ones take no part in the month's mean: ${itemNames(outranked, 'en')}`,
      },
      clause: editions.method.label,
      values: { items: outranked.join(';') },
    },
  ];
}

/** A span that opens at midnight is a day (or more), running or ended; any other short one is a moment. */
function levelOf({ start, end }: Span): WaterPeriod | 'instant' | 'year' {
  if (end - start > 32 * DAY_MS) return 'year';
  if (end - start > DAY_MS + DAY_MS / 2) return 'month';
  const opensDay = dayStart(start + 1) === start && end > start;
  return opensDay || end - start >= DAY_MS / 2 ? 'day' : 'instant';
}

/** The figure of a class with the edition, as every derivation of a class states it. */
function classFigure(
  judgement: WaterJudgement,
  editions: WaterEditions,
  running: boolean,
): Pick<Derivation, 'figure' | 'edition'> {
  const figure = { zh: `水质类别 ${judgement.class ?? '—'}`, en: `Water class ${judgement.class ?? 'none'}` };
  return {
    figure: running ? soFar(figure) : figure,
    edition: `${editions.limits.label}, ${editions.method.label}`,
  };
}

/**
 * How a class came about, from the readings of its period (start, end]. A day or a month is judged by means, a year by the means of its months,
 * a moment by the newest value of each item that was current at its end. Readings outside the span take no part. By the limits asked for by id
 * (a RangeError where there are none) or those in force; what still runs at `now` is so far and not judged.
 */
export function explainWater(
  station: WaterStation,
  readings: readonly Reading[],
  period: Span,
  standards: WaterStandards,
  now: number,
  asked?: string,
): Derivation {
  const level = levelOf(period);
  const editions = waterEditions(standards, localDate(level === 'instant' ? period.end : period.start), askedEdition(asked));
  const { method } = editions;
  const from = level === 'instant' ? period.end - method.settings.currentHours * HOUR_MS - 1 : period.start;
  const inside = readings.filter(({ at }) => at > from && at <= period.end);
  const taken = takenOf(inside);
  const body = station.waterBody;
  if (level === 'instant') {
    const { means, leftOut } = newestValues(taken);
    const judgement = judgeMeans((metric) => means.get(metric), body, editions);
    return {
      ...classFigure(judgement, editions, now < period.end),
      inputs: inputsOf(inside, taken, method, leftOut),
      steps: [...itemSteps(judgement, body, editions), classStep(judgement, body, editions)],
    };
  }
  if (level === 'year') {
    const { judgement, steps, leftOut } = explainYear(taken, body, editions);
    return {
      ...classFigure(judgement, editions, now < period.end),
      inputs: inputsOf(inside, taken, method, leftOut),
      steps: [...steps, ...itemSteps(judgement, body, editions), classStep(judgement, body, editions)],
    };
  }
  const running = now < waterPeriodEnd(level, period.start);
  const sums = new PeriodSums(level, period.start, method);
  for (const value of taken.flatMap(valuesOf)) sums.add(value);
  const { judgement, samples, insufficient } = judgePeriod(sums, level, body, editions, running);
  const outranked = level === 'month' && method.settings.manualOutranks ? outrankedItems(taken) : [];
  const assessed = (metric: string) => (running || sums.isValid(metric) ? sums.mean(metric) : undefined);
  return {
    ...classFigure(judgement, editions, running),
    inputs: inputsOf(inside, taken, method, leftOutOfPeriod(outranked, running ? [] : insufficient)),
    steps: [
      meanStep(level, samples, insufficient, editions),
      ...outrankedSteps(outranked, editions),
      ...itemSteps(judgement, body, editions),
      classStep(judgement, body, editions),
      ...(level === 'month' ? roleSteps(station, assessed, taken, editions) : []),
    ],
  };
}
