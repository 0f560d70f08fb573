import type { Freshness, FreshnessView } from '@clearbay/contract/api.ts';

/** Age of data in report periods: fresh up to 1.5, late up to 3, stale beyond; `never` before the first reading. */
export function freshnessOf(lastAt: number | null, periodMs: number, now: number): Freshness {
  if (lastAt === null) return 'never';
  const periods = (now - lastAt) / periodMs;
  if (periods <= 1.5) return 'fresh';
  return periods <= 3 ? 'late' : 'stale';
}

const SLOTS = 60;

/** Counts accepted readings over the last minute in one-second slots. */
export class MinuteCounter {
  readonly #slots = new Float64Array(SLOTS);
  #second = 0;
  #lastAt: number | null = null;

  add(count: number, now: number): void {
    this.#advance(now);
    this.#slots[this.#second % SLOTS] = (this.#slots[this.#second % SLOTS] ?? 0) + count;
    this.#lastAt = now;
  }

  read(now: number): Pick<FreshnessView, 'perMinute' | 'lastReceivedAt'> {
    this.#advance(now);
    return { perMinute: this.#slots.reduce((sum, count) => sum + count, 0), lastReceivedAt: this.#lastAt };
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1000);
    if (second - this.#second >= SLOTS || second < this.#second) this.#slots.fill(0);
    else for (let slot = this.#second + 1; slot <= second; slot += 1) this.#slots[slot % SLOTS] = 0;
    this.#second = second;
  }
}
