import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SeriesQuery } from '../../ports/series.ts';
import { LATEST_WIDTH, type NamedRows, READING_WIDTH, type ReadingRows, ROLLUP_WIDTH, type RollupQuery } from '../engine.ts';
import { chooseResolution, mostPoints, POINT_WIDTH, rawBucketWidth, type ShapedSeries, shapeWindows } from '../shape.ts';
import { EXCLUDED_MASK, windowEnd, windowStart } from '../windows.ts';
import { readNumbers } from './rows.ts';
import type { SeriesState } from './state.ts';
import { readWindows } from './windows-sql.ts';

const VALID = `(flags & ${EXCLUDED_MASK}) = 0`;
const ZONE_MS = 8 * HOUR_MS;

export async function querySeries(connection: DuckDBConnection, state: SeriesState, query: SeriesQuery): Promise<ShapedSeries> {
  const resolution = chooseResolution(query, { raw: state.rawHorizon, hour: state.hourHorizon });
  const id = state.dictionary.find(query.station, query.metric);
  if (id === undefined) return { resolution, bucketMs: 0, points: new Float64Array() };
  if (resolution === 'raw') return rawSeries(connection, id, query);
  // Windows that overlap [from, to); their label may lie a window outside of it.
  const windows = await readWindows(connection, resolution, [id], Number(query.from) - DAY_MS, Number(query.to) + DAY_MS);
  const inside = windows.filter(({ at }) => windowEnd(resolution, at) > query.from && windowStart(resolution, at) < query.to);
  return shapeWindows(resolution, inside, query);
}

async function rawSeries(connection: DuckDBConnection, id: number, query: SeriesQuery): Promise<ShapedSeries> {
  const where = `FROM points WHERE series = ${id} AND ts >= ${Number(query.from)} AND ts < ${Number(query.to)}`;
  const most = mostPoints(query);
  const valid = `CASE WHEN ${VALID} THEN 1 ELSE 0 END`;
  // One scan is enough for the usual day: only where a row too many comes back is it read again in buckets.
  const plain = await readNumbers(
    connection,
    `SELECT ts, value, value, value, 1, ${valid}, flags ${where} ORDER BY ts LIMIT ${most + 1}`,
  );
  if (plain.length <= most * POINT_WIDTH) return { resolution: 'raw', bucketMs: 0, points: plain };
  const width = rawBucketWidth(query);
  const shown = (figure: string) => `coalesce(${figure}(value) FILTER (${VALID}), ${figure}(value))`;
  const sql = `SELECT ceil((ts + ${ZONE_MS}) / ${width}) * ${width} - ${ZONE_MS} AS bucket, ${shown('avg')}, ${shown('min')}, ${shown('max')},
    count(*), count(*) FILTER (${VALID}), bit_or(flags) ${where} GROUP BY bucket ORDER BY bucket`;
  return { resolution: 'raw', bucketMs: width, points: await readNumbers(connection, sql) };
}

export function queryLatest(state: SeriesState, stations: readonly string[] | undefined): NamedRows {
  const ids = state.dictionary.seriesIn(stations).filter((id) => state.latest.get(id) !== undefined);
  const rows = new Float64Array(ids.length * LATEST_WIDTH);
  ids.forEach((id, index) => {
    const latest = state.latest.get(id);
    if (latest !== undefined) rows.set([index, latest.at, latest.value, latest.flags], index * LATEST_WIDTH);
  });
  return { names: ids.map((id) => state.dictionary.series[id] ?? { station: '', metric: '' }), rows };
}

export async function queryReadings(
  connection: DuckDBConnection,
  state: SeriesState,
  station: string,
  from: number,
  to: number,
): Promise<ReadingRows> {
  const ids = state.dictionary.sourcesOf(station);
  if (ids.length === 0) return { sources: [], metrics: [], rows: new Float64Array() };
  const rows = await readNumbers(
    connection,
    `SELECT source, series, ts, value, flags, mark, received_at, period_ms, bits, rev FROM points
     WHERE ts >= ${Number(from)} AND ts < ${Number(to)} AND source IN (${ids.join()}) ORDER BY ts, source, rowid`,
  );
  const sourceAt = new Map(ids.map((id, index) => [id, index]));
  const metrics: string[] = [];
  const metricAt = new Map<number, number>();
  for (let cell = 0; cell < rows.length; cell += READING_WIDTH) {
    rows[cell] = sourceAt.get(rows[cell] as number) ?? 0;
    const series = rows[cell + 1] as number;
    let metric = metricAt.get(series);
    if (metric === undefined) {
      metric = metrics.push(state.dictionary.series[series]?.metric ?? '') - 1;
      metricAt.set(series, metric);
    }
    rows[cell + 1] = metric;
  }
  return { sources: ids.map((id) => state.dictionary.sources[id] ?? { station, device: '', bay: '' }), metrics, rows };
}

export async function queryRollups(connection: DuckDBConnection, state: SeriesState, query: RollupQuery): Promise<NamedRows> {
  const { series } = state.dictionary;
  const label = (id: number) => `${series[id]?.station}\n${series[id]?.metric}`;
  const ids = state.dictionary
    .seriesIn([...new Set(query.stations)], query.metrics)
    .sort((a, b) => (label(a) < label(b) ? -1 : 1));
  const names = ids.map((id) => series[id] ?? { station: '', metric: '' });
  if (ids.length === 0) return { names, rows: new Float64Array() };
  const ifValid = (figure: string) => `CASE WHEN valid_count > 0 THEN ${figure} END`;
  const sampled =
    query.level === 'hour' ? `least(valid_ms, ${MINUTE_MS} * (bit_count(first_half) + bit_count(second_half)))` : 'valid_ms';
  const found = await readNumbers(
    connection,
    `SELECT series, ts, "count", valid_count, ${sampled}, sum_micro, ${ifValid('"min"')}, ${ifValid('"max"')}, ${ifValid('"last"')},
       flags, revision, simulated
     FROM ${query.level === 'hour' ? 'hour' : 'day'} WHERE ts BETWEEN ${Number(query.from)} AND ${Number(query.to)} AND series IN (${ids.join()})
     ORDER BY series, ts`,
  );
  return { names, rows: inOrder(found, ids) };
}

/** Rows come by series number; they leave by the order of the names, with the index of the name in the first column. */
function inOrder(found: Float64Array<ArrayBuffer>, ids: readonly number[]): Float64Array<ArrayBuffer> {
  const spans = new Map<number, { first: number; end: number }>();
  for (let cell = 0; cell < found.length; cell += ROLLUP_WIDTH) {
    const id = found[cell] as number;
    const span = spans.get(id);
    if (span === undefined) spans.set(id, { first: cell, end: cell + ROLLUP_WIDTH });
    else span.end = cell + ROLLUP_WIDTH;
  }
  const rows = new Float64Array(found.length);
  let offset = 0;
  ids.forEach((id, index) => {
    const span = spans.get(id);
    if (span === undefined) return;
    rows.set(found.subarray(span.first, span.end), offset);
    const end = offset + span.end - span.first;
    for (; offset < end; offset += ROLLUP_WIDTH) rows[offset] = index;
  });
  return rows;
}
