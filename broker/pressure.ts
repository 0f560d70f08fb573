import { PAUSE } from './guard/guarded-connection.ts';

export interface PressureLimits {
  readonly maxInflight: number;
  readonly maxPendingBytes: number;
}

/** What one user has handed over that is not on disk yet. */
export interface Load {
  pending: number;
  pendingBytes: number;
  pauseFor(reason: number): void;
  resumeFrom(reason: number): void;
}

/** What a publish weighs besides its payload: an empty one takes room too. */
const MESSAGE_BYTES = 64;

/**
 * Bounds the publishes that wait for the disk, over all users, by their bytes: a message may be one reading or a thousand. From
 * half of the bound the users that hold more than their share are not read any more, at the bound nobody is; TCP makes them wait,
 * nothing is dropped and nobody is cut off.
 */
export class Pressure {
  readonly #limits: PressureLimits;
  readonly #everybody: () => Iterable<Load>;
  readonly #paused = new Set<Load>();
  #isFull = false;
  #pending = 0;
  #bytes = 0;
  #publishers = 0;

  constructor(limits: PressureLimits, everybody: () => Iterable<Load>) {
    this.#limits = limits;
    this.#everybody = everybody;
  }

  /** Publishes that wait. */
  get pending(): number {
    return this.#pending;
  }

  /** A user came in; while the bound is reached it waits like all. */
  enter(load: Load): void {
    if (this.#isFull) this.#pause(load);
  }

  /** A publish with a payload of so many bytes goes to the disk. */
  add(load: Load, payloadBytes: number): void {
    const weight = payloadBytes + MESSAGE_BYTES;
    if (load.pending === 0) this.#publishers += 1;
    load.pending += 1;
    load.pendingBytes += weight;
    this.#pending += 1;
    this.#bytes += weight;
    if (load.pending >= this.#limits.maxInflight) load.pauseFor(PAUSE.inflight);
    if (this.#bytes * 2 >= this.#limits.maxPendingBytes) this.#relieve(load);
  }

  /** The same publish is on disk, or never will be. */
  remove(load: Load, payloadBytes: number): void {
    const weight = payloadBytes + MESSAGE_BYTES;
    load.pending -= 1;
    load.pendingBytes -= weight;
    this.#pending -= 1;
    this.#bytes -= weight;
    if (load.pending === 0) this.#publishers -= 1;
    if (load.pending * 2 < this.#limits.maxInflight) load.resumeFrom(PAUSE.inflight);
    if (this.#paused.size > 0 && this.#bytes * 4 <= this.#limits.maxPendingBytes) this.#resumeAll();
  }

  #relieve(load: Load): void {
    if (this.#bytes >= this.#limits.maxPendingBytes && !this.#isFull) {
      this.#isFull = true;
      for (const other of this.#everybody()) this.#pause(other);
    }
    if (this.#isFull || load.pendingBytes * this.#publishers > this.#bytes) this.#pause(load);
  }

  #pause(load: Load): void {
    this.#paused.add(load);
    load.pauseFor(PAUSE.pending);
  }

  #resumeAll(): void {
    this.#isFull = false;
    for (const load of this.#paused) load.resumeFrom(PAUSE.pending);
    this.#paused.clear();
  }
}
