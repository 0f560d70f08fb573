import type { Edition } from '../../standards.ts';
import type { Text } from '../../text.ts';

/** The six basic items of GB 3095, in the order in which bit masks and arrays of this folder hold them. */
export const POLLUTANTS = ['so2', 'no2', 'co', 'o3', 'pm10', 'pm25'] as const;
export type Pollutant = (typeof POLLUTANTS)[number];

/** A figure or rule whose wording is not confirmed by the primary text: a setting with the reason for the doubt. */
interface Setting<T> {
  readonly value: T;
  readonly doubt?: string;
}

export type Averaging = 'year' | '24h' | '8h' | '1h';

/** Class of the area: 1 national parks and the like, 2 everything else (GB 3095, 4.1). */
export type AreaClass = 1 | 2;

/** Concentration limits [class 1, class 2] of one pollutant, µg/m³ (CO mg/m³). 8h is O3's daily maximum. */
type PollutantLimits = Readonly<Partial<Record<Averaging, readonly [number, number]>>>;

interface LimitTable {
  readonly standard: string;
  readonly clause: string;
  readonly source: string;
  readonly units: Readonly<Record<Pollutant, string>>;
  readonly of: Readonly<Record<Pollutant, PollutantLimits>>;
}

/** Limits [class 1, class 2] of an item of table 2 in its own unit; lead has one of a quarter. */
interface OtherItemLimits extends PollutantLimits {
  readonly unit: string;
  readonly quarter?: readonly [number, number];
}

/** Limits of the items of GB 3095, table 2, which have no index: TSP, NOx (as NO2), lead and benzo[a]pyrene. */
interface OtherLimits extends Readonly<Record<'tsp' | 'nox' | 'lead' | 'benzo_a_pyrene', OtherItemLimits>> {
  readonly standard: string;
  readonly clause: string;
  readonly source: string;
}

/** Minima below which a statistic is not valid (GB 3095, table 4). */
export interface ValidityMinima {
  readonly standard: string;
  readonly clause: string;
  readonly source: string;
  /** Minutes of sampling in an hour, gases. */
  readonly hourMinutes: number;
  readonly particleHourMinutes: Setting<number>;
  /** Hourly means in a day. */
  readonly dayHours: number;
  /** Hourly means in an 8-hour mean of O3. */
  readonly eightHourHours: number;
  /** Daily means in a month, and in a February. */
  readonly monthDays: number;
  readonly februaryDays: number;
  readonly yearDays: number;
}

/** A column of the table of index breakpoints, named by pollutant and averaging time. */
type IndexColumnName =
  | 'so2_24h'
  | 'so2_1h'
  | 'no2_24h'
  | 'no2_1h'
  | 'co_24h'
  | 'co_1h'
  | 'o3_8h'
  | 'o3_1h'
  | 'pm10_24h'
  | 'pm25_24h';

/** One item of a daily or hourly report: which input is read against which column. */
export interface IndexItem {
  readonly pollutant: Pollutant;
  readonly input: string;
  readonly column: IndexColumnName;
}

/** What holds above the last entry of SO2 1h and O3 8h: a fixed index (2026), or the index of another item (2012). */
export interface AboveRule {
  readonly over: number;
  readonly index?: number;
  readonly instead?: { readonly input: string; readonly column: IndexColumnName };
}

/** Item list of the hourly report: `text` as the standard has it, `published` as the national platform computed it under the 2012 edition. */
export type HourVariant = 'text' | 'published';

export interface Category {
  readonly code: string;
  /** 1 to 6. */
  readonly level: number;
  /** Largest AQI of the category; null for the last. */
  readonly upTo: number | null;
  readonly colour: string;
  readonly name: Text;
  readonly advice: Text;
}

/** One edition of HJ 633. */
export interface IndexRules extends Edition {
  readonly source: string;
  readonly clauses: Readonly<
    Record<'table' | 'formula' | 'aqi' | 'primary' | 'items' | 'above' | 'missing' | 'category' | 'rounding', string>
  >;
  readonly steps: readonly number[];
  /** Units of the breakpoints. */
  readonly units: Readonly<Record<Pollutant, string>>;
  readonly columns: Readonly<Record<IndexColumnName, readonly number[]>>;
  readonly above: Readonly<Partial<Record<IndexColumnName, AboveRule>>>;
  /** Decimals to which a concentration is rounded (GB/T 8170) before the index and when it is published. */
  readonly decimals: Readonly<Record<Pollutant, number>>;
  readonly roundBeforeIndex: Setting<boolean>;
  /** `others`: the AQI comes from the others. `na-unless-over-100`: published only above 100 (HJ 633-2026, 5.3.1). */
  readonly missing: Setting<'others' | 'na-unless-over-100'>;
  /** Hours below which a daily maximum 1h of O3 counts only if over its limit; absent where it is no item. */
  readonly ozoneMaxHourMinimumHours?: Setting<number>;
  /** A primary pollutant is named only above this AQI. */
  readonly primaryAbove: number;
  readonly defaultHourItems: HourVariant;
  readonly items: {
    readonly day: readonly IndexItem[];
    readonly hour: Readonly<Partial<Record<HourVariant, readonly IndexItem[]>>>;
  };
  readonly categories: readonly Category[];
  readonly sensitiveGroups: Readonly<Record<Pollutant, Text>>;
}

interface CompositeVariant {
  readonly id: string;
  readonly name: Text;
  readonly decimals: number;
  readonly weights: Readonly<Record<Pollutant, number>>;
  readonly doubt: string;
}

/** One edition of HJ 663. */
export interface AssessmentRules extends Edition {
  readonly source: string;
  readonly clauses: Readonly<Record<'ozoneDay' | 'annual' | 'percentile' | 'district' | 'rounding' | 'goodDays', string>>;
  /** Ends (local hour) of the sliding 8-hour means of a day and how many must be valid. */
  readonly ozoneDay: { readonly firstEnd: number; readonly lastEnd: number; readonly minimumWindows: number };
  readonly annual: Readonly<
    Record<Pollutant, { readonly mean: boolean; readonly percentile: number; readonly averaging: '24h' | '8h' }>
  >;
  readonly requireBoth: Setting<boolean>;
  readonly compare: Setting<'unrounded' | 'rounded'>;
  readonly percentileNeedsValidYear: Setting<boolean>;
  /** Share (0 to 1) of stations that must have a valid value for a district value. */
  readonly minimumStationShare: Setting<number>;
  readonly rateDecimals: number;
  readonly multipleDecimals: number;
  readonly statisticDecimals: Setting<Readonly<Record<Pollutant, number>>>;
  readonly composite: readonly CompositeVariant[];
}

/** What governs the air of a span of days: limits (GB 3095), index (HJ 633), assessment (HJ 663). */
export interface AirEdition extends Edition {
  readonly name: Text;
  readonly limits: LimitTable;
  readonly otherLimits: OtherLimits;
  readonly validity: ValidityMinima;
  readonly index: IndexRules;
  readonly assessment: AssessmentRules;
}

export interface AirStandards {
  /** Ascending by first day. */
  readonly editions: readonly AirEdition[];
}

/** The limit of a pollutant for an averaging time and class of area; undefined where the standard has none. */
export function limitOf(
  edition: AirEdition,
  pollutant: Pollutant,
  averaging: Averaging,
  areaClass: AreaClass,
): number | undefined {
  return edition.limits.of[pollutant][averaging]?.[areaClass - 1];
}
