import { DAY_MS } from '@clearbay/domain/time.ts';
import type { SourceName } from '../ledger/body.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRows } from '../ledger/ledger-rows.ts';
import type { SeriesQuery } from '../ports/series.ts';
import type { SeriesName } from './dictionary.ts';
import type { ShapedSeries } from './shape.ts';
import type { Level } from './windows.ts';

/** Ended hours of a station that a batch changed: ends of the first and of the last. */
export interface Restated {
  readonly station: string;
  readonly from: number;
  readonly to: number;
}

export interface Written {
  readonly restated: readonly Restated[];
  /** Hour windows that the rows touched. */
  readonly windows: number;
}

export interface RollupQuery {
  readonly level: Level;
  readonly stations: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly metrics?: readonly string[];
}

/** Rows of numbers whose first column is an index into `names`. */
export interface NamedRows {
  readonly names: readonly SeriesName[];
  readonly rows: Float64Array<ArrayBuffer>;
}

/** series, at, value, flags */
export const LATEST_WIDTH = 4;
/** series, at, count, validCount, validMs, sumMicro, min, max, last, flags, revision, simulated; NaN where there is no value */
export const ROLLUP_WIDTH = 12;
/** source, metric, at, value, flags, mark, receivedAt, periodMs, bits, rev; ordered by time and source */
export const READING_WIDTH = 10;

export interface ReadingRows {
  readonly sources: readonly SourceName[];
  readonly metrics: readonly string[];
  readonly rows: Float64Array<ArrayBuffer>;
}

/** How long each resolution is kept, ms. Days are kept for ever. */
export interface Retention {
  readonly rawMs: number;
  readonly hourMs: number;
}

export const DEFAULT_RETENTION: Retention = { rawMs: 90 * DAY_MS, hourMs: 5 * 366 * DAY_MS };

/** A series database as its storage thread drives it. */
export interface SeriesEngine {
  /** Connects; called before anything else and again after a failure. */
  open(ledger: LedgerReader): Promise<void>;
  /** Rejects while the database cannot be reached; also finishes what an interruption left half done. */
  ready(): Promise<void>;
  /** Ledger sequence up to which everything is written. */
  readonly cursor: number;
  /** Values kept beside the figures because they may not change them: for days whose raw points are dropped, of an identity that is taken, refused; also whole readings that no write survived. */
  readonly setAside: number;
  /** Writes rows, rollups and the cursor so that a repeat after a crash changes nothing. `now` decides which hours have ended. */
  write(rows: LedgerRows, ledger: LedgerReader, now: number): Promise<Written>;
  /** Whether what `write` threw says that the database is away, locked or full, so that the rows are not to blame. */
  isOutage(error: unknown): boolean;
  /** Keeps a row that cannot be written beside the figures, with its reason, and moves the cursor past it, in one step. */
  setRowAside(seq: number, reason: string, content: string): Promise<void>;
  series(query: SeriesQuery): Promise<ShapedSeries>;
  latest(stations: readonly string[] | undefined): Promise<NamedRows>;
  readings(station: string, from: number, to: number): Promise<ReadingRows>;
  rollups(query: RollupQuery): Promise<NamedRows>;
  /** Drops what is older than its retention. */
  prune(now: number): Promise<void>;
  /** Copies the database into a folder while it runs. */
  backup(folder: string): Promise<void>;
  close(): Promise<void>;
}
