import { HOUR_MS } from '../../time.ts';

/** How far back a lot can take a late reading, ms: a day of stays and of the forecast's history, and two hours. */
export const HELD_MS = 26 * HOUR_MS;

/** One event with what makes it the same as another: time and source (device and bay). */
export interface HeldEvent {
  readonly at: number;
  readonly source: string;
  readonly rev: number;
  readonly receivedAt: number;
}

/** A fold over events in order of time. */
export interface LotRun<E, R> {
  apply(event: E): void;
  clone(): R;
}

function order(a: HeldEvent, b: HeldEvent): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.source < b.source ? -1 : a.source > b.source ? 1 : 0;
}

/**
 * Keeps a fold right whatever order events come in: an event in order is folded at once, a late one makes the fold start again from the state 26 h before
 * the newest event. Both ways give the same state.
 */
export class HeldEvents<E extends HeldEvent, R extends LotRun<E, R>> {
  readonly #fresh: () => R;
  readonly #prefers: (next: E, held: E) => boolean;
  readonly #commutes: boolean;
  #base: R;
  #run: R;
  #events: E[] = [];
  #dirty = false;

  /**
   * `prefers` decides between two events of one identity, revision and receive time. `commutes`: events of one moment give the same
   * state in any order, so that a batch of bays needs no sorting.
   */
  constructor(fresh: () => R, prefers: (next: E, held: E) => boolean, commutes: boolean) {
    this.#fresh = fresh;
    this.#prefers = prefers;
    this.#commutes = commutes;
    this.#base = fresh();
    this.#run = fresh();
  }

  get newest(): number | undefined {
    return this.#events.at(-1)?.at;
  }

  clear(): void {
    this.#base = this.#fresh();
    this.#run = this.#fresh();
    this.#events = [];
    this.#dirty = false;
  }

  /** Takes an event; false where it is too old or changes nothing. */
  insert(event: E): boolean {
    const newest = this.newest;
    if (newest !== undefined && event.at <= newest - HELD_MS) return false;
    let index = this.#events.length;
    while (index > 0 && order(this.#events[index - 1] as E, event) > 0) index -= 1;
    const held = this.#events[index - 1];
    if (held !== undefined && order(held, event) === 0) {
      if (!this.#replaces(event, held)) return false;
      this.#events[index - 1] = event;
      this.#dirty = true;
      return true;
    }
    const inOrder = index === this.#events.length || (this.#commutes && event.at === newest);
    if (index === this.#events.length) this.#events.push(event);
    else this.#events.splice(index, 0, event);
    if (!inOrder) this.#dirty = true;
    else if (!this.#dirty) this.#run.apply(event);
    this.#forget((this.newest as number) - HELD_MS);
    return true;
  }

  /** The fold over everything taken so far. */
  run(): R {
    if (this.#dirty) {
      this.#forgetNow((this.newest as number) - HELD_MS);
      this.#run = this.#base.clone();
      for (const event of this.#events) this.#run.apply(event);
      this.#dirty = false;
    }
    return this.#run;
  }

  #replaces(next: E, held: E): boolean {
    if (next.rev !== held.rev) return next.rev > held.rev;
    if (next.receivedAt !== held.receivedAt) return next.receivedAt < held.receivedAt;
    return this.#prefers(next, held);
  }

  #forget(until: number): void {
    // Shifting the array for every event would cost more than the few dead ones.
    const probe = this.#events[1024];
    if (probe !== undefined && probe.at <= until) this.#forgetNow(until);
  }

  #forgetNow(until: number): void {
    let gone = 0;
    while (gone < this.#events.length && (this.#events[gone] as E).at <= until) {
      this.#base.apply(this.#events[gone] as E);
      gone += 1;
    }
    if (gone > 0) this.#events.splice(0, gone);
  }
}
