import type { SourceName } from '../../ledger/body.ts';
import { READING_WIDTH, type ReadingRows } from '../engine.ts';
import { isSimulated } from '../points.ts';
import type { RawColumns } from '../shape.ts';
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

function pointOf({ source, at }: Identity, parameter: (value: string) => string): string {
  const { station, device, bay } = source;
  return (
    `"station" = ${parameter(tagValue(station))} AND "device" = ${parameter(tagValue(device))} AND "bay" = ${parameter(tagValue(bay))}` +
    ` AND time = ${timeLiteral(at)}`
  );
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

export async function rawColumns(
  server: InfluxServer,
  station: string,
  metric: string,
  from: number,
  to: number,
): Promise<RawColumns> {
  const [series = []] = await server.query(
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
  const [series = []] = await server.query(
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
