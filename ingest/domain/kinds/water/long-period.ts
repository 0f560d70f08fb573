import type { WaterBody } from '../../district.ts';
import { meanOfMeans } from '../../exact.ts';
import { type ItemMean, judgeMeans, type WaterJudgement } from './sample.ts';
import type { WaterEditions } from './standard.ts';

/** Item means of one month; null: the item had no valid mean. */
export type MonthMeans = ReadonlyMap<string, ItemMean>;

/** Mean of an item over months or sections that have it, equal weights; undefined with fewer than `minimum` of them. */
export function meanOfItem(metric: string, months: readonly MonthMeans[], minimum: number): ItemMean | undefined {
  const found = months.flatMap((month) => month.get(metric) ?? []);
  const mean = found.length >= minimum ? meanOfMeans(found.map((item) => item.mean)) : undefined;
  if (mean === undefined) return undefined;
  if (found.every((item) => item.detectedMaxMicro === undefined)) return { mean };
  // A month in which everything was detected stands with its mean.
  const detected = found.map((item) =>
    item.detectedMaxMicro === undefined
      ? Math.ceil((item.mean.sumMicro * 1000) / item.mean.count) / 1000
      : (item.detectedMaxMicro ?? -1),
  );
  const largest = Math.max(...detected);
  return { mean, detectedMaxMicro: largest < 0 ? null : largest };
}

/** A quarter or year, judged by the means of its months. */
export interface LongPeriodJudgement {
  readonly judgement: WaterJudgement;
  /** Items with fewer months than the method asks for. */
  readonly insufficient: readonly string[];
  readonly months: number;
}

/**
 * Class of a quarter or year (环办〔2011〕22号): the mean of the monthly means, quarter at least 2 and year at least 8 of
 * them (settings); an item with fewer is not assessed.
 */
export function judgeLongPeriod(
  level: 'quarter' | 'year',
  months: readonly MonthMeans[],
  body: WaterBody,
  editions: WaterEditions,
): LongPeriodJudgement {
  const { quarterMinimumSamples, yearMinimumMonths } = editions.method.settings;
  const minimum = level === 'quarter' ? quarterMinimumSamples : yearMinimumMonths;
  const metrics = new Set(months.flatMap((month) => [...month.keys()]));
  return {
    judgement: judgeMeans((metric) => meanOfItem(metric, months, minimum), body, editions),
    insufficient: [...metrics].filter((metric) => months.filter((month) => month.has(metric)).length < minimum),
    months: months.length,
  };
}
