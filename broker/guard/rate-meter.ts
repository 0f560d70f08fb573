export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Seconds of the rate that may come at once. */
  readonly burstSeconds: number;
}

/** Token buckets for packets and bytes of one user. Time is monotonic, ms. */
export class RateMeter {
  readonly #limits: RateLimits;
  #messages: number;
  #bytes: number;
  #at: number;

  constructor(limits: RateLimits, now: number) {
    this.#limits = limits;
    this.#messages = limits.messagesPerSecond * limits.burstSeconds;
    this.#bytes = limits.bytesPerSecond * limits.burstSeconds;
    this.#at = now;
  }

  /** Charges what arrived and returns how long (ms) nothing more should be read; 0 within the rate. */
  take(messages: number, bytes: number, now: number): number {
    const { messagesPerSecond, bytesPerSecond, burstSeconds } = this.#limits;
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    this.#messages = Math.min(messagesPerSecond * burstSeconds, this.#messages + seconds * messagesPerSecond) - messages;
    this.#bytes = Math.min(bytesPerSecond * burstSeconds, this.#bytes + seconds * bytesPerSecond) - bytes;
    if (this.#messages >= 0 && this.#bytes >= 0) return 0;
    return Math.ceil(Math.max(-this.#messages / messagesPerSecond, -this.#bytes / bytesPerSecond) * 1000);
  }
}
