import { type ExactMean, meanOfMeans, roundMean } from '../../exact.ts';
import type { Text } from '../../text.ts';
import { type AirEdition, type AreaClass, limitOf, POLLUTANTS, type Pollutant } from './standard.ts';

/** Composite index 综合指数 of a period: Σ weight × C/S over the six pollutants; smaller is better. */
export interface CompositeIndex {
  readonly id: string;
  readonly name: Text;
  /** Null where a pollutant has no value. */
  readonly value: number | null;
}

/** The unrounded annual mean and percentile of one pollutant, as far as they are known. */
export interface CompositeInput {
  readonly mean: { readonly exact: ExactMean | null };
  readonly percentile: { readonly exact: ExactMean | null };
}

/** Every variant of the edition: annual means against annual limits, CO's and O3's percentile against their daily limits. */
export function compositeIndices(
  pollutants: Readonly<Record<Pollutant, CompositeInput>>,
  edition: AirEdition,
  areaClass: AreaClass,
): CompositeIndex[] {
  return edition.assessment.composite.map(({ id, name, weights, decimals }) => {
    const parts: ExactMean[] = [];
    for (const pollutant of POLLUTANTS) {
      const { mean, averaging } = edition.assessment.annual[pollutant];
      const statistic = mean ? pollutants[pollutant].mean : pollutants[pollutant].percentile;
      const limit = limitOf(edition, pollutant, mean ? 'year' : averaging, areaClass);
      if (statistic.exact === null || limit === undefined) return { id, name, value: null };
      parts.push({ sumMicro: statistic.exact.sumMicro * weights[pollutant], count: statistic.exact.count * limit });
    }
    const sixth = meanOfMeans(parts);
    if (sixth === undefined) return { id, name, value: null };
    return { id, name, value: roundMean({ sumMicro: sixth.sumMicro * parts.length, count: sixth.count }, decimals) };
  });
}
