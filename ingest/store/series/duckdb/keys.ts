import type { DuckDBConnection } from '@duckdb/node-api';
import { appendRows } from './rows.ts';
import { STAGE_KEY } from './schema.ts';

/** A series or source number and a time. */
export interface Key {
  readonly id: number;
  readonly at: number;
}

/** Stages keys for set-based look-ups; gives the span of their times as a condition that lets DuckDB skip the rest of the table. */
export async function stageKeys(connection: DuckDBConnection, keys: readonly Key[]): Promise<{ low: number; high: number }> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { at } of keys) {
    if (at < low) low = at;
    if (at > high) high = at;
  }
  await connection.run(STAGE_KEY);
  await appendRows(connection, 'stage_key', keys.length, (row, column) => (keys[row] as Key)[column === 0 ? 'id' : 'at']);
  return { low, high };
}
