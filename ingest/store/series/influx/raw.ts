import { dayStart } from '@clearbay/domain/time.ts';
import type { SourceName } from '../../ledger/body.ts';
import type { SeriesQuery } from '../../ports/series.ts';
import { KnownReadings } from '../again.ts';
import type { SeriesDictionary } from '../dictionary.ts';
import { READING_WIDTH, type ReadingRows } from '../engine.ts';
import { isSimulated } from '../points.ts';
import { bucketOffset, mostPoints, type RawColumns, RawFold, rawBucketWidth, type ShapedSeries, shapeRaw } from '../shape.ts';
import { addValue, emptyWindow, type Window, windowStart } from '../windows.ts';
import { nameOfTag, tagValue, unpackFields } from './lines.ts';
import type { InfluxServer } from './server.ts';

/** What InfluxDB can name, ms: its times are 64-bit nanoseconds. */
const FARTHEST_MS = 9.2e12;
const STATEMENTS = 50;

export function timeLiteral(ms: number): string {
  return `${Math.ceil(Math.max(-FARTHEST_MS, Math.min(FARTHEST_MS, ms)))}ms`;
}

/** A reading's place among the points. */
export interface Identity {
  readonly source: SourceName;
  readonly at: number;
}

/** Runs many statements a request; each gets parameters of its own. */
export async function askEach<T>(
  server: InfluxServer,
  items: readonly T[],
  statement: (item: T, parameter: (value: string) => string) => string,
) {
  const answers = [];
  for (let first = 0; first < items.length; first += STATEMENTS) {
    const parameters: Record<string, string> = {};
    const parameter = (value: string) => {
      const name = `p${Object.keys(parameters).length}`;
      parameters[name] = value;
      return `$${name}`;
    };
    const text = items.slice(first, first + STATEMENTS).map((item) => statement(item, parameter));
    answers.push(...(await server.query(text.join('; '), parameters)));
  }
  return answers;
}

function sourceIs({ station, device, bay }: SourceName, parameter: (value: string) => string): string {
  return `"station" = ${parameter(tagValue(station))} AND "device" = ${parameter(tagValue(device))} AND "bay" = ${parameter(tagValue(bay))}`;
}

function pointOf({ source, at }: Identity, parameter: (value: string) => string): string {
  return `${sourceIs(source, parameter)} AND time = ${timeLiteral(at)}`;
}

/** What the database holds of these readings: one question for each source and day. */
export async function knownReadings(
  server: InfluxServer,
  readings: readonly Identity[],
  dictionary: SeriesDictionary,
): Promise<KnownReadings> {
  const spans = new Map<string, { readonly source: SourceName; readonly times: Set<number>; low: number; high: number }>();
  for (const { source, at } of readings) {
    const key = `${dictionary.source(source)} ${dayStart(at)}`;
    const span = spans.get(key) ?? { source, times: new Set(), low: at, high: at };
    span.times.add(at);
    span.low = Math.min(span.low, at);
    span.high = Math.max(span.high, at);
    spans.set(key, span);
  }
  const asked = [...spans.values()];
  const answers = await askEach(
    server,
    asked,
    ({ source, low, high }, parameter) =>
      `SELECT "v", "rev" FROM "raw"."reading" WHERE ${sourceIs(source, parameter)} AND time >= ${timeLiteral(low)} AND time <= ${timeLiteral(high)} GROUP BY "metric"`,
  );
  const known = new KnownReadings();
  asked.forEach(({ source, times }, index) => {
    for (const { tags, values } of answers[index] ?? []) {
      const series = dictionary.seriesOf(source.station, nameOfTag(tags.metric ?? ''));
      for (const [at, value, rev] of values) {
        if (times.has(Number(at))) known.add(dictionary.source(source), Number(at), series, Number(value), Number(rev ?? 0));
      }
    }
  });
  return known;
}

/** Metrics that each reading has in the store. */
export async function metricsOf(server: InfluxServer, readings: readonly Identity[]): Promise<string[][]> {
  const answers = await askEach(
    server,
    readings,
    (one, parameter) => `SELECT "v" FROM "raw"."reading" WHERE ${pointOf(one, parameter)} GROUP BY "metric"`,
  );
  return answers.map((series) => series.map(({ tags }) => nameOfTag(tags.metric ?? '')));
}

export async function removeReadings(server: InfluxServer, readings: readonly Identity[]): Promise<void> {
  await askEach(server, readings, (one, parameter) => `DELETE FROM "reading" WHERE ${pointOf(one, parameter)}`);
}

/** Hours counted anew from the raw points. */
export async function recountHours(
  server: InfluxServer,
  hours: readonly { readonly station: string; readonly metric: string; readonly at: number }[],
): Promise<Window[]> {
  const answers = await askEach(
    server,
    hours,
    ({ station, metric, at }, parameter) =>
      `SELECT "v", "q", "period" FROM "raw"."reading" WHERE "station" = ${parameter(tagValue(station))} AND "metric" = ` +
      `${parameter(tagValue(metric))} AND time > ${timeLiteral(windowStart('hour', at))} AND time <= ${timeLiteral(at)}`,
  );
  return answers.map((series) => {
    const window = emptyWindow();
    for (const [at, value, packed, period] of series.flatMap(({ values }) => values)) {
      const { flags, bits, periodMs } = unpackFields(Number(packed));
      addValue(window, Number(at), Number(value), flags, period === null ? periodMs : Number(period), isSimulated(bits));
    }
    return window;
  });
}

