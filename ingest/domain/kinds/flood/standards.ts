import type { AlertLevel } from '../../alerts/signal.ts';
import type { Edition } from '../../standards.ts';
import type { Text } from '../../text.ts';
import type { TideFit, TideSettings } from './tide.ts';

/** An edition with the clause it is quoted from and how sure the figures are. */
interface ClausedEdition extends Edition {
  readonly clause: string;
  /** Where the figures come from; says so where a figure is a setting of ours. */
  readonly source: string;
}

export type StageCode = 'normal' | 'near-warning' | 'above-warning' | 'above-guaranteed' | 'above-record';

/** One step of the four-colour scale. */
interface StageStep {
  readonly code: StageCode;
  /** 0 normal to 4 red. */
  readonly rank: number;
  /** Level of the warning; null below the near-warning line. */
  readonly level: AlertLevel | null;
  readonly text: Text;
  readonly colour: string;
}

/** Water-situation warning (水情预警, SL 758): a station's level against its own lines. */
export interface StageEdition extends ClausedEdition {
  /** "Near the warning level" begins this far below it, m. */
  readonly nearWarningM: number;
  /** Clearing asks for a level below the near line by max(share × (guaranteed − warning), least). */
  readonly hysteresis: { readonly share: number; readonly leastM: number };
  readonly steps: readonly StageStep[];
}

/** A grade of 12 h or 24 h rain by its lower bounds, mm. */
export interface RainGradeStep {
  readonly code: string;
  readonly rank: number;
  readonly text: Text;
  /** Least total of 12 h, mm, after rounding to 0.1 mm. */
  readonly from12: number;
  readonly from24: number;
}

/** Grades of precipitation (降水量等级, GB/T 28592); they exist for 12 h and 24 h totals only. */
export interface RainGradeEdition extends ClausedEdition {
  /** Ascending. */
  readonly grades: readonly RainGradeStep[];
}

export interface RainSignalStep {
  readonly level: AlertLevel;
  readonly hours: number;
  readonly mm: number;
  readonly text: Text;
}

/** Rainstorm warning signals (暴雨预警信号): the first that is reached from the top holds. */
export interface RainSignalEdition extends ClausedEdition {
  readonly hysteresisShare: number;
  readonly signals: readonly RainSignalStep[];
}

export type SoilState = 'dry' | 'normal' | 'wet';
export type MountainAction = 'none' | 'prepare' | 'move';

interface MountainWindow {
  readonly hours: number;
  readonly prepareMm: number;
  readonly moveMm: number;
}

/** Critical rainfall (临界雨量) of one village or stream, judged at one gauge. There are no national numbers. */
export interface MountainSite {
  /** Station whose rain (and level) is judged. */
  readonly station: string;
  readonly name: Text;
  readonly thresholds: Readonly<Record<SoilState, readonly MountainWindow[]>>;
  /** Level of the upstream gauge and how long its water takes to the village. */
  readonly gauge?: { readonly prepareM: number; readonly moveM: number; readonly travelMinutes: number };
  readonly note: Text;
}

/** Mountain-flood warning (山洪灾害预警, SL 675 and SL 767). */
export interface MountainEdition extends ClausedEdition {
  /** No step down until every window has stayed below for this long, minutes. */
  readonly holdMinutes: number;
  /** Soil state assumed where the antecedent rain is not known. */
  readonly assumedSoil: SoilState;
  readonly antecedent: {
    readonly days: number;
    /** Hours that a day must have reported for its rain to be known. */
    readonly dayLeastHours: number;
    /** Daily recession of the antecedent index Pa, 0 to 1. */
    readonly recession: number;
    /** Cap of Pa: the largest loss of the basin, mm. */
    readonly maximumMm: number;
    readonly dryBelowMm: number;
    readonly wetFromMm: number;
  };
  readonly levels: { readonly prepare: AlertLevel; readonly move: AlertLevel };
  readonly sites: readonly MountainSite[];
}

/** How level and rain are measured and watched: our own settings, with a note in the file. */
export interface FloodMeasuring {
  /** Windows of the rise rate, minutes. */
  readonly riseWindowsMin: readonly number[];
  /** An end of a window may lie this share of the window away from its due time. */
  readonly endToleranceShare: number;
  readonly slope: {
    readonly windowMin: number;
    /** A gauge that reports seldom needs a longer window: so many of its own periods, at most `longestMin`. */
    readonly windowPeriods: number;
    readonly longestMin: number;
    readonly leastSpanMin: number;
    readonly leastPoints: number;
  };
  /** Half-width of the slope's interval in standard deviations of Kendall's statistic (1.645 is 90 %). */
  readonly slopeZ: number;
  readonly resolutionM: number;
  /** Rise at which the rule `flood-rise` asks for an alert, m/h. */
  readonly riseAlert: { readonly mPerHour: number; readonly level: AlertLevel; readonly hysteresisShare: number };
  /** Nothing is said of a line that would be reached later than this, hours. */
  readonly horizonHours: number;
  readonly rainWindowsH: readonly number[];
  readonly echo: { readonly medianOf: number; readonly maxMPerMin: number; readonly toleranceM: number };
  readonly tide: TideSettings;
}

/** Departures of a station from the general settings; local flood-control plans take precedence. */
interface FloodOverride {
  readonly nearWarningM?: number;
  readonly riseMPerHour?: number;
}

/** Antecedent rain Pa of a site at the beginning of a hydrological day. */
export interface AntecedentRain {
  /** 08:00 of the day, epoch ms. */
  readonly day: number;
  /** Null where a day before is not known. */
  readonly mm: number | null;
}

/** Everything the flood kind judges by. Editions are chosen by the date of the data. */
export interface FloodStandards {
  readonly stages: readonly StageEdition[];
  readonly rainGrades: readonly RainGradeEdition[];
  readonly rainSignals: readonly RainSignalEdition[];
  readonly mountain: readonly MountainEdition[];
  readonly measuring: FloodMeasuring;
  readonly overrides: Readonly<Record<string, FloodOverride>>;
  /** Harmonic fits by station, from their own history; a tidal station without one has no judged rise. */
  readonly tides?: Readonly<Record<string, TideFit>>;
  /** Antecedent rain by station, from its own history; without it the soil's state is assumed. */
  readonly antecedentRains?: Readonly<Record<string, AntecedentRain>>;
}
