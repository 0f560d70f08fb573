import { compareWithLimit, type ExactMean, exactValue, roundMean, toMicro } from '../../exact.ts';
import { type CompositeInput, compositeIndices } from './composite.ts';
import { isConcentration, type RowValues } from './row.ts';
import { type AirEdition, type AreaClass, limitOf, POLLUTANTS, type Pollutant } from './standard.ts';

/** A row of annual (or monthly) figures held against the limits. */
export interface PeriodRowAssessment {
  /** Whether each statistic given meets its limit, by its column name. */
  readonly meets: Readonly<Record<string, boolean>>;
  /** Pollutants over a limit, the largest multiple first. */
  readonly exceeding: readonly { readonly pollutant: Pollutant; readonly multiple: number }[];
  /** False as soon as one limit is exceeded; null where a statistic that compliance needs is missing. */
  readonly compliant: boolean | null;
  /** Composite index of the edition's first variant; null where one of its figures is missing. */
  readonly composite: number | null;
  readonly edition: string;
}

/**
 * Judges one row of period statistics: annual means as `so2 no2 pm10 pm25`, percentiles as `<metric>_p98`, `_p95`, `_p90`
 * (`co` and `o3` alone stand for their percentile). µg/m³, CO mg/m³. HJ 663 compliance; a missing figure gives null.
 */
export function assessPeriodRow(values: RowValues, edition: AirEdition, areaClass: AreaClass = 2): PeriodRowAssessment {
  const { annual, multipleDecimals, requireBoth } = edition.assessment;
  const meets: Record<string, boolean> = {};
  const worst = new Map<Pollutant, number>();
  let missing = false;
  const check = (pollutant: Pollutant, column: string, value: number | undefined, limit: number | undefined) => {
    if (limit === undefined) return;
    if (value === undefined) {
      missing = true;
      return;
    }
    const mean = exactValue(value);
    meets[column] = compareWithLimit(mean, limit) <= 0;
    if (meets[column]) return;
    const multiple = roundMean({ sumMicro: mean.sumMicro - toMicro(limit), count: limit }, multipleDecimals);
    worst.set(pollutant, Math.max(worst.get(pollutant) ?? 0, multiple));
  };
  for (const pollutant of POLLUTANTS) {
    const { mean, percentile, averaging } = annual[pollutant];
    const column = `${pollutant}_p${percentile}`;
    const high = given(values[column]) ?? (mean ? undefined : given(values[pollutant]));
    if (mean) check(pollutant, pollutant, given(values[pollutant]), limitOf(edition, pollutant, 'year', areaClass));
    if (!mean || requireBoth.value) check(pollutant, column, high, limitOf(edition, pollutant, averaging, areaClass));
  }
  return {
    meets,
    exceeding: [...worst].map(([pollutant, multiple]) => ({ pollutant, multiple })).sort((a, b) => b.multiple - a.multiple),
    compliant: worst.size > 0 ? false : missing ? null : true,
    composite: compositeOf(values, edition, areaClass),
    edition: edition.label,
  };
}

function given(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && isConcentration(value) ? value : undefined;
}

function compositeOf(values: RowValues, edition: AirEdition, areaClass: AreaClass): number | null {
  const known = {} as Record<Pollutant, CompositeInput>;
  for (const pollutant of POLLUTANTS) {
    const own = exactOf(given(values[pollutant]));
    const high = exactOf(given(values[`${pollutant}_p${edition.assessment.annual[pollutant].percentile}`]));
    known[pollutant] = { mean: { exact: own }, percentile: { exact: high ?? own } };
  }
  return compositeIndices(known, edition, areaClass)[0]?.value ?? null;
}

function exactOf(value: number | undefined): ExactMean | null {
  return value === undefined ? null : exactValue(value);
}