/** Points that are in memory at once while many are joined into buckets. */
const PIECE_POINTS = 50_000;

/** Raw points of one series; where they are too many they are read and joined piece by piece, in whole buckets. */
export async function rawSeries(server: InfluxServer, query: SeriesQuery): Promise<ShapedSeries> {
  const { station, metric, from, to } = query;
  const width = rawBucketWidth(query);
  const counts = await countsByBucket(server, query, width);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total <= mostPoints(query)) return shapeRaw(await rawColumns(server, station, metric, from, to), query);
  const fold = new RawFold(width);
  let begin = from;
  let waiting = 0;
  for (const { start, count } of counts) {
    if (waiting > 0 && waiting + count > PIECE_POINTS) {
      fold.add(await rawColumns(server, station, metric, begin, start));
      begin = start;
      waiting = 0;
    }
    waiting += count;
  }
  fold.add(await rawColumns(server, station, metric, begin, to));
  return fold.shaped();
}

/** Points of each bucket that has any, by its first millisecond. */
async function countsByBucket(server: InfluxServer, { station, metric, from, to }: SeriesQuery, width: number) {
  const [series = []] = await server.ask(
    `SELECT count("v") FROM "raw"."reading" WHERE "station" = $station AND "metric" = $metric AND time >= ${timeLiteral(from)} AND time < ${timeLiteral(to)}
     GROUP BY time(${width}ms, ${bucketOffset(width)}ms) fill(none)`,
    { station: tagValue(station), metric: tagValue(metric) },
  );
  return series.flatMap(({ values }) => values).map(([start, count]) => ({ start: Number(start), count: Number(count) }));
}

async function rawColumns(server: InfluxServer, station: string, metric: string, from: number, to: number): Promise<RawColumns> {
  const [series = []] = await server.ask(
    `SELECT "v", "q" FROM "raw"."reading" WHERE "station" = $station AND "metric" = $metric AND time >= ${timeLiteral(from)} AND time < ${timeLiteral(to)}`,
    { station: tagValue(station), metric: tagValue(metric) },
  );
  const rows = series.flatMap(({ values }) => values);
  return {
    at: rows.map(([at]) => Number(at)),
    value: rows.map(([, value]) => Number(value)),
    flags: rows.map(([, , packed]) => unpackFields(Number(packed)).flags),
  };
}

/** The newest values of a series, newest first. */
export async function newestOf(server: InfluxServer, station: string, metric: string, count: number) {
  const [series = []] = await server.query(
    `SELECT "v", "q", "rx" FROM "raw"."reading" WHERE "station" = $station AND "metric" = $metric ORDER BY time DESC LIMIT ${count}`,
    { station: tagValue(station), metric: tagValue(metric) },
  );
  return series
    .flatMap(({ values }) => values)
    .map(([at, value, packed, receivedAt]) => ({
      at: Number(at),
      value: Number(value),
      flags: unpackFields(Number(packed)).flags,
      receivedAt: Number(receivedAt),
    }));
}

export async function readingRows(server: InfluxServer, station: string, from: number, to: number): Promise<ReadingRows> {
  const [series = []] = await server.ask(
    `SELECT "v", "rx", "q", "period", "rev" FROM "raw"."reading" WHERE "station" = $station AND time >= ${timeLiteral(from)} AND time < ${timeLiteral(to)}
     GROUP BY "device", "bay", "metric"`,
    { station: tagValue(station) },
  );
  const sources: SourceName[] = [];
  const metrics: string[] = [];
  const rows: number[][] = [];
  for (const { tags, values } of series) {
    const name = { station, device: nameOfTag(tags.device ?? ''), bay: nameOfTag(tags.bay ?? '') };
    let source = sources.findIndex(({ device, bay }) => device === name.device && bay === name.bay);
    if (source < 0) source = sources.push(name) - 1;
    let metric = metrics.indexOf(nameOfTag(tags.metric ?? ''));
    if (metric < 0) metric = metrics.push(nameOfTag(tags.metric ?? '')) - 1;
    for (const [at, value, receivedAt, packed, period, rev] of values) {
      const { flags, mark, bits, periodMs } = unpackFields(Number(packed));
      rows.push([
        source,
        metric,
        Number(at),
        Number(value),
        flags,
        mark,
        Number(receivedAt),
        period === null ? periodMs : Number(period),
        bits,
        Number(rev ?? 0),
      ]);
    }
  }
  return { sources, metrics, rows: inReadingOrder(rows) };
}

/** By time, then by source, so that the values of one message stand together. */
export function inReadingOrder(rows: number[][]): Float64Array<ArrayBuffer> {
  rows.sort((one, other) => (one[2] as number) - (other[2] as number) || (one[0] as number) - (other[0] as number));
  const cells = new Float64Array(rows.length * READING_WIDTH);
  rows.forEach((row, index) => {
    cells.set(row, index * READING_WIDTH);
  });
  return cells;
}
