import type { Clock } from '@clearbay/contract/clock.ts';
import type { Signal } from '@clearbay/domain/alerts/signal.ts';
import { type Reading, readingKey } from '@clearbay/domain/reading.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { OUTCOME } from '@clearbay/store/ports/ledger.ts';
import type { StoredReadings } from './station-live.ts';

/** Beyond it the oldest are forgotten, and judged once more when they are stored. */
const MOST_KEPT = 20_000;

export interface UnstoredOptions {
  readonly clock: Clock;
  /** Readings of a station that are on disk. */
  readonly stored: StoredReadings;
  /** Judges readings from memory. */
  readonly judge: (readings: readonly Reading[]) => void;
}

/** What a commit means for live judging. */
interface Settled {
  /** Stored and not judged yet. */
  readonly fresh: readonly Reading[];
  /** Stations that were judged from something else than what is stored now. */
  readonly differing: ReadonlySet<string>;
}

/**
 * Live readings that the disk refused. They are judged from memory, once each, so that a line crossed while the disk is full is
 * told; they are nowhere else, and their devices send them again. What is on disk already, corrections and history are left out.
 */
export class UnstoredReadings {
  readonly #options: UnstoredOptions;
  /** Refused, and not yet held against what is on disk. */
  readonly #waiting = new Map<string, Reading>();
  readonly #judged = new Map<string, Reading>();
  readonly #stations = new Map<string, number>();
  #working: Promise<void> | undefined;

  constructor(options: UnstoredOptions) {
    this.#options = options;
  }

  /** Nothing was refused lately: what is stored is all there is. */
  get isEmpty(): boolean {
    return this.#judged.size === 0 && this.#waiting.size === 0;
  }

  /** The disk refused these. */
  refused(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const key = readingKey(reading);
      if (reading.historical || reading.correction || this.#judged.has(key)) continue;
      if (!this.#waiting.has(key) && this.#waiting.size >= MOST_KEPT) continue;
      this.#waiting.set(key, reading);
    }
    if (this.#waiting.size > 0) this.#working ??= this.#work();
  }

  /** These were committed, with one OUTCOME byte each; all of them are on disk now. */
  settle(readings: readonly Reading[], outcomes: Uint8Array): Settled {
    this.#forgetOld();
    const fresh: Reading[] = [];
    const differing = new Set<string>();
    for (let index = 0; index < readings.length; index += 1) {
      const reading = readings[index] as Reading;
      const judged = this.#forget(readingKey(reading));
      const outcome = outcomes[index];
      if (judged === undefined) {
        if (outcome === OUTCOME.stored) fresh.push(reading);
        else if (outcome === OUTCOME.replaced) differing.add(reading.station);
      } else if (outcome === OUTCOME.replaced || outcome === OUTCOME.conflict || !haveSameValues(judged, reading)) {
        differing.add(reading.station);
      }
    }
    return { fresh, differing };
  }

  /** The signals of a station, which say so where they rest on readings that are not stored: they become an alert's evidence. */
  marked(signals: readonly Signal[], station: string): readonly Signal[] {
    if (!this.#stations.has(station)) return signals;
    return signals.map((signal) => ({
      ...signal,
      text: {
        zh: `${signal.text.zh}（判定时读数尚未存盘）`,
        en: `${signal.text.en} (judged before the readings were stored)`,
      },
    }));
  }

  /** Stored readings together with those that are judged from memory, for a judge that starts over. */
  readonly withStored: StoredReadings = async (station, from, to) => {
    // Taken before the disk is read: what is stored in between is then in one of the two at least.
    const kept = this.#of(station, from, to);
    const stored = await this.#options.stored(station, from, to);
    if (kept.length === 0) return stored;
    const known = new Set(stored.map(readingKey));
    return [...stored, ...kept.filter((reading) => !known.has(readingKey(reading)))].sort((a, b) => a.at - b.at);
  };

  /** Resolves when everything that was refused so far is judged. */
  async judged(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        for (const [station, readings] of Map.groupBy(this.#waiting.values(), ({ station }) => station)) {
          await this.#judgeNews(station, readings);
        }
      }
    } finally {
      this.#working = undefined;
    }
  }

  async #judgeNews(station: string, readings: readonly Reading[]): Promise<void> {
    const known = await this.#onDisk(station, readings);
    const news: Reading[] = [];
    for (const reading of readings) {
      const key = readingKey(reading);
      // Sent again and stored while we looked.
      if (!this.#waiting.delete(key) || known.has(key)) continue;
      news.push(reading);
      this.#judged.set(key, reading);
      this.#stations.set(station, (this.#stations.get(station) ?? 0) + 1);
    }
    while (this.#judged.size > MOST_KEPT) this.#forget(this.#judged.keys().next().value as string);
    if (news.length > 0) this.#options.judge(news);
  }

  /** Identities of the span that are stored. Where the disk cannot even be read, every reading counts as news. */
  async #onDisk(station: string, readings: readonly Reading[]): Promise<ReadonlySet<string>> {
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const { at } of readings) {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
    const stored = await this.#options.stored(station, from, to + 1).catch((): readonly Reading[] => []);
    return new Set(stored.map(readingKey));
  }

  #of(station: string, from: number, to: number): Reading[] {
    if (!this.#stations.has(station)) return [];
    return [...this.#judged.values()].filter((reading) => reading.station === station && reading.at >= from && reading.at <= to);
  }

  /** The reading as it was judged from memory; undefined where it was not. */
  #forget(key: string): Reading | undefined {
    this.#waiting.delete(key);
    const judged = this.#judged.get(key);
    if (judged === undefined) return undefined;
    this.#judged.delete(key);
    const left = (this.#stations.get(judged.station) ?? 1) - 1;
    if (left > 0) this.#stations.set(judged.station, left);
    else this.#stations.delete(judged.station);
    return judged;
  }

  /** A device that has not sent a reading again within a day never will. */
  #forgetOld(): void {
    const since = this.#options.clock.now() - DAY_MS;
    for (const [key, { receivedAt }] of this.#judged) {
      if (receivedAt >= since) break;
      this.#forget(key);
    }
  }
}

function haveSameValues(a: Reading, b: Reading): boolean {
  const metrics = Object.keys(a.values);
  return (
    metrics.length === Object.keys(b.values).length && metrics.every((metric) => Object.is(a.values[metric], b.values[metric]))
  );
}
