import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { DEFAULT_RETENTION, type Retention } from '../engine.ts';
import { ThreadedSeries } from '../threaded-series.ts';
import type { DuckdbEngineOptions } from './engine.ts';

export interface DuckdbSeriesOptions {
  readonly file: string;
  /** File of the ledger that is drained; it must exist at the start. */
  readonly ledgerFile: string;
  /** Default: raw 90 days, hours 5 years; days are kept for ever. */
  readonly retention?: Retention;
  /** Memory DuckDB may use, MB; default 256. */
  readonly memoryLimitMb?: number;
  /** Default 1: with 2 the drain's passes held up acknowledgements twice as long, and a long query took four fifths of the time. */
  readonly threads?: number;
  /** Ledger rows a transaction; default 100,000: each transaction costs as much as some thousands of them. */
  readonly batchRows?: number;
  /** Rest between small batches, ms; default 1 s. */
  readonly restMs?: number;
  /** Default 5 minutes. */
  readonly graceMs?: number;
  readonly clock?: Clock;
}

/** The embedded series store: one DuckDB file, in a thread of its own, exactly once from the ledger. */
export class DuckdbSeries extends ThreadedSeries<DuckdbEngineOptions> {
  constructor(options: DuckdbSeriesOptions) {
    const { file, ledgerFile, retention = DEFAULT_RETENTION, memoryLimitMb = 256, threads = 1, clock = systemClock } = options;
    super(
      new URL('./thread.ts', import.meta.url),
      { file, memoryLimitMb, threads, retention, graceMs: options.graceMs ?? 5 * MINUTE_MS },
      {
        ledgerFile,
        batchRows: options.batchRows ?? 100_000,
        restMs: options.restMs ?? 1000,
        pruneEveryMs: 6 * HOUR_MS,
      },
      clock,
    );
  }
}
