import { type GuardedConnection, PAUSE } from './guard/guarded-connection.ts';

export interface PressureLimits {
  readonly maxInflight: number;
  readonly maxPending: number;
}

/** What one client has handed over that is not on disk yet. */
export interface Load {
  readonly connection: GuardedConnection;
  pending: number;
}

/**
 * Bounds the publishes that wait for the disk, over all clients. From half of the bound the clients that hold more than their
 * share are not read any more, at the bound nobody who publishes is; TCP makes them wait, nothing is dropped.
 */
export class Pressure {
  readonly #limits: PressureLimits;
  readonly #paused = new Set<Load>();
  readonly #low: number;
  #total = 0;
  #publishers = 0;

  constructor(limits: PressureLimits) {
    this.#limits = limits;
    this.#low = limits.maxPending / 4;
  }

  get pending(): number {
    return this.#total;
  }

  add(load: Load): void {
    if (load.pending === 0) this.#publishers += 1;
    load.pending += 1;
    this.#total += 1;
    if (load.pending >= this.#limits.maxInflight) load.connection.pauseFor(PAUSE.inflight);
    if (this.#total * 2 >= this.#limits.maxPending && this.#isHeavy(load)) {
      this.#paused.add(load);
      load.connection.pauseFor(PAUSE.pending);
    }
  }

  remove(load: Load): void {
    load.pending -= 1;
    this.#total -= 1;
    if (load.pending === 0) this.#publishers -= 1;
    if (load.pending * 2 < this.#limits.maxInflight) load.connection.resumeFrom(PAUSE.inflight);
    if (this.#paused.size > 0 && this.#total <= this.#low) this.#resumeAll();
  }

  forget(load: Load): void {
    this.#paused.delete(load);
  }

  #isHeavy(load: Load): boolean {
    return this.#total >= this.#limits.maxPending || load.pending * this.#publishers > this.#total;
  }

  #resumeAll(): void {
    for (const load of this.#paused) load.connection.resumeFrom(PAUSE.pending);
    this.#paused.clear();
  }
}
