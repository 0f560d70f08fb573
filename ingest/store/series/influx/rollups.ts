import type { SeriesName } from '../dictionary.ts';
import { type NamedRows, ROLLUP_WIDTH, type RollupQuery } from '../engine.ts';
import { type Level, sampledOf, type Window } from '../windows.ts';
import { nameOfTag, ROLLUP_FIELDS, rollupLine, tagValue } from './lines.ts';
import { askEach, timeLiteral } from './raw.ts';
import type { InfluxServer } from './server.ts';
import { type StoredWindow, type WindowStore, windowOf } from './window-store.ts';

const SELECTED = ROLLUP_FIELDS.replace(/\w+/g, '"$&"');
const PUSHED_AT_ONCE = 5000;

export interface Rollup {
  readonly at: number;
  readonly window: Window;
  readonly revision: number;
}

/** Brings InfluxDB's rollups up to the drain's own. Writing one twice changes nothing, so an interruption only repeats. */
export async function pushRollups(server: InfluxServer, store: WindowStore): Promise<void> {
  for (let dirty = store.dirty(PUSHED_AT_ONCE); dirty.length > 0; dirty = store.dirty(PUSHED_AT_ONCE)) {
    for (const level of ['hour', 'day'] as const) {
      const here = dirty.filter((one) => one.level === level);
      const gone = here.filter(({ window }) => window.count === 0);
      await askEach(server, gone, ({ series, at }, parameter) => {
        const { station, metric } = nameAt(store, series);
        return `DELETE FROM "${level}" WHERE "station" = ${parameter(tagValue(station))} AND "metric" = ${parameter(tagValue(metric))} AND time = ${timeLiteral(at)}`;
      });
      const lines = here
        .filter(({ window }) => window.count > 0)
        .map(({ series, at, window, revision }) => {
          const { station, metric } = nameAt(store, series);
          return rollupLine(level, station, metric, at, window, revision);
        });
      const refused = await server.write(level, { length: lines.length, line: (index) => lines[index] ?? '' });
      for (const { line, error } of refused) store.setAside(error, line);
    }
    store.clean(dirty);
  }
}

/** Single rollups that only InfluxDB may still know; undefined where it does not. */
export async function fetchRollups(
  server: InfluxServer,
  store: WindowStore,
  level: Level,
  keys: readonly { readonly series: number; readonly at: number }[],
): Promise<(StoredWindow | undefined)[]> {
  const answers = await askEach(server, keys, ({ series, at }, parameter) => {
    const { station, metric } = nameAt(store, series);
    return `SELECT ${SELECTED} FROM "${level}"."${level}" WHERE "station" = ${parameter(tagValue(station))} AND "metric" = ${parameter(tagValue(metric))} AND time = ${timeLiteral(at)}`;
  });
  return answers.map((series, index) => {
    const figures = series[0]?.values[0]?.slice(1) as (number | boolean | null)[] | undefined;
    const key = keys[index];
    return figures === undefined || key === undefined ? undefined : { level, ...key, ...windowOf(figures) };
  });
}

/** Rollups of one series whose label is in [from, to]. */
export async function rollupsOfSeries(
  server: InfluxServer,
  level: Level,
  name: SeriesName,
  from: number,
  to: number,
): Promise<Rollup[]> {
  const [series = []] = await server.ask(
    `SELECT ${SELECTED} FROM "${level}"."${level}" WHERE "station" = $station AND "metric" = $metric AND time >= ${timeLiteral(from)} AND time <= ${timeLiteral(to)}`,
    { station: tagValue(name.station), metric: tagValue(name.metric) },
  );
  return series.flatMap(({ values }) => values.map(rollupOf));
}

export async function queryRollups(server: InfluxServer, query: RollupQuery): Promise<NamedRows> {
  if (query.stations.length === 0) return { names: [], rows: new Float64Array() };
  const parameters: Record<string, string> = {};
  const stations = query.stations.map((station, index) => {
    parameters[`s${index}`] = tagValue(station);
    return `"station" = $s${index}`;
  });
  const [series = []] = await server.ask(
    `SELECT ${SELECTED} FROM "${query.level}"."${query.level}" WHERE (${stations.join(' OR ')}) AND time >= ${timeLiteral(query.from)} AND time <= ${timeLiteral(query.to)}
     GROUP BY "station", "metric"`,
    parameters,
  );
  const found = series.map(({ tags, values }) => ({
    name: { station: nameOfTag(tags.station ?? ''), metric: nameOfTag(tags.metric ?? '') },
    rollups: values.map(rollupOf),
  }));
  return rollupRows(
    query.level,
    found.filter(({ name }) => query.metrics === undefined || query.metrics.includes(name.metric)),
  );
}

/** Rollups in the order of station, metric and time. */
export function rollupRows(level: Level, found: { readonly name: SeriesName; readonly rollups: readonly Rollup[] }[]): NamedRows {
  const label = ({ name }: { name: SeriesName }) => `${name.station}\n${name.metric}`;
  const sorted = found.sort((one, other) => (label(one) < label(other) ? -1 : 1));
  const rows = new Float64Array(sorted.reduce((total, { rollups }) => total + rollups.length, 0) * ROLLUP_WIDTH);
  let cell = 0;
  sorted.forEach(({ rollups }, index) => {
    for (const { at, window, revision } of rollups) {
      const { count, validCount, sumMicro, min, max, last, flags, simulated } = window;
      const shown = validCount > 0 ? [min, max, last] : [Number.NaN, Number.NaN, Number.NaN];
      rows.set(
        [index, at, count, validCount, sampledOf(level, window), sumMicro, ...shown, flags, revision, simulated ? 1 : 0],
        cell,
      );
      cell += ROLLUP_WIDTH;
    }
  });
  return { names: sorted.map(({ name }) => name), rows };
}

function rollupOf([at, ...figures]: readonly (number | string | boolean | null)[]): Rollup {
  return { at: Number(at), ...windowOf(figures as (number | boolean | null)[]) };
}

function nameAt(store: WindowStore, series: number): SeriesName {
  return store.dictionary.series[series] ?? { station: '', metric: '' };
}
