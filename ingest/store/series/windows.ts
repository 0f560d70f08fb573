import { addMicro, toMicro } from '@clearbay/domain/exact.ts';
import { firstHalf, sampledMs, secondHalf } from '@clearbay/domain/minutes.ts';
import { isExcluded } from '@clearbay/domain/quality.ts';
import { DAY_MS, dayStart, HOUR_MS, hourEnd } from '@clearbay/domain/time.ts';

/** The bits of `isExcluded` as one mask, for stores that decide in their own language. */
export const EXCLUDED_MASK = Array.from({ length: 31 }, (_, bit) => 2 ** bit)
  .filter(isExcluded)
  .reduce((mask, bit) => mask | bit, 0);

/**
 * What is known of the values of one series in one window. Sums are exact decimals, so adding windows gives exactly
 * what adding their values would: any order and any split into batches end in the same figures.
 */
export interface Window {
  count: number;
  validCount: number;
  /** Periods of the valid values, added up. */
  validMs: number;
  /** Minutes of an hour that they touch, a bit each; means nothing for a day. */
  firstHalf: number;
  secondHalf: number;
  sumMicro: number;
  /** Infinite while there is no valid value. */
  min: number;
  max: number;
  last: number;
  lastAt: number;
  flags: number;
  simulated: boolean;
  /** Over all values, the excluded ones too: shown where no value is valid. */
  allSumMicro: number;
  allMin: number;
  allMax: number;
}

/** Values of absurd size, which a quality flag excludes, count as this: infinities of both signs would make a sum that is no number. */
const MOST_MICRO = 1e300;

export function emptyWindow(): Window {
  return {
    count: 0,
    validCount: 0,
    validMs: 0,
    firstHalf: 0,
    secondHalf: 0,
    sumMicro: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    last: 0,
    lastAt: Number.NEGATIVE_INFINITY,
    flags: 0,
    simulated: false,
    allSumMicro: 0,
    allMin: Number.POSITIVE_INFINITY,
    allMax: Number.NEGATIVE_INFINITY,
  };
}

export function addValue(window: Window, at: number, value: number, flags: number, periodMs: number, simulated: boolean): void {
  const micro = toMicro(value);
  window.count += 1;
  window.flags |= flags;
  if (simulated) window.simulated = true;
  window.allSumMicro = addMicro(window.allSumMicro, Math.max(-MOST_MICRO, Math.min(MOST_MICRO, micro)));
  if (value < window.allMin) window.allMin = value;
  if (value > window.allMax) window.allMax = value;
  if ((flags & EXCLUDED_MASK) !== 0) return;
  window.validCount += 1;
  window.validMs += periodMs;
  window.firstHalf |= firstHalf(at, periodMs);
  window.secondHalf |= secondHalf(at, periodMs);
  window.sumMicro = addMicro(window.sumMicro, micro);
  if (value < window.min) window.min = value;
  if (value > window.max) window.max = value;
  takeLast(window, at, value);
}

/** Two devices with the same event time: the greater value stands, so that order of arrival does not decide. */
function takeLast(window: Window, at: number, value: number): void {
  if (at < window.lastAt || (at === window.lastAt && value <= window.last)) return;
  window.last = value;
  window.lastAt = at;
}

export function addWindow(window: Window, other: Window): void {
  window.count += other.count;
  window.validCount += other.validCount;
  window.validMs += other.validMs;
  window.firstHalf |= other.firstHalf;
  window.secondHalf |= other.secondHalf;
  window.sumMicro = addMicro(window.sumMicro, other.sumMicro);
  window.min = Math.min(window.min, other.min);
  window.max = Math.max(window.max, other.max);
  window.flags |= other.flags;
  window.simulated ||= other.simulated;
  window.allSumMicro = addMicro(window.allSumMicro, other.allSumMicro);
  window.allMin = Math.min(window.allMin, other.allMin);
  window.allMax = Math.max(window.allMax, other.allMax);
  if (other.validCount > 0) takeLast(window, other.lastAt, other.last);
}

export type Level = 'hour' | 'day';

/** How much of a window was sampled, ms, as a rollup tells it. */
export function sampledOf(level: Level, { validMs, firstHalf: first, secondHalf: second }: Window): number {
  return level === 'hour' ? sampledMs(validMs, first, second) : validMs;
}

/** Label of the window that a value belongs to: END of its hour, START of its day. */
export function windowAt(level: Level, at: number): number {
  return level === 'hour' ? hourEnd(at) : dayStart(at);
}

/** First instant after a window, given its label. */
export function windowEnd(level: Level, at: number): number {
  return level === 'hour' ? at : dayStart(at + 1.5 * DAY_MS);
}

/** Last instant before a window, given its label: windows are open at their start. */
export function windowStart(level: Level, at: number): number {
  return level === 'hour' ? at - HOUR_MS : at;
}

/** Windows by series number and label. */
export class WindowTable {
  readonly #bySeries = new Map<number, Map<number, Window>>();
  #lastSeries = -1;
  #lastAt = Number.NaN;
  #lastWindow: Window = emptyWindow();

  window(series: number, at: number): Window {
    if (series === this.#lastSeries && at === this.#lastAt) return this.#lastWindow;
    let windows = this.#bySeries.get(series);
    if (windows === undefined) {
      windows = new Map();
      this.#bySeries.set(series, windows);
    }
    let window = windows.get(at);
    if (window === undefined) {
      window = emptyWindow();
      windows.set(at, window);
    }
    this.#lastSeries = series;
    this.#lastAt = at;
    this.#lastWindow = window;
    return window;
  }

  has(series: number, at: number): boolean {
    return this.#bySeries.get(series)?.has(at) ?? false;
  }

  delete(series: number, at: number): void {
    this.#bySeries.get(series)?.delete(at);
    this.#lastSeries = -1;
  }

  get size(): number {
    let size = 0;
    for (const windows of this.#bySeries.values()) size += windows.size;
    return size;
  }

  *[Symbol.iterator](): Generator<{ readonly series: number; readonly at: number; readonly window: Window }> {
    for (const [series, windows] of this.#bySeries) {
      for (const [at, window] of windows) yield { series, at, window };
    }
  }

  /** The days that these hours make up. Hours nest in the days of the district's zone. */
  days(): WindowTable {
    const days = new WindowTable();
    for (const { series, at, window } of this) addWindow(days.window(series, dayStart(at)), window);
    return days;
  }
}
