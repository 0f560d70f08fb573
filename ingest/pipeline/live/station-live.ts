import type { LatestView, StationView } from '@clearbay/contract/api.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { Device, Station } from '@clearbay/domain/district.ts';
import type { Kind, LiveStation } from '@clearbay/domain/kinds/kind.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { type Reading, readingKey } from '@clearbay/domain/reading.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { freshnessOf } from './freshness.ts';
import type { Poison } from './set-aside.ts';

interface Latest {
  metric: string;
  value: number;
  at: number;
  flags: number;
}

/** Committed readings of a station by event time. */
export type StoredReadings = (station: string, from: number, to: number) => Promise<readonly Reading[]>;

/** More poisonous readings than this in one window are a fault of the judge, not of the readings. */
const MOST_LEFT_OUT = 20;

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** One station while it runs: its judge, the latest value of each metric, and what was last said of it. */
export class StationLive {
  readonly station: Station;
  readonly kind: Kind;
  readonly periodMs: number;
  readonly simulated: boolean;
  readonly #judge: LiveStation;
  readonly #latest = new Map<string, Latest>();
  readonly #leftOut = new Set<string>();
  /** What came while stored readings are read to start over with; undefined otherwise. */
  #meanwhile: Reading[] | undefined;
  #startingOver: Promise<unknown> = Promise.resolve();
  #lastAt: number | null = null;
  #arrivals = 0;
  assessment: Assessment | null = null;
  assessedAt = 0;
  /** Not judged before this monotonic time, ms. */
  restsUntil = 0;

  constructor(station: Station, devices: readonly Device[], kind: Kind, standards: unknown) {
    this.station = station;
    this.kind = kind;
    this.periodMs = devices.length === 0 ? kind.periodMs : Math.min(...devices.map((device) => device.periodMs));
    this.simulated = devices.some((device) => device.origin === 'simulated');
    this.#judge = kind.live(station, standards);
  }

  get lastAt(): number | null {
    return this.#lastAt;
  }

  /** Readings that came as news, whatever their event time: a sign of life that no clock can falsify. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Takes a committed reading: latest is the greatest event time, never the last arrival. Gives what the judge could not take. */
  accept(reading: Reading): Poison | undefined {
    if (!reading.historical) this.#arrivals += 1;
    this.#meanwhile?.push(reading);
    try {
      this.#judge.accept(reading);
    } catch (error) {
      this.#leftOut.add(readingKey(reading));
      return { reading, error: textOf(error) };
    }
    this.#remember(reading);
    return undefined;
  }

  /** Judges anew; returns the assessment. Throws where the judge does; `startOver` then finds the reading that it fails on. */
  assess(now: number): Assessment {
    const assessment = this.#judge.assess(now);
    this.assessment = assessment;
    this.assessedAt = now;
    return assessment;
  }

  get isStartingOver(): boolean {
    return this.#meanwhile !== undefined;
  }

  /**
   * Starts over from the stored readings of the held window and from what comes while they are read. Gives what had to be left
   * out; rejects where nothing can be read. One at a time.
   */
  startOver(stored: StoredReadings, now: number): Promise<readonly Poison[]> {
    const next = this.#startingOver.then(() => this.#startOver(stored, now));
    this.#startingOver = next.catch(() => undefined);
    return next;
  }

  async #startOver(stored: StoredReadings, now: number): Promise<readonly Poison[]> {
    const meanwhile: Reading[] = [];
    this.#meanwhile = meanwhile;
    try {
      const before = await stored(this.station.id, this.#judge.heldSince(now), now + DAY_MS);
      return this.#rebuild([...before, ...meanwhile], now);
    } finally {
      this.#meanwhile = undefined;
    }
  }

  #rebuild(readings: readonly Reading[], now: number): Poison[] {
    const leftOut: Poison[] = [];
    let left = readings.filter((reading) => !this.#leftOut.has(readingKey(reading)));
    for (let error = this.#failure(left, now); error !== undefined; error = this.#failure(left, now)) {
      const culprit = left.length === 0 || leftOut.length === MOST_LEFT_OUT ? undefined : this.#culprit(left, now);
      leftOut.push({ reading: culprit, error });
      if (culprit === undefined) break;
      this.#leftOut.add(readingKey(culprit));
      left = left.filter((reading) => reading !== culprit);
    }
    this.#latest.clear();
    this.#lastAt = null;
    for (const reading of left) this.#remember(reading);
    return leftOut;
  }

  /** Why the judge cannot judge these readings; undefined where it can. */
  #failure(readings: readonly Reading[], now: number): string | undefined {
    try {
      this.#judge.rebuild(readings);
      this.#judge.assess(now);
      return undefined;
    } catch (error) {
      return textOf(error);
    }
  }

  /** The first reading that makes the judge fail; undefined where it fails without any. */
  #culprit(readings: readonly Reading[], now: number): Reading | undefined {
    if (this.#failure([], now) !== undefined) return undefined;
    let sound = 0;
    let failing = readings.length;
    while (failing - sound > 1) {
      const middle = (sound + failing) >> 1;
      if (this.#failure(readings.slice(0, middle), now) === undefined) sound = middle;
      else failing = middle;
    }
    return readings[failing - 1];
  }

  latest(): LatestView[] {
    return [...this.#latest.values()].map((entry) => ({ ...entry }));
  }

  view(now: number): StationView {
    return {
      station: this.station,
      periodMs: this.periodMs,
      simulated: this.simulated,
      freshness: freshnessOf(this.#lastAt, this.periodMs, now),
      lastAt: this.#lastAt,
      assessment: this.assessment,
      latest: this.latest(),
    };
  }

  #remember(reading: Reading): void {
    if (reading.bay !== undefined) {
      if (this.#lastAt === null || reading.at > this.#lastAt) this.#lastAt = reading.at;
      return;
    }
    const { values, quality, at } = reading;
    for (const metric in values) {
      const value = values[metric];
      if (value === undefined) continue;
      const flags = quality === undefined ? 0 : (quality[metric] ?? 0);
      if ((flags & QUALITY.future) !== 0) continue;
      if (this.#lastAt === null || at > this.#lastAt) this.#lastAt = at;
      const known = this.#latest.get(metric);
      if (known === undefined) this.#latest.set(metric, { metric, value, at, flags });
      else if (at >= known.at) {
        known.value = value;
        known.at = at;
        known.flags = flags;
      }
    }
  }
}
