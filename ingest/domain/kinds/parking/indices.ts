import { DAY_MS } from '../../time.ts';

/** A vehicle's finished stay in a bay, epoch ms. `start` null: it was there before the record began. */
interface Stay {
  readonly start: number | null;
  readonly end: number;
}

/** An index with its numerator and denominator, since cities define them differently; `value` null where the denominator is 0. */
export interface Index {
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
}

/** numerator / denominator, without a unit; a denominator of 0 gives a null value. */
export function index(numerator: number, denominator: number): Index {
  return { value: denominator > 0 ? numerator / denominator : null, numerator, denominator };
}

/** Finished stays of the last 24 h, oldest end first, with their sums kept up to date: asking costs nothing. */
export class StayTally {
  #stays: Stay[];
  #first = 0;
  #timed = 0;
  #totalMs = 0;

  constructor(from?: StayTally) {
    this.#stays = from === undefined ? [] : from.#stays.slice(from.#first);
    if (from === undefined) return;
    this.#timed = from.#timed;
    this.#totalMs = from.#totalMs;
  }

  /** Adds a stay that just ended; its end is not before that of the last. */
  finish(stay: Stay): void {
    this.#stays.push(stay);
    this.#add(stay, 1);
  }

  /** Drops stays that ended 24 h before `now` or earlier. */
  forget(now: number): void {
    while (this.#first < this.#stays.length && (this.#stays[this.#first] as Stay).end <= now - DAY_MS) {
      this.#add(this.#stays[this.#first] as Stay, -1);
      this.#first += 1;
    }
    if (this.#first <= 256) return;
    this.#stays.splice(0, this.#first);
    this.#first = 0;
  }

  /** Mean stay (平均停车时长), ms: over finished stays with a known beginning. Stays that go on do not count. */
  meanStay(): Index {
    return index(this.#totalMs, this.#timed);
  }

  /** Turnover (周转率): finished stays for each open bay. */
  turnover(openBays: number): Index {
    return index(this.#stays.length - this.#first, openBays);
  }

  #add({ start, end }: Stay, sign: 1 | -1): void {
    if (start === null) return;
    this.#timed += sign;
    this.#totalMs += sign * (end - start);
  }
}
