import { EVERY_MINUTE } from '@clearbay/domain/minutes.ts';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Layout of the file; a file of a later layout is refused. */
export const SERIES_VERSION = 1;

/** All times and exact sums are DOUBLE: whole numbers below 2^53, which the driver hands over without BigInt. */
const WINDOW_COLUMNS = `
  series INTEGER, ts DOUBLE, "count" INTEGER, valid_count INTEGER, valid_ms DOUBLE, sum_micro DOUBLE, "min" DOUBLE, "max" DOUBLE,
  "last" DOUBLE, last_at DOUBLE, flags INTEGER, simulated BOOLEAN, all_sum_micro DOUBLE, all_min DOUBLE, all_max DOUBLE, revision INTEGER,
  first_half INTEGER, second_half INTEGER`;
const POINT_COLUMNS = `
  series INTEGER, source INTEGER, ts DOUBLE, value DOUBLE, flags INTEGER, mark UTINYINT, received_at DOUBLE, period_ms DOUBLE,
  bits UTINYINT, rev DOUBLE`;
const LATEST_COLUMNS = 'series INTEGER, ts DOUBLE, value DOUBLE, flags INTEGER, received_at DOUBLE';

/**
 * No keys and no indexes: the drain is the only writer, knows what is there and merges by set; an index would cost
 * more than the table. `sealed` closes a day whose raw points were dropped; `unapplied` keeps what came for it later.
 * `unwritable` keeps readings that no write survived.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS state (version INTEGER, ledger VARCHAR, cursor DOUBLE, verify_at DOUBLE, raw_horizon DOUBLE, hour_horizon DOUBLE);
  CREATE TABLE IF NOT EXISTS source (id INTEGER, station VARCHAR, device VARCHAR, bay VARCHAR);
  CREATE TABLE IF NOT EXISTS series (id INTEGER, station VARCHAR, metric VARCHAR);
  CREATE TABLE IF NOT EXISTS points (${POINT_COLUMNS});
  CREATE TABLE IF NOT EXISTS unapplied (${POINT_COLUMNS});
  CREATE TABLE IF NOT EXISTS unwritable (reason VARCHAR, content VARCHAR);
  CREATE TABLE IF NOT EXISTS hour (${WINDOW_COLUMNS});
  CREATE TABLE IF NOT EXISTS day (${WINDOW_COLUMNS});
  CREATE TABLE IF NOT EXISTS sealed (series INTEGER, ts DOUBLE);
  CREATE TABLE IF NOT EXISTS latest (${LATEST_COLUMNS});
`;

/** Staging tables of the writer; made anew each time, which costs less than emptying them. */
export const STAGE_KEY = 'CREATE OR REPLACE TEMP TABLE stage_key (a INTEGER, b DOUBLE)';
export const STAGE_LATEST = `CREATE OR REPLACE TEMP TABLE stage_latest (${LATEST_COLUMNS})`;

/** Creates what is missing. */
export async function prepareSeries(connection: DuckDBConnection): Promise<void> {
  await connection.run(`BEGIN; ${TABLES} COMMIT`);
  // A file of before the minutes were kept: its hours stand as they were added up.
  for (const level of ['hour', 'day'])
    for (const half of ['first_half', 'second_half'])
      await connection.run(`ALTER TABLE ${level} ADD COLUMN IF NOT EXISTS ${half} INTEGER DEFAULT ${EVERY_MINUTE}`);
  const state = (await connection.runAndReadAll('SELECT version FROM state')).getRows()[0];
  if (state === undefined)
    await connection.run(`INSERT INTO state VALUES (${SERIES_VERSION}, '', 0, '-infinity', '-infinity', '-infinity')`);
  else if (Number(state[0]) > SERIES_VERSION)
    throw new Error(`the series file was written by a later version (layout ${state[0]})`);
}
