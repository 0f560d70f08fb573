import type { Signal, SignalRule } from '../alerts/signal.ts';
import type { Assessment } from '../assessment.ts';
import type { Derivation } from '../derivation.ts';
import type { Station } from '../district.ts';
import type { Mark, Reading, Values } from '../reading.ts';
import type { Edition } from '../standards.ts';
import type { Text } from '../text.ts';

/** What a metric is and what can be believed of it; decoder, quality control, charts and simulators work from it. */
export interface MetricDescriptor {
  readonly id: string;
  readonly label: Text;
  readonly unit: string;
  /** Decimals in which a value is published. */
  readonly decimals: number;
  /** Physically plausible span; outside it a value is stored, flagged and kept out of statistics. */
  readonly range: readonly [min: number, max: number];
  /** Largest believable change per hour, in the metric's unit; absent: not judged. */
  readonly maxRatePerHour?: number;
  /** Smallest step of the instrument. */
  readonly resolution: number;
  /** The same value for longer than this (ms) is a stuck instrument; absent: not judged. */
  readonly stuckAfterMs?: number;
  /** True for what a single bay reports: a reading with it must name the bay where the station counts bays. */
  readonly perBay?: boolean;
  /** How an hour or a day of it is summed up. */
  readonly rollup: 'mean' | 'sum' | 'last';
}

/** What one device measured at one moment (epoch ms), before it is judged. */
export interface Measured {
  readonly device: string;
  readonly at: number;
  readonly values: Values;
  readonly marks?: Readonly<Record<string, Mark>>;
}

/** Judges one station while readings come in. Same readings in any order give the same assessment. */
export interface LiveStation<Detail = unknown> {
  /** Takes a committed reading (flags included). Readings older than what it still holds are ignored here; the pipeline recomputes their windows. */
  accept(reading: Reading): void;
  /** What holds at `now` (epoch ms); cheap enough to call for every batch. */
  assess(now: number): Assessment<Detail>;
  /** Earliest event time it still holds; a late or corrected reading after it calls for `rebuild`. */
  heldSince(now: number): number;
  /** Starts over from these readings (all of the held window), after a correction. */
  rebuild(readings: Iterable<Reading>): void;
}

/** Weather that moves every kind together; made by the simulators. */
export interface Weather {
  /** mm fallen in the step. */
  readonly rainfall: number;
  /** mm per hour. */
  readonly rainRate: number;
  readonly temperature: number;
  readonly humidity: number;
  readonly pressure: number;
  readonly windSpeed: number;
  readonly windDirection: number;
  /** Where the air comes from: about -2 clean from the sea to +2 polluted from inland, drifting over days. */
  readonly airMass: number;
  /** 0 well mixed to 1 stagnant air. */
  readonly stagnation: number;
  /** 0 night to 1 noon of a clear day. */
  readonly sunshine: number;
  /** Astronomical tide, m above mean sea level. */
  readonly tide: number;
}

/** One message a simulated device would send. */
export interface Sample {
  readonly values: Values;
  readonly bay?: string;
}

/** A seeded, stateful model of one station's devices; step it forward in time. */
export interface StationModel {
  /** Advances to `at` (epoch ms, not before the last) and gives what the devices report then; may be empty. */
  step(at: number, weather: Weather): readonly Sample[];
}

/** One hour of one metric as the series store keeps it; `at` is the END of the hour, which covers (at − 1 h, at]. */
export interface HourSum {
  readonly metric: string;
  readonly at: number;
  /** Values that are not excluded by their flags, how much of the hour they stand for (ms, what devices sampled at once counted once), and their exact sum in millionths (with three decimals where values have more than six). */
  readonly validCount: number;
  readonly validMs: number;
  readonly sumMicro: number;
  /** Over the valid values; null with none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  readonly simulated: boolean;
}

/** A line that a course of values is held against. */
export interface MetricMark {
  /** In the metric's unit. */
  readonly value: number;
  /** What the line is, with the averaging time or class it is for. */
  readonly label: Text;
  /** The side on which values should stay. */
  readonly side: 'at-most' | 'at-least';
  /** Edition of the standard it comes from; null for a line of the station's own. */
  readonly edition: string | null;
}

/** Natural days, from local midnight to local midnight, epoch ms; the last one ended. */
export interface DaySpan {
  readonly from: number;
  readonly until: number;
}

/** Everything the system knows of one kind of sensor: one folder, one registry line. */
export interface Kind<S extends Station = Station, Detail = unknown, Standards = unknown> {
  readonly id: S['kind'];
  readonly label: Text;
  readonly metrics: readonly MetricDescriptor[];
  /** Metrics drawn first on the station page. */
  readonly headline: readonly string[];
  /** Usual interval of reports, ms. */
  readonly periodMs: number;
  /** Adds what follows from the measured values by the station's own setting-up, before quality is judged; what was measured stays. */
  derive?(station: S, measured: Measured): Measured;
  live(station: S, standards: Standards): LiveStation<Detail>;
  /** Conditions of this assessment for the alert engine: one signal for each rule of the kind. */
  signals(assessment: Assessment<Detail>, station: S): readonly Signal[];
  readonly rules: readonly SignalRule[];
  /** Editions that a figure can be judged under when they are asked for by id. */
  editions(standards: Standards): readonly Edition[];
  /**
   * Derivation of a figure from the readings of its period, under the edition asked for or the one in force on the data's date; an edition
   * that does not exist throws a RangeError. At `now` (epoch ms) before the end of the period the figure is so far and not judged.
   */
  explain(
    station: S,
    readings: readonly Reading[],
    period: { readonly start: number; readonly end: number },
    standards: Standards,
    now: number,
    edition?: string,
  ): Derivation;
  /** What the sign on the road shows (topic `guidance/<station>`), for kinds that have signs; with data that are not fresh it must not lie. */
  sign?(assessment: Assessment<Detail>, fresh: boolean): unknown;
  /** Judges the ended days of a span from their hours, under the edition asked for or each day's own. A day without any value gives no entry. */
  days(station: S, hours: readonly HourSum[], span: DaySpan, standards: Standards, edition?: string): readonly Assessment[];
  /** Lines that a metric's course is held against, by the edition asked for or the one in force on a local date (YYYY-MM-DD); empty without any. */
  marks?(station: S, metric: string, standards: Standards, date: string, edition?: string): readonly MetricMark[];
  model(station: S, seed: number): StationModel;
}
