import { type ExactMean, exactValue } from '../../exact.ts';
import { categoryOf, type IndexValidity, maskOf, pollutantsOf, settle, unsettled, validityOf } from './aqi.ts';
import type { StationTerms } from './day.ts';
import { dayPlan, hourPlan, type IndexPlan, pollutantIndices } from './index-plan.ts';
import { type AirEdition, type Category, type HourVariant, POLLUTANTS, type Pollutant } from './standard.ts';

/** More than any concentration (µg/m³, CO mg/m³), and little enough to be exact in millionths. */
const BEYOND = 1e9;

/** Whether a number can be a concentration, µg/m³ or mg/m³: one that is below zero, not finite or beyond all sense cannot. */
export function isConcentration(value: number): boolean {
  return value >= 0 && value < BEYOND;
}

/** Concentrations of one row by metric name; absent, null and what can be no concentration is missing. */
export type RowValues = Readonly<Record<string, number | null | undefined>>;

/** One row of a file, judged. */
export interface RowAssessment {
  /** IAQI by pollutant; null where missing. */
  readonly iaqi: Readonly<Record<Pollutant, number | null>>;
  /** Null for NA. */
  readonly aqi: number | null;
  readonly lowerBound: number | null;
  readonly category: Category | undefined;
  readonly primary: readonly Pollutant[];
  readonly validity: IndexValidity;
  readonly missing: readonly Pollutant[];
  /** Label of the edition. */
  readonly edition: string;
}

/**
 * Judges one hour from values that are already hourly: `so2 no2 co o3 pm10 pm25`, and for the 2012 text also `o3_8h`,
 * `pm10_24h`, `pm25_24h`, `so2_24h` (sliding means). µg/m³, CO mg/m³. `variant` picks the 2012 item list.
 */
export function assessHourRow(
  values: RowValues,
  edition: AirEdition,
  variant?: HourVariant,
  notMonitored?: readonly string[],
): RowAssessment {
  return assessRow(values, hourPlan(edition, variant), notMonitored);
}

/**
 * Judges one day from values that are already daily: means of `so2 no2 co pm10 pm25`, the daily maximum 8 h as `o3_8h`
 * (or `o3`), and for the 2012 edition the daily maximum 1 h as `o3_1h` where known. µg/m³, CO mg/m³.
 */
export function assessDayRow(values: RowValues, edition: AirEdition, terms: StationTerms = {}): RowAssessment {
  return assessRow(values, dayPlan(edition), terms.notMonitored, 'o3');
}

const indices = new Int16Array(POLLUTANTS.length);
const settled = unsettled();
const inputs: (ExactMean | undefined)[] = [];

function assessRow(values: RowValues, plan: IndexPlan, notMonitored: readonly string[] = [], eightHour?: string): RowAssessment {
  inputs.length = plan.inputs.length;
  for (let i = 0; i < plan.inputs.length; i += 1) {
    const name = plan.inputs[i] as string;
    let value = values[name];
    if (eightHour !== undefined && name === 'o3_8h' && (value === undefined || value === null)) value = values[eightHour];
    inputs[i] = typeof value === 'number' && isConcentration(value) ? exactValue(value) : undefined;
  }
  return judgeInputs(plan, inputs, notMonitored);
}

/** Judges the means of one report, in the order of `plan.inputs`; undefined is missing. */
export function judgeInputs(
  plan: IndexPlan,
  values: readonly (ExactMean | undefined)[],
  notMonitored: readonly string[] = [],
): RowAssessment {
  pollutantIndices(plan, values, indices);
  settle(plan, indices, notMonitored.length === 0 ? 0 : maskOf(notMonitored), settled);
  const [so2, no2, co, o3, pm10, pm25] = indices as unknown as [number, number, number, number, number, number];
  return {
    iaqi: { so2: shown(so2), no2: shown(no2), co: shown(co), o3: shown(o3), pm10: shown(pm10), pm25: shown(pm25) },
    aqi: shown(settled.aqi),
    lowerBound: shown(settled.rest),
    category: categoryOf(plan.edition.index, settled.aqi),
    primary: pollutantsOf(settled.primary),
    validity: validityOf(settled),
    missing: pollutantsOf(settled.missing),
    edition: plan.edition.label,
  };
}

function shown(index: number): number | null {
  return index < 0 ? null : index;
}
