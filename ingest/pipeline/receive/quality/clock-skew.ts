import type { DeviceClock } from '@clearbay/domain/alerts/device-clock.ts';

const MESSAGES = 20;

export interface SkewSettings {
  /** Offset of the device's clock beyond which its times are doubted, ms. */
  readonly maxSkewMs: number;
  /** Offsets of a wrong clock agree within this, ms; those of a backlog that is sent late do not. */
  readonly skewSpreadMs: number;
}

/** Offset of one device's clock: the median of receive time minus event time over its last 20 live messages. */
export class ClockSkew {
  readonly #offsets = new Float64Array(MESSAGES);
  #count = 0;
  #isSkewed = false;

  /** Takes a live message's offset, ms; says whether the clock is off. Unknown before 20 messages: not off. */
  add(offsetMs: number, settings: SkewSettings): boolean {
    this.#offsets[this.#count % MESSAGES] = offsetMs;
    this.#count += 1;
    if (this.#count < MESSAGES) return false;
    // A device that was right and sends a right time cannot have become wrong: no need to sort.
    if (this.#isSkewed || Math.abs(offsetMs) > settings.maxSkewMs) this.#judge(settings);
    return this.#isSkewed;
  }

  /** What is known of the clock; undefined before the first live message. `aheadMs`: how far ahead of us a time is of the future. */
  known(aheadMs: number): DeviceClock | undefined {
    if (this.#count === 0) return undefined;
    const lastOffsetMs = this.#offsets[(this.#count - 1) % MESSAGES] as number;
    const [offsets, isEnough] = [this.#offsets, this.#count >= MESSAGES];
    return {
      // Sorted only where somebody asks: every device is looked at every few seconds.
      get offsetMs() {
        return isEnough ? median(offsets.slice().sort()) : null;
      },
      isOff: this.#isSkewed,
      isAhead: lastOffsetMs < -aheadMs,
      lastOffsetMs,
      messages: this.#count,
    };
  }

  #judge(settings: SkewSettings): void {
    const sorted = this.#offsets.slice().sort();
    const spreadMs = (sorted[14] as number) - (sorted[5] as number);
    this.#isSkewed = Math.abs(median(sorted)) > settings.maxSkewMs && spreadMs <= settings.skewSpreadMs;
  }
}

function median(sorted: Float64Array): number {
  return ((sorted[MESSAGES / 2 - 1] as number) + (sorted[MESSAGES / 2] as number)) / 2;
}
