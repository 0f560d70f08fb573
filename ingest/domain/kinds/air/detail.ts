import type { ExactMean } from '../../exact.ts';
import type { Text } from '../../text.ts';
import type { IndexValidity } from './aqi.ts';
import type { MissingMark } from './day.ts';
import type { DayOutlook } from './outlook.ts';
import type { Pollutant } from './standard.ts';

/** One pollutant of the judged hour. */
export interface PollutantHour {
  /** As published: µg/m³ whole, CO mg/m³ with 1 decimal; null where the hour is missing or not valid. */
  readonly value: number | null;
  readonly unit: string;
  readonly iaqi: number | null;
  /** END of the hour, epoch ms. */
  readonly hourEnd: number;
  readonly valid: boolean;
  /** Minutes of sampling behind it, 0 to 60. */
  readonly minutes: number;
  readonly mark: MissingMark | null;
  /** Unrounded, for the district value. */
  readonly mean: ExactMean | null;
}

/** What is known of the hour that has not ended: means so far, never judged. */
export interface RunningHour {
  readonly end: number;
  /** Mean so far by metric, with one decimal more than published; metrics without a value are absent. */
  readonly means: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Detail of an air assessment: the last hour that has valid values, the running hour, and the day so far. */
export interface AirDetail {
  /** 0 to 500; null for NA. */
  readonly aqi: number | null;
  /** Largest IAQI of what is there where no AQI may be published; null without any. */
  readonly lowerBound: number | null;
  readonly primary: readonly Pollutant[];
  readonly validity: IndexValidity;
  readonly missing: readonly Pollutant[];
  /** Advice of the category; null for NA. */
  readonly advice: Text | null;
  readonly sensitiveGroups: readonly { readonly pollutant: Pollutant; readonly text: Text }[];
  readonly pollutants: Readonly<Record<Pollutant, PollutantHour>>;
  readonly running: RunningHour;
  readonly today: DayOutlook;
}
