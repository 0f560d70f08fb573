import type { Derivation, DerivationInput, DerivationStep } from '../../derivation.ts';
import type { WaterStation } from '../../district.ts';
import { exactValue, roundHalfEven } from '../../exact.ts';
import { isExcluded, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { DAY_MS, dayStart, HOUR_MS, localDate } from '../../time.ts';
import { itemsOfClass } from './compliance.ts';
import { itemLabel, waterMetric } from './metrics.ts';
import { flagsOf, isReal, judgePeriod, PeriodSums, valuesOf, type WaterPeriod, waterPeriodEnd } from './period.ts';
import { itemsText, scopeText } from './rating.ts';
import { type ItemMean, judgeMeans, type WaterJudgement } from './sample.ts';
import { type ClassLimits, type WaterEditions, type WaterStandards, waterEditions } from './standard.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

function inputsOf(readings: readonly Reading[], taken: ReadonlySet<Reading>): DerivationInput[] {
  return readings.flatMap((reading) =>
    Object.entries(reading.values).map(([metric, value]) => {
      const flags = flagsOf(reading, metric);
      const input = { metric, at: reading.at, value, unit: waterMetric(metric)?.unit ?? '', flags: qualityNames(flags) };
      if (!taken.has(reading)) {
        return { ...input, excluded: { zh: '模拟数据不与实测混用', en: 'simulated data never mix with measured data' } };
      }
      if (!isExcluded(flags)) return input;
      const names = qualityNames(flags).join(', ');
      return { ...input, excluded: { zh: `质控剔除：${names}`, en: `left out by quality control: ${names}` } };
    }),
  );
}

function limitsText(limits: ClassLimits, station: WaterStation): string {
  if (limits.band !== null) return `${limits.band[0]}–${limits.band[1]}`;
  return `${limits.rule === 'at-least' ? '≥' : '≤'} ${(limits[station.waterBody] ?? []).join(' / ')}`;
}

function itemSteps(judgement: WaterJudgement, station: WaterStation, editions: WaterEditions): DerivationStep[] {
  return [...judgement.items, ...judgement.outsideClass].map((item) => {
    const label = itemLabel(item.metric);
    const limits = editions.limits.table1.find(({ metric }) => metric === item.metric);
    const metric = waterMetric(item.metric);
    const value = roundHalfEven(item.value, Math.min(6, (metric?.decimals ?? 2) + 1));
    const outside = editions.method.outsideClass.includes(item.metric);
    const times = item.multiplePrinted === null ? '' : ` (${item.multiplePrinted})`;
    return {
      text: {
        zh: `${label.zh} ${value} ${metric?.unit ?? ''} → ${item.class}${times}${outside ? '，仅供参考，不参与定类' : ''}`,
        en: `${label.en} ${value} ${metric?.unit ?? ''} → ${item.class}${times}${outside ? ', for reference, outside the class' : ''}`,
      },
      clause: `${editions.limits.label} table 1 (${limits?.item ?? ''})`,
      values: {
        metric: item.metric,
        value: item.value,
        limits: limits === undefined ? null : limitsText(limits, station),
        class: item.class,
        multiple: item.multiple,
      },
    };
  });
}

function meanStep(level: WaterPeriod, samples: number, insufficient: readonly string[], editions: WaterEditions): DerivationStep {
  const { dayMinimumSlots, daySlots, phMean } = editions.method.settings;
  const left = (language: 'zh' | 'en') => insufficient.map((metric) => itemLabel(metric)[language]).join(', ');
  const rule =
    level === 'day'
      ? { zh: `每日 ${daySlots} 组中至少 ${dayMinimumSlots} 组`, en: `at least ${dayMinimumSlots} of ${daySlots} groups a day` }
      : { zh: '月内样品算术平均', en: 'arithmetic mean of the samples of the month' };
  return {
    text: {
      zh: `各指标均值，最多 ${samples} 个样品（${rule.zh}）${insufficient.length === 0 ? '' : `；样品不足不评价：${left('zh')}`}`,
      en: `mean of each item, up to ${samples} samples (${rule.en})${insufficient.length === 0 ? '' : `; too few samples, not assessed: ${left('en')}`}`,
    },
    clause: level === 'day' ? 'HJ 915-2017' : editions.method.label,
    values: { level, samples, insufficient: insufficient.join(';'), phMean },
  };
}

/** The newest valid value of each item in the span, as the class of the moment takes it. */
function newestMeans(readings: readonly Reading[]): Map<string, ItemMean> {
  const means = new Map<string, ItemMean>();
  const ordered = [...readings].sort((left, right) => left.at - right.at || (left.device < right.device ? -1 : 1));
  for (const reading of ordered) {
    for (const { metric } of valuesOf(reading)) {
      const value = reading.values[metric];
      if (value !== undefined) means.set(metric, { mean: exactValue(value) });
    }
  }
  return means;
}

/** A span that opens at midnight is a day (or more), running or ended; any other short one is a moment. */
function levelOf({ start, end }: Span): WaterPeriod | 'instant' {
  if (end - start > DAY_MS + DAY_MS / 2) return 'month';
  const opensDay = dayStart(start + 1) === start && end > start;
  return opensDay || end - start >= DAY_MS / 2 ? 'day' : 'instant';
}

/**
 * How a class came about, from the readings of its period (start, end]. A day or a month is judged by means; a moment
 * by the newest value of each item that was current at its end. Readings outside the span take no part.
 */
export function explainWater(
  station: WaterStation,
  readings: readonly Reading[],
  period: Span,
  standards: WaterStandards,
  now: number,
): Derivation {
  const level = levelOf(period);
  const editions = waterEditions(standards, localDate(level === 'instant' ? period.end : period.start));
  const from = level === 'instant' ? period.end - editions.method.settings.currentHours * HOUR_MS - 1 : period.start;
  const inside = readings.filter(({ at }) => at > from && at <= period.end);
  const real = inside.filter(isReal);
  const taken = real.length > 0 ? real : inside;
  const steps: DerivationStep[] = [];
  let judgement: WaterJudgement;
  if (level === 'instant') {
    const means = newestMeans(taken);
    judgement = judgeMeans((metric) => means.get(metric), station.waterBody, editions);
  } else {
    const sums = new PeriodSums(level, period.start, editions.method);
    for (const value of taken.flatMap(valuesOf)) sums.add(value);
    const judged = judgePeriod(sums, level, station.waterBody, editions, now < waterPeriodEnd(level, period.start));
    judgement = judged.judgement;
    steps.push(meanStep(level, judged.samples, judged.insufficient, editions));
  }
  const scope = scopeText(judgement.itemsAssessed.length, itemsOfClass(station.waterBody, editions));
  const deciding = itemsText(judgement.mainPollutants.length > 0 ? judgement.mainPollutants : judgement.deciding);
  steps.push(...itemSteps(judgement, station, editions), {
    text: {
      zh: `单因子评价：最差指标定类 ${judgement.class ?? '—'}${deciding.zh === '' ? '' : `（${deciding.zh}）`}；${scope.zh}`,
      en: `single factor: the worst item makes the class, ${judgement.class ?? 'none'}${deciding.en === '' ? '' : ` (${deciding.en})`}; ${scope.en}`,
    },
    clause: editions.method.label,
    values: { class: judgement.class, classNo: judgement.classNo, itemsAssessed: judgement.itemsAssessed.join(';') },
  });
  return {
    figure: { zh: `水质类别 ${judgement.class ?? '—'}`, en: `Water class ${judgement.class ?? 'none'}` },
    edition: `${editions.limits.label}, ${editions.method.label}`,
    inputs: inputsOf(inside, new Set(taken)),
    steps,
  };
}
