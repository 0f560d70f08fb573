import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { addWindow, emptyWindow, type Level, type Window, type WindowTable, windowEnd } from '../windows.ts';
import { stageKeys } from './keys.ts';
import { appendRows, readNumbers } from './rows.ts';

const COLUMNS =
  'series, ts, "count", valid_count, valid_ms, sum_micro, "min", "max", "last", last_at, flags, simulated, all_sum_micro, all_min, all_max, revision, first_half, second_half';
const WIDTH = 18;

interface StoredWindow {
  readonly series: number;
  readonly at: number;
  readonly revision: number;
  readonly window: Window;
}

/**
 * Adds windows to the hour or day table, or puts them in the place of what is there; one without values is removed.
 * `closedBefore`: windows ended by then get a new revision. Rows are taken out and appended again: a MERGE or UPDATE
 * of the same rows was measured twenty times slower.
 */
export async function writeWindows(
  connection: DuckDBConnection,
  level: Level,
  table: WindowTable,
  how: 'add' | 'replace',
  closedBefore: number,
): Promise<void> {
  const keys = [...table].map(({ series, at }) => ({ id: series, at }));
  if (keys.length === 0) return;
  const { low, high } = await stageKeys(connection, keys);
  const match = `w.series = k.a AND w.ts = k.b AND w.ts BETWEEN ${low} AND ${high}`;
  const stored = windowsOf(await readNumbers(connection, `SELECT ${COLUMNS} FROM ${level} w JOIN stage_key k ON ${match}`));
  const revisions = new WindowRevisions();
  for (const { series, at, window, revision } of stored) {
    if (how === 'add') addWindow(table.window(series, at), window);
    revisions.set(series, at, revision + (windowEnd(level, at) <= closedBefore ? 1 : 0));
  }
  if (stored.length > 0) await connection.run(`DELETE FROM ${level} w USING stage_key k WHERE ${match}`);
  const rows = [...table].filter(({ window }) => window.count > 0);
  await appendRows(connection, level, rows.length, (index, column) => {
    const { series, at, window } = rows[index] as (typeof rows)[number];
    return column === 15 ? revisions.get(series, at) : cellOf(column, series, at, window);
  });
}

/** Revision of each stored window; new ones begin at 0. */
class WindowRevisions {
  readonly #found = new Map<number, Map<number, number>>();

  set(series: number, at: number, revision: number): void {
    const ofSeries = this.#found.get(series) ?? new Map<number, number>();
    ofSeries.set(at, revision);
    this.#found.set(series, ofSeries);
  }

  get(series: number, at: number): number {
    return this.#found.get(series)?.get(at) ?? 0;
  }
}

function cellOf(column: number, series: number, at: number, window: Window): DuckDBValue {
  switch (column) {
    case 0:
      return series;
    case 1:
      return at;
    case 2:
      return window.count;
    case 3:
      return window.validCount;
    case 4:
      return window.validMs;
    case 5:
      return window.sumMicro;
    case 6:
      return window.min;
    case 7:
      return window.max;
    case 8:
      return window.last;
    case 9:
      return window.lastAt;
    case 10:
      return window.flags;
    case 11:
      return window.simulated;
    case 12:
      return window.allSumMicro;
    case 13:
      return window.allMin;
    case 14:
      return window.allMax;
    case 16:
      return window.firstHalf;
    default:
      return window.secondHalf;
  }
}

/** Windows of some series whose label is in [from, to], by series and time, with their revision. */
export async function readWindows(
  connection: DuckDBConnection,
  level: Level,
  series: readonly number[],
  from: number,
  to: number,
): Promise<StoredWindow[]> {
  if (series.length === 0) return [];
  const cells = await readNumbers(
    connection,
    `SELECT ${COLUMNS} FROM ${level} WHERE ts BETWEEN ${from} AND ${to} AND series IN (${series.join()}) ORDER BY series, ts`,
  );
  return windowsOf(cells);
}

function windowsOf(cells: Float64Array): StoredWindow[] {
  const found: StoredWindow[] = [];
  for (let cell = 0; cell < cells.length; cell += WIDTH) {
    const value = (column: number) => cells[cell + column] as number;
    const window = emptyWindow();
    window.count = value(2);
    window.validCount = value(3);
    window.validMs = value(4);
    window.sumMicro = value(5);
    window.min = value(6);
    window.max = value(7);
    window.last = value(8);
    window.lastAt = value(9);
    window.flags = value(10);
    window.simulated = value(11) === 1;
    window.allSumMicro = value(12);
    window.allMin = value(13);
    window.allMax = value(14);
    window.firstHalf = value(16);
    window.secondHalf = value(17);
    found.push({ series: value(0), at: value(1), revision: value(15), window });
  }
  return found;
}
