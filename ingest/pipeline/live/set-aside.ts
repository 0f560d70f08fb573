import type { Clock } from '@clearbay/contract/clock.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';

/** A reading that the judge of its station could not take, or what else its station failed on. */
export interface Poison {
  readonly reading: Reading | undefined;
  readonly error: string;
}

/** Told of a day; more of them say nothing new. */
const MOST_TOLD = 20;

/**
 * The book of what live judging had to leave out. Such readings are stored and acknowledged like all others; the live figures
 * of their station go on without them, and the status page says so for a day.
 */
export class SetAside {
  readonly #clock: Clock;
  readonly #log: (event: { readonly station: string; readonly at: number | undefined; readonly error: string }) => void;
  readonly #told: { readonly toldAt: number; readonly text: string }[] = [];

  constructor(
    clock: Clock,
    log: (event: { readonly station: string; readonly at: number | undefined; readonly error: string }) => void,
  ) {
    this.#clock = clock;
    this.#log = log;
  }

  note(station: string, { reading, error }: Poison): void {
    this.#log({ station, at: reading?.at, error });
    const what = reading === undefined ? '' : `: reading of ${new Date(reading.at).toISOString()} left out`;
    this.#told.push({ toldAt: this.#clock.now(), text: `live figures of ${station}${what}: ${error}` });
    if (this.#told.length > MOST_TOLD) this.#told.shift();
  }

  /** One sentence for each thing left out in the last day. */
  troubles(): readonly string[] {
    const since = this.#clock.now() - DAY_MS;
    return this.#told.filter(({ toldAt }) => toldAt >= since).map(({ text }) => text);
  }
}
