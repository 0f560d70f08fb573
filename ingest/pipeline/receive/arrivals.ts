import type { Reading } from '@clearbay/domain/reading.ts';

/** What has a time line of its own: a device at a station, or one bay of a lot. */
type Source = Pick<Reading, 'station' | 'device' | 'bay'>;

interface Line {
  /** Newest time given, epoch ms. */
  last: number;
  /** Newest receive time, epoch ms. */
  heard: number;
}

/**
 * Event times for readings that bring none. Each of a source gets its own, 1 ms after the one before where they came together,
 * since the time is what tells two readings apart. Times may run ahead of the clock by `maxAheadMs`.
 */
export class Arrivals {
  readonly #maxAheadMs: number;
  readonly #lines = new Map<string, Line>();

  constructor(maxAheadMs: number) {
    this.#maxAheadMs = maxAheadMs;
  }

  /** The time of a reading that came at `receivedAt`; undefined where its source has already run too far ahead. */
  timeOf(source: Source, receivedAt: number): number | undefined {
    const line = this.#lineOf(source);
    // A clock that was put back goes on from where it is now, else the source would be refused until the clock has caught up.
    if (line.heard - receivedAt > this.#maxAheadMs) {
      line.last = Number.NEGATIVE_INFINITY;
      line.heard = receivedAt;
    }
    const at = Math.max(receivedAt, line.last + 1);
    if (at - receivedAt > this.#maxAheadMs) return undefined;
    line.last = at;
    if (receivedAt > line.heard) line.heard = receivedAt;
    return at;
  }

  /** Goes on after a reading of the process before. */
  recall(reading: Reading): void {
    const line = this.#lineOf(reading);
    line.last = Math.max(line.last, reading.at);
    line.heard = Math.max(line.heard, reading.receivedAt);
  }

  #lineOf({ station, device, bay }: Source): Line {
    const key = `${station}\n${device}\n${bay ?? ''}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = { last: Number.NEGATIVE_INFINITY, heard: Number.NEGATIVE_INFINITY };
    this.#lines.set(key, line);
    return line;
  }
}
