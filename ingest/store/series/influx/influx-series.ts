import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { DEFAULT_RETENTION, type Retention } from '../engine.ts';
import { ThreadedSeries } from '../threaded-series.ts';
import type { InfluxEngineOptions } from './engine.ts';

export interface InfluxSeriesOptions {
  /** For example http://127.0.0.1:8086. */
  readonly url: string;
  /** Created at the start together with its retention policies. */
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** File of the ledger that is drained; it must exist at the start. */
  readonly ledgerFile: string;
  /** File of the drain's own memory: cursor, recent rollups, latest values. */
  readonly stateFile: string;
  /** Default: raw 90 days, hours 5 years; days are kept for ever. */
  readonly retention?: Retention;
  /** Lines a request; default 5,000. */
  readonly batchLines?: number;
  /** Requests at once; default 2. */
  readonly inFlight?: number;
  /** Ledger rows a step; default 50,000. */
  readonly batchRows?: number;
  readonly restMs?: number;
  readonly graceMs?: number;
  /** Without an answer for so long InfluxDB counts as away, ms; default 10 s. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** The series store on an InfluxDB 1.x server. While it is away nothing is lost and recent data are answered from the ledger. */
export class InfluxSeries extends ThreadedSeries<InfluxEngineOptions> {
  constructor(options: InfluxSeriesOptions) {
    const {
      url,
      database,
      username,
      password,
      ledgerFile,
      stateFile,
      retention = DEFAULT_RETENTION,
      clock = systemClock,
    } = options;
    super(
      new URL('./thread.ts', import.meta.url),
      {
        url,
        database,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        stateFile,
        retention,
        batchLines: options.batchLines ?? 5000,
        inFlight: options.inFlight ?? 2,
        timeoutMs: options.timeoutMs ?? 10_000,
        graceMs: options.graceMs ?? 5 * MINUTE_MS,
      },
      {
        ledgerFile,
        batchRows: options.batchRows ?? 20_000,
        restMs: options.restMs ?? 1000,
        pruneEveryMs: 6 * HOUR_MS,
      },
      clock,
    );
  }
}
