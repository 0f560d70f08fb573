import type { SeriesView } from '@clearbay/contract/api.ts';
import { isExcluded } from '@clearbay/domain/quality.ts';

/** A point as drawn; `y` NaN breaks the line. */
export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly validCount: number;
  readonly flags: number;
}

export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Longer than this many intervals without a point is a gap. */
const GAP_INTERVALS = 3;
/** Intervals on either side that tell how densely a stretch is reported: filled-in history is coarser than live data. */
const NEIGHBOURS = 5;

export function drawnPoints(series: SeriesView): DrawnPoint[] {
  return series.points.map(([x, y, min, max, count, validCount, flags]) => ({ x, y, min, max, count, validCount, flags }));
}

/** A live value as a point of its own. */
export function livePoint(at: number, value: number, flags: number): DrawnPoint {
  return { x: at, y: value, min: value, max: value, count: 1, validCount: isExcluded(flags) ? 0 : 1, flags };
}

/** Appends live points in order of time; one at a known time replaces it. The same point twice changes nothing. */
export function appendPoints(known: readonly DrawnPoint[], added: readonly DrawnPoint[]): DrawnPoint[] {
  const merged = [...known];
  for (const point of added) {
    let index = merged.length;
    while (index > 0 && (merged[index - 1]?.x ?? Number.NEGATIVE_INFINITY) > point.x) index -= 1;
    const same = index > 0 && merged[index - 1]?.x === point.x;
    merged.splice(same ? index - 1 : index, same ? 1 : 0, point);
  }
  return merged;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/**
 * Spans without data inside [from, to]: more than three times the expected interval (ms), or the one usual on either side
 * of it where that is longer.
 */
export function gapsOf(points: readonly Pick<DrawnPoint, 'x'>[], intervalMs: number, from: number, to: number): Gap[] {
  const times = [from, ...points.map(({ x }) => x), to];
  const steps = points.slice(1).map(({ x }, index) => x - (points[index]?.x ?? x));
  const gaps: Gap[] = [];
  for (let i = 1; i < times.length; i += 1) {
    const start = times[i - 1] ?? from;
    const end = times[i] ?? to;
    if (end - start <= intervalMs * GAP_INTERVALS) continue;
    // Step i−2 is the one from point i−2 to i−1, that is times[i−1] to times[i].
    const before = median(steps.slice(Math.max(0, i - 2 - NEIGHBOURS), Math.max(0, i - 2)));
    const after = median(steps.slice(i - 1, i - 1 + NEIGHBOURS));
    if (end - start > Math.max(before, after) * GAP_INTERVALS) gaps.push({ from: start, to: end });
  }
  return gaps;
}

/** The points with a break inside every gap, so that no line is drawn over missing data. */
export function withBreaks(points: readonly DrawnPoint[], gaps: readonly Gap[]): DrawnPoint[] {
  const breaks = gaps.map(({ from, to }) => ({
    x: (from + to) / 2,
    y: Number.NaN,
    min: Number.NaN,
    max: Number.NaN,
    count: 0,
    validCount: 0,
    flags: 0,
  }));
  return [...points, ...breaks].sort((a, b) => a.x - b.x);
}
