import type { Reading } from '@clearbay/domain/reading.ts';

export type Resolution = 'raw' | 'hour' | 'day';

export interface SeriesQuery {
  readonly station: string;
  readonly metric: string;
  /** Epoch ms, inclusive. */
  readonly from: number;
  /** Epoch ms, exclusive. */
  readonly to: number;
  /** At most 2,000; the store picks resolution and buckets so that minimum and maximum survive. */
  readonly maxPoints?: number;
  readonly resolution?: Resolution;
}

/** One point or bucket. `mean` null never happens: a gap is an absent point. */
export interface SeriesPoint {
  /** Event time, or the END of the bucket, epoch ms. */
  readonly at: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly validCount: number;
  /** OR of the quality bits inside. */
  readonly flags: number;
}

export interface SeriesResult {
  readonly resolution: Resolution;
  /** Bucket width, ms; 0 for raw points as they are. */
  readonly bucketMs: number;
  readonly points: readonly SeriesPoint[];
}

/** One metric's latest value by event time. */
export interface LatestValue {
  readonly station: string;
  readonly metric: string;
  readonly at: number;
  readonly value: number;
  readonly flags: number;
}

/** An hour or day of one metric, exact: the mean is `sumMicro / validCount` millionths. */
export interface RollupRow {
  readonly station: string;
  readonly metric: string;
  /** END of the hour, or START (local midnight) of the day, epoch ms. */
  readonly at: number;
  readonly count: number;
  /** Values that are not excluded by their flags. */
  readonly validCount: number;
  /** How much of an hour was sampled by valid values, ms: what devices sampled at once counts once. Of a day the sum of their periods. */
  readonly validMs: number;
  /** Exact sum of the valid values in integer millionths. */
  readonly sumMicro: number;
  /** Over the valid values; null with none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  /** OR of all quality bits. */
  readonly flags: number;
  /** Rises each time late or corrected data change the row. */
  readonly revision: number;
  readonly simulated: boolean;
}

export interface SeriesStatus {
  readonly state: 'up' | 'behind' | 'down';
  /** Ledger sequence written so far. */
  readonly cursor: number;
  /** Ledger records not yet written. */
  readonly lag: number;
  /** Values kept beside the figures because they may not change them: too late, of an identity that is taken, refused; also whole readings that cannot be written. */
  readonly setAside: number;
  /** Which readings of the last day cannot be written and why, one sentence each; absent: none. */
  readonly unwritable?: readonly string[];
  readonly error?: string;
}

/** The long memory: raw points, hour and day rollups. Fed from the ledger by its own drain, exactly once. */
export interface SeriesStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Tells the drain that the ledger has grown. Cheap; call it after every commit. */
  wake(): void;
  /** Resolves when everything the ledger held at the call is written and rolled up. */
  drained(): Promise<void>;
  series(query: SeriesQuery): Promise<SeriesResult>;
  latest(stations?: readonly string[]): Promise<readonly LatestValue[]>;
  /** Stored readings of a station in [from, to), by event time. */
  readings(station: string, from: number, to: number): Promise<readonly Reading[]>;
  /** Rollups of stations in [from, to], ordered by station, metric, time. */
  rollups(query: {
    readonly level: 'hour' | 'day';
    readonly stations: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly metrics?: readonly string[];
  }): Promise<readonly RollupRow[]>;
  /** Called after a drain changed rollups of hours that had already ended: which station and which span (ends of hours). */
  onRestated(listener: (change: { readonly station: string; readonly from: number; readonly to: number }) => void): void;
  status(): SeriesStatus;
}
