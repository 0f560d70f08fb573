import { dayStart, HOUR_MS } from '@clearbay/domain/time.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isSimulated } from '../points.ts';
import { addValue, addWindow, WindowTable, windowAt, windowEnd } from '../windows.ts';
import { type Key, stageKeys } from './keys.ts';
import { readNumbers } from './rows.ts';
import { readWindows, writeWindows } from './windows-sql.ts';

/** Takes the points of corrected readings (by source and time) out; gives the series and times they had. */
export async function removeCorrected(connection: DuckDBConnection, readings: readonly Key[]): Promise<Key[]> {
  const { low, high } = await stageKeys(connection, readings);
  const match = `p.source = k.a AND p.ts = k.b AND p.ts BETWEEN ${low} AND ${high}`;
  const cells = await readNumbers(connection, `SELECT DISTINCT p.series, p.ts FROM points p JOIN stage_key k ON ${match}`);
  const removed: Key[] = [];
  for (let cell = 0; cell < cells.length; cell += 2) removed.push({ id: cells[cell] as number, at: cells[cell + 1] as number });
  if (removed.length > 0) await connection.run(`DELETE FROM points p USING stage_key k WHERE ${match}`);
  return removed;
}

/** Hour windows that hold these points, still without values. */
export function hoursOf(points: readonly Key[]): WindowTable {
  const hours = new WindowTable();
  for (const { id, at } of points) hours.window(id, windowAt('hour', at));
  return hours;
}

/** Counts whole hours anew from the raw points, and their days from the hours. */
export async function recount(connection: DuckDBConnection, hours: WindowTable, closedBefore: number): Promise<void> {
  const keys = [...hours].map(({ series, at }) => ({ id: series, at }));
  const { low, high } = await stageKeys(connection, keys);
  const cells = await readNumbers(
    connection,
    `SELECT p.series, k.b, p.ts, p.value, p.flags, p.period_ms, p.bits
     FROM points p JOIN stage_key k ON p.series = k.a AND ceil(p.ts / ${HOUR_MS}) * ${HOUR_MS} = k.b
     WHERE p.ts > ${low - HOUR_MS} AND p.ts <= ${high}`,
  );
  for (let cell = 0; cell < cells.length; cell += 7) {
    const [series, end, at, value, flags, periodMs, bits] = cells.subarray(cell, cell + 7) as unknown as Row7;
    addValue(hours.window(series, end), at, value, flags, periodMs, isSimulated(bits));
  }
  await writeWindows(connection, 'hour', hours, 'replace', closedBefore);

  const days = new WindowTable();
  for (const { id, at } of keys) days.window(id, dayStart(at));
  const touched = [...days];
  const from = touched.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const to = touched.reduce((most, { at }) => Math.max(most, windowEnd('day', at)), Number.NEGATIVE_INFINITY);
  const series = [...new Set(touched.map((day) => day.series))];
  for (const hour of await readWindows(connection, 'hour', series, from + 1, to)) {
    const day = dayStart(hour.at);
    if (days.has(hour.series, day)) addWindow(days.window(hour.series, day), hour.window);
  }
  await writeWindows(connection, 'day', days, 'replace', closedBefore);
}

type Row7 = readonly [number, number, number, number, number, number, number];
