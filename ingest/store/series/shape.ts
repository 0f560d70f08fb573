import { isExcluded } from '@clearbay/domain/quality.ts';
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
function bucketWidth(span: number, most: number, finest: number): number {
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
export function shapeRaw(columns: RawColumns, query: SeriesQuery): ShapedSeries {
  const most = mostPoints(query);
  const { at, value, flags } = columns;
  if (at.length > most) {
    const fold = new RawFold(rawBucketWidth(query));
    fold.add(columns);
    return fold.shaped();
  }
  const points: number[] = [];
  at.forEach((time, index) => {
    const one = value[index] ?? 0;
    const quality = flags[index] ?? 0;
    points.push(time, one, one, one, 1, isExcluded(quality) ? 0 : 1, quality);
  });
  return { resolution: 'raw', bucketMs: 0, points: Float64Array.from(points) };
}

/** Bucket width with which the raw points of a query are at most as many as it asks for. */
export function rawBucketWidth(query: SeriesQuery): number {
  return bucketWidth(query.to - query.from, mostPoints(query), SECOND_MS);
}

/** First millisecond of the bucket that ends at the first bucket end after epoch: what InfluxDB calls the offset. */
export function bucketOffset(width: number): number {
  return (((1 - ZONE_MS) % width) + width) % width;
}

/** Joins raw points into buckets, piece by piece, so that no more than a piece is in memory. */
export class RawFold {
  readonly #width: number;
  readonly #buckets = new Map<number, Window>();

  constructor(width: number) {
    this.#width = width;
  }

  add({ at, value, flags }: RawColumns): void {
    at.forEach((time, index) => {
      const end = bucketEnd(time, this.#width);
      const window = this.#buckets.get(end) ?? emptyWindow();
      addValue(window, time, value[index] ?? 0, flags[index] ?? 0, 0, false);
      this.#buckets.set(end, window);
    });
  }

  shaped(): ShapedSeries {
    const ordered = [...this.#buckets].sort(([one], [other]) => one - other);
    const points = ordered.flatMap(([end, window]) => windowPoint(end, window));
    return { resolution: 'raw', bucketMs: this.#width, points: Float64Array.from(points) };
  }
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
