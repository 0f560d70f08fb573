import type { Clock } from '@clearbay/contract/clock.ts';

const MINUTE_MS = 60_000;
const REMEMBERED = 20_000;

/** Counts failures by key, a minute each from the first one; a clock that was moved ends a count early at most. */
export class FailureBucket {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: number; readonly since: number }>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  isFull(key: string): boolean {
    return (this.#current(key)?.count ?? 0) >= this.#perMinute;
  }

  add(key: string): void {
    const current = this.#current(key);
    if (current) {
      current.count += 1;
      return;
    }
    this.#counts.delete(key);
    const oldest = this.#counts.keys().next();
    if (this.#counts.size >= REMEMBERED && !oldest.done) this.#counts.delete(oldest.value);
    this.#counts.set(key, { count: 1, since: this.#clock.now() });
  }

  #current(key: string): { count: number } | undefined {
    const known = this.#counts.get(key);
    return known && Math.abs(this.#clock.now() - known.since) < MINUTE_MS ? known : undefined;
  }
}
