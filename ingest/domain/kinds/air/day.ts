import { type ExactMean, roundMean } from '../../exact.ts';
import { dateOf, HOUR_MS } from '../../time.ts';
import { type IndexValidity, maskOf, pollutantsOf, settle, unsettled, validityOf } from './aqi.ts';
import { type HourTable, hourIndex, meanOfHours, validHours } from './hour-table.ts';
import { dayPlan, type IndexPlan, pollutantIndices } from './index-plan.ts';
import { type OzoneDay, ozoneDay, ozoneMaxHour } from './ozone.ts';
import { type AirEdition, type AreaClass, limitOf, POLLUTANTS, type Pollutant } from './standard.ts';

/** What a judgement needs to know of the station besides its values. */
export interface StationTerms {
  /** Pollutants not monitored by plan ("/" of HJ 633-2026, 5.3.2). */
  readonly notMonitored?: readonly string[];
  /** Class of the area, 2 by default. */
  readonly areaClass?: AreaClass;
}

/** `NA` missing or not valid, `/` not monitored by plan (HJ 633-2026, 5.3.3). */
export type MissingMark = 'NA' | '/';

interface PollutantDay {
  /** Daily mean, or the daily maximum 8 h of O3, unrounded; null where it is not valid. */
  readonly mean: ExactMean | null;
  /** As published: µg/m³ whole, CO mg/m³ with 1 decimal (GB/T 8170); null where it is not valid. */
  readonly value: number | null;
  readonly iaqi: number | null;
  readonly validHours: number;
  readonly mark: MissingMark | null;
}

/** A natural day of one station (or of the district), judged under one edition. */
export interface DayJudgement {
  /** Local date, YYYY-MM-DD, and its midnight, epoch ms. */
  readonly date: string;
  readonly start: number;
  readonly edition: AirEdition;
  /** 0 to 500; null for NA. */
  readonly aqi: number | null;
  /** Largest IAQI of what is there even where no AQI may be published; null for none. */
  readonly lowerBound: number | null;
  readonly primary: readonly Pollutant[];
  readonly validity: IndexValidity;
  readonly missing: readonly Pollutant[];
  /** AQI at most 100; null for NA: neither good nor bad. */
  readonly good: boolean | null;
  readonly pollutants: Readonly<Record<Pollutant, PollutantDay>>;
  readonly ozone: OzoneDay;
  /** Daily maximum 1 h of O3 where the edition has it as an item. */
  readonly ozoneMaxHour: ExactMean | null;
}

/** The statistics of a day before any index, as averaged for a district or computed from hours. */
export interface DayStatistics {
  readonly means: Readonly<Record<Pollutant, ExactMean | null>>;
  readonly validHours: Readonly<Record<Pollutant, number>>;
  readonly ozone: OzoneDay;
  readonly ozoneMaxHour: ExactMean | null;
}

const OZONE = POLLUTANTS.indexOf('o3');
const DAY_HOURS = 24;

/**
 * Judges the natural day that starts at `start` (local midnight) from its valid hours. A daily mean needs 20 hourly
 * means, O3's maximum 8 h its 14 windows (GB 3095, table 4; HJ 663, 6.1.2); a pollutant without is missing.
 */
export function judgeDay(table: HourTable, start: number, edition: AirEdition, terms: StationTerms = {}): DayJudgement {
  return judgeStatistics(dayStatistics(table, start, edition, terms), start, edition, terms);
}

function dayStatistics(table: HourTable, start: number, edition: AirEdition, terms: StationTerms = {}): DayStatistics {
  const first = hourIndex(table, start + HOUR_MS);
  const { validity: minima, assessment, index } = edition;
  const areaClass = terms.areaClass ?? 2;
  const means = {} as Record<Pollutant, ExactMean | null>;
  const hours = {} as Record<Pollutant, number>;
  for (let slot = 0; slot < POLLUTANTS.length; slot += 1) {
    const pollutant = POLLUTANTS[slot] as Pollutant;
    const column = table.means[slot] ?? [];
    hours[pollutant] = validHours(column, first, first + DAY_HOURS);
    means[pollutant] = slot === OZONE ? null : (meanOfHours(column, first, first + DAY_HOURS, minima.dayHours) ?? null);
  }
  const column = table.means[OZONE] ?? [];
  const eightHourLimit = limitOf(edition, 'o3', '8h', areaClass) ?? Number.POSITIVE_INFINITY;
  const ozone = ozoneDay(column, first, minima, assessment, eightHourLimit);
  means.o3 = ozone.max;
  const needed = index.ozoneMaxHourMinimumHours?.value;
  const hourLimit = limitOf(edition, 'o3', '1h', areaClass) ?? Number.POSITIVE_INFINITY;
  const maxHour = needed === undefined ? null : ozoneMaxHour(column, first, needed, hourLimit);
  return { means, validHours: hours, ozone, ozoneMaxHour: maxHour };
}

const indices = new Int16Array(POLLUTANTS.length);
const settled = unsettled();

/** Indices, AQI and primary pollutants of a day from its statistics. */
export function judgeStatistics(
  statistics: DayStatistics,
  start: number,
  edition: AirEdition,
  terms: StationTerms,
): DayJudgement {
  const plan = dayPlan(edition);
  pollutantIndices(plan, dayInputs(plan, statistics), indices);
  const notMonitored = terms.notMonitored ?? [];
  settle(plan, indices, maskOf(notMonitored), settled);
  const pollutants = {} as Record<Pollutant, PollutantDay>;
  for (let slot = 0; slot < POLLUTANTS.length; slot += 1) {
    const pollutant = POLLUTANTS[slot] as Pollutant;
    const mean = statistics.means[pollutant];
    const iaqi = indices[slot] ?? -1;
    pollutants[pollutant] = {
      mean,
      value: mean === null ? null : roundMean(mean, edition.index.decimals[pollutant]),
      iaqi: iaqi < 0 ? null : iaqi,
      validHours: statistics.validHours[pollutant],
      mark: mean !== null ? null : notMonitored.includes(pollutant) ? '/' : 'NA',
    };
  }
  return {
    date: dateOf(start),
    start,
    edition,
    aqi: settled.aqi < 0 ? null : settled.aqi,
    lowerBound: settled.rest < 0 ? null : settled.rest,
    primary: pollutantsOf(settled.primary),
    validity: validityOf(settled),
    missing: pollutantsOf(settled.missing),
    good: settled.aqi < 0 ? null : settled.aqi <= 100,
    pollutants,
    ozone: statistics.ozone,
    ozoneMaxHour: statistics.ozoneMaxHour,
  };
}

/** `o3_8h` is the daily maximum 8 h, `o3_1h` the daily maximum 1 h; every other input is a daily mean of its own name. */
function dayInputs(plan: IndexPlan, statistics: DayStatistics): (ExactMean | undefined)[] {
  return plan.inputs.map((input) => {
    if (input === 'o3_8h') return statistics.means.o3 ?? undefined;
    if (input === 'o3_1h') return statistics.ozoneMaxHour ?? undefined;
    return statistics.means[input as Pollutant] ?? undefined;
  });
}
