import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import type { Resolution, SeriesQuery } from '../ports/series.ts';
import { addValue, addWindow, emptyWindow, type Level, type Window, windowEnd } from './windows.ts';

const MOST_POINTS = 2000;
const RAW_SPAN = 2 * DAY_MS;
const HOUR_SPAN = 120 * DAY_MS;
const ZONE_MS = 8 * HOUR_MS;
const SECOND_MS = 1000;
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((count) => count * HOUR_MS),
];

/** Oldest event time still held at a resolution. */
export interface Horizons {
  readonly raw: number;
  readonly hour: number;
}

export function mostPoints(query: SeriesQuery): number {
  return Math.max(2, Math.min(MOST_POINTS, Math.floor(query.maxPoints ?? MOST_POINTS)));
}

/** Raw up to 2 days, hours up to 120 days, else days; coarser where the finer is no longer held. */
export function chooseResolution(query: SeriesQuery, horizons: Horizons): Resolution {
  if (query.resolution !== undefined) return query.resolution;
  const span = query.to - query.from;
  if (span <= RAW_SPAN && query.to > horizons.raw) return 'raw';
  return span <= HOUR_SPAN && query.to > horizons.hour ? 'hour' : 'day';
}

/** Narrowest round width of at least `finest` with which the span has at most `most` buckets. */
export function bucketWidth(span: number, most: number, finest: number): number {
  const least = Math.max(finest, span / (most - 1));
  const width = WIDTHS.find((candidate) => candidate >= least && candidate % Math.min(finest, HOUR_MS) === 0);
  return width ?? Math.ceil(least / DAY_MS) * DAY_MS;
}

/** END of the bucket (end - width, end] that holds `at`; buckets of days end at local midnight. */
function bucketEnd(at: number, width: number): number {
  return Math.ceil((at + ZONE_MS) / width) * width - ZONE_MS;
}

/** [at, mean, min, max, count, validCount, flags] a point: the form in which points leave the storage thread. */
export const POINT_WIDTH = 7;

export interface ShapedSeries {
  readonly resolution: Resolution;
  readonly bucketMs: number;
  readonly points: Float64Array<ArrayBuffer>;
}

export interface RawColumns {
  readonly at: readonly number[];
  readonly value: readonly number[];
  readonly flags: readonly number[];
}

/** Raw points of one series as they are, or in buckets where they are too many. */
export function shapeRaw({ at, value, flags }: RawColumns, query: SeriesQuery): ShapedSeries {
  const most = mostPoints(query);
  const bucketMs = at.length <= most ? 0 : bucketWidth(query.to - query.from, most, SECOND_MS);
  const buckets = new Map<number, Window>();
  const points: number[] = [];
  at.forEach((time, index) => {
    const window = bucketMs === 0 ? emptyWindow() : (buckets.get(bucketEnd(time, bucketMs)) ?? emptyWindow());
    addValue(window, time, value[index] ?? 0, flags[index] ?? 0, 0, false);
    if (bucketMs === 0)
      points.push(time, value[index] ?? 0, value[index] ?? 0, value[index] ?? 0, 1, window.validCount, window.flags);
    else buckets.set(bucketEnd(time, bucketMs), window);
  });
  for (const [end, window] of [...buckets].sort(([one], [other]) => one - other)) points.push(...windowPoint(end, window));
  return { resolution: 'raw', bucketMs, points: Float64Array.from(points) };
}

function windowPoint(at: number, window: Window): number[] {
  const shown = window.validCount > 0;
  const mean = shown ? window.sumMicro / window.validCount : window.allSumMicro / window.count;
  const min = shown ? window.min : window.allMin;
  const max = shown ? window.max : window.allMax;
  return [at, mean / 1e6, min, max, window.count, window.validCount, window.flags];
}

/** Rollups of one series as points, joined into wider buckets where they are too many. */
export function shapeWindows(level: Level, rows: readonly { at: number; window: Window }[], query: SeriesQuery): ShapedSeries {
  const finest = level === 'hour' ? HOUR_MS : DAY_MS;
  const most = mostPoints(query);
  const width = rows.length <= most ? finest : bucketWidth(query.to - query.from + 2 * finest, most, finest);
  const buckets = new Map<number, Window>();
  for (const { at, window } of rows) {
    const end = width === finest ? windowEnd(level, at) : bucketEnd(windowEnd(level, at), width);
    const bucket = buckets.get(end) ?? emptyWindow();
    addWindow(bucket, window);
    buckets.set(end, bucket);
  }
  const points = [...buckets].sort(([one], [other]) => one - other).flatMap(([end, window]) => windowPoint(end, window));
  return { resolution: level, bucketMs: width, points: Float64Array.from(points) };
}
