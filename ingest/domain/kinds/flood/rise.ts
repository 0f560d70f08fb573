import { fromMicro, toMicro } from '../../exact.ts';
import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { FloodMeasuring } from './standards.ts';

/** A valid level, m above one datum, at an event time (epoch ms). */
export interface LevelSample {
  readonly at: number;
  readonly level: number;
}

export interface RiseRate {
  readonly minutes: number;
  /** m/h, positive rising; null where an end of the window is missing or invalid. */
  readonly mPerHour: number | null;
}

/** Index of the sample nearest to `due`; samples ascend in time. */
function nearest(samples: readonly LevelSample[], due: number): number {
  let low = 0;
  let high = samples.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle] as LevelSample).at < due) low = middle + 1;
    else high = middle;
  }
  const after = samples[low];
  const before = samples[low - 1];
  return before !== undefined && after !== undefined && due - before.at <= after.at - due ? low - 1 : low;
}

/**
 * Rise rate (上涨率) `(Z(t) − Z(t−Δ))/Δ` from the newest sample, for each window in minutes. `samples` ascend in time, are
 * valid and of one datum. The earlier end may lie `endToleranceShare` of the window off its due time; the true interval is used.
 */
export function riseRates(samples: readonly LevelSample[], windowsMin: readonly number[], endToleranceShare: number): RiseRate[] {
  const last = samples.at(-1);
  return windowsMin.map((minutes) => {
    if (last === undefined) return { minutes, mPerHour: null };
    const due = last.at - minutes * MINUTE_MS;
    const from = samples[nearest(samples, due)];
    if (from === undefined || from === last || Math.abs(from.at - due) > minutes * MINUTE_MS * endToleranceShare) {
      return { minutes, mPerHour: null };
    }
    const rise = fromMicro(toMicro(last.level) - toMicro(from.level));
    return { minutes, mPerHour: (rise * HOUR_MS) / (last.at - from.at) };
  });
}

/** A robust slope with its interval, m/h. */
export interface RiseSlope {
  readonly mPerHour: number;
  readonly low: number;
  readonly high: number;
  readonly points: number;
  readonly spanMinutes: number;
}

const MOST_POINTS = 32;

function thinned(samples: readonly LevelSample[]): readonly LevelSample[] {
  if (samples.length <= MOST_POINTS) return samples;
  const stride = (samples.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, index) => samples[Math.round(index * stride)] as LevelSample);
}

/** The gauge's own period, ms: the middle gap of its newest reports, which an outage or a burst does not move. 0 with fewer than two. */
function reportPeriodMs(samples: readonly LevelSample[], gaps: number): number {
  const newest = samples.slice(-(gaps + 1));
  const found = newest.slice(1).map(({ at }, index) => at - (newest[index] as LevelSample).at);
  return found.sort((a, b) => a - b)[(found.length - 1) >> 1] ?? 0;
}

/** How far back the slope of these samples (ascending, the newest last) looks, ms: `windowMin`, or `windowPeriods` reports of a gauge that reports seldom. */
export function slopeWindowMs(samples: readonly LevelSample[], { slope }: FloodMeasuring): number {
  const seldom = slope.windowPeriods * reportPeriodMs(samples, slope.windowPeriods);
  return Math.max(slope.windowMin * MINUTE_MS, Math.min(slope.longestMin * MINUTE_MS, seldom));
}

/**
 * Median of all pairwise slopes (Theil and Sen) of the newest window (`slopeWindowMs`): one false echo does not move it.
 * The interval is Sen's, widened by what the instrument's resolution can hide. Undefined with fewer than `leastPoints`
 * samples or a span below `leastSpanMin`. More than 32 samples are thinned evenly, ends kept.
 */
export function robustSlope(samples: readonly LevelSample[], measuring: FloodMeasuring): RiseSlope | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const from = last.at - slopeWindowMs(samples, measuring);
  let first = samples.length - 1;
  while (first > 0 && (samples[first - 1] as LevelSample).at >= from) first -= 1;
  const window = samples.slice(first);
  const spanMs = last.at - (window[0] as LevelSample).at;
  if (window.length < measuring.slope.leastPoints || spanMs < measuring.slope.leastSpanMin * MINUTE_MS) return undefined;
  const points = thinned(window);
  const found: number[] = [];
  points.forEach((later, index) => {
    for (let before = 0; before < index; before += 1) {
      const earlier = points[before] as LevelSample;
      if (later.at > earlier.at) found.push(((later.level - earlier.level) * HOUR_MS) / (later.at - earlier.at));
    }
  });
  const slopes = Float64Array.from(found).sort();
  const count = slopes.length;
  const n = points.length;
  const spread = measuring.slopeZ * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number): number => slopes[Math.min(count - 1, Math.max(0, Math.round(rank)))] as number;
  const hidden = (measuring.resolutionM * HOUR_MS) / spanMs;
  const middle = count % 2 === 1 ? at((count - 1) / 2) : (at(count / 2 - 1) + at(count / 2)) / 2;
  return {
    mPerHour: middle,
    low: Math.min(middle, at((count - spread) / 2 - 1)) - hidden,
    high: Math.max(middle, at((count + spread) / 2)) + hidden,
    points: window.length,
    spanMinutes: spanMs / MINUTE_MS,
  };
}

/** When a line is reached, in hours from the newest sample. Null: not within the horizon at that slope. */
export interface TimeToLine {
  readonly hours: number | null;
  readonly earliest: number | null;
  readonly latest: number | null;
}

/** Hours to rise by `distance` m at a steady slope: 0 on or above the line, null where it does not rise or comes after `horizonHours`. */
export function hoursToRise(distance: number, mPerHour: number, horizonHours: number): number | null {
  if (distance <= 0) return 0;
  if (mPerHour <= 0) return null;
  const hours = distance / mPerHour;
  return hours <= horizonHours ? hours : null;
}

/** Time to a line with its uncertainty: the slope's best value, its high end (earliest) and its low end (latest). */
export function timeToLine(distance: number, slope: RiseSlope, horizonHours: number): TimeToLine {
  return {
    hours: hoursToRise(distance, slope.mPerHour, horizonHours),
    earliest: hoursToRise(distance, slope.high, horizonHours),
    latest: hoursToRise(distance, slope.low, horizonHours),
  };
}
