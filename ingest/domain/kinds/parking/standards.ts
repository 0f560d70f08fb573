import type { AlertLevel } from '../../alerts/signal.ts';
import { type Edition, editionFor } from '../../standards.ts';
import type { Text } from '../../text.ts';
import { localDate } from '../../time.ts';

export type GuidanceCode = 'ample' | 'tight' | 'scarce' | 'full';

/** One guidance level, from ample to full. */
export interface GuidanceStep {
  readonly code: GuidanceCode;
  /** 0 ample to 3 full. */
  readonly rank: number;
  readonly text: Text;
  readonly colour: string;
  /** Largest free share at which the level begins; absent for ample. `inclusive` says whether the share itself belongs to it. */
  readonly upTo?: { readonly share: number; readonly inclusive: boolean };
  /** Free share at which the level is left for a better one; absent for ample. */
  readonly leaveAt?: number;
}

/** Levels of parking guidance (停车诱导). No standard fixes the numbers: all are settings. */
export interface GuidanceEdition extends Edition {
  readonly clause: string;
  readonly source: string;
  /** Ascending rank, ample first. */
  readonly steps: readonly GuidanceStep[];
  /** A change must last this long, seconds; no free bay at all is full at once. */
  readonly holdSeconds: number;
  /** With more than this share of bays unknown the sign shows no number. */
  readonly unknownHidesShare: number;
  readonly fullAlert: AlertLevel;
}

/** Weights of the short forecast; fixed, not trained on the lot. */
interface ForecastWeights {
  /** Share of the change that the same hours of a typical day showed. */
  readonly typical: number;
  /** Share of the present trend. */
  readonly trend: number;
}

export interface ForecastSettings {
  readonly horizonsMin: readonly number[];
  /** Earlier days that a forecast may look at, back to the same weekday of the week before. */
  readonly historyDays: number;
  readonly trendMin: number;
  /** Typical day of the same type (working day or weekend). */
  readonly sameType: ForecastWeights;
  readonly otherType: ForecastWeights;
  readonly noHistory: ForecastWeights;
}

/** How bays and counters are read: our own settings, with a note in the file. */
interface ParkingCounting {
  /** A bay that was silent for longer is unknown, hours. */
  readonly bayUnknownAfterHours: number;
  /** Hour of the nightly reconciliation, local time. */
  readonly reconcileHour: number;
  /** Drift of a day beyond this many vehicles is worth a visit. */
  readonly driftTolerance: number;
}

/** Everything the parking kind judges by. Editions are chosen by the date of the data. */
export interface ParkingStandards {
  readonly guidance: readonly GuidanceEdition[];
  readonly counting: ParkingCounting;
  readonly forecast: ForecastSettings;
  /** Mean free bays of the stored hours by station and END of the hour (epoch ms), for what a lot did not see itself since its start. */
  readonly recordedFree?: Readonly<Record<string, ReadonlyMap<number, number>>>;
}

/** Guidance edition in force at a moment (epoch ms). */
export function guidanceEdition(standards: ParkingStandards, at: number): GuidanceEdition {
  const [only] = standards.guidance;
  // Spares a date for each event while there is but one edition.
  return only !== undefined && standards.guidance.length === 1 ? only : editionFor(standards.guidance, localDate(at));
}
