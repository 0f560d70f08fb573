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
  #medianMs = 0;

  /** Takes a live message's offset, ms; says whether the clock is off. Unknown before 20 messages: not off. */
  add(offsetMs: number, settings: SkewSettings): boolean {
    this.#offsets[this.#count % MESSAGES] = offsetMs;
    this.#count += 1;
    if (this.#count < MESSAGES) return false;
    // A device that was right and sends a right time cannot have become wrong: no need to sort.
    if (this.#isSkewed || Math.abs(offsetMs) > settings.maxSkewMs) this.#judge(settings);
    return this.#isSkewed;
  }

  /** The median offset, ms (positive: the device is behind), while the clock is off. */
  get offsetMs(): number | undefined {
    return this.#isSkewed ? this.#medianMs : undefined;
  }

  #judge(settings: SkewSettings): void {
    const sorted = this.#offsets.slice().sort();
    this.#medianMs = ((sorted[9] as number) + (sorted[10] as number)) / 2;
    const spreadMs = (sorted[14] as number) - (sorted[5] as number);
    this.#isSkewed = Math.abs(this.#medianMs) > settings.maxSkewMs && spreadMs <= settings.skewSpreadMs;
  }
}
