import { type ConnectionOwner, type GuardedConnection, PAUSE } from './guard/guarded-connection.ts';
import type { RateMeter } from './guard/rate-meter.ts';
import type { Load } from './pressure.ts';

/** What one user has of the broker over all its connections: a limit of each connection is none for one who opens many. */
export class UserShare implements ConnectionOwner, Load {
  readonly #meter: RateMeter;
  /** Oldest first. */
  readonly connections: GuardedConnection[] = [];
  /** Bytes of unfinished packets. */
  heldBytes = 0;
  pending = 0;
  pendingBytes = 0;
  #paused = 0;
  #rateTimer: NodeJS.Timeout | undefined;

  constructor(meter: RateMeter) {
    this.#meter = meter;
  }

  /** Whether there is nothing left to remember. */
  get isIdle(): boolean {
    return this.connections.length === 0 && this.pending === 0 && this.#paused === 0;
  }

  add(connection: GuardedConnection): void {
    this.connections.push(connection);
    this.heldBytes += connection.held;
    if (this.#paused !== 0) connection.pauseFor(this.#paused);
    connection.join(this);
  }

  remove(connection: GuardedConnection): void {
    const at = this.connections.indexOf(connection);
    if (at >= 0) this.connections.splice(at, 1);
  }

  charge(packets: number, bytes: number, now: number): void {
    const waitMs = this.#meter.take(packets, bytes, now);
    if (waitMs <= 0) return;
    this.pauseFor(PAUSE.rate);
    clearTimeout(this.#rateTimer);
    this.#rateTimer = setTimeout(() => this.resumeFrom(PAUSE.rate), waitMs);
    this.#rateTimer.unref();
  }

  pauseFor(reason: number): void {
    if ((this.#paused & reason) === reason) return;
    this.#paused |= reason;
    for (const connection of this.connections) connection.pauseFor(reason);
  }

  resumeFrom(reason: number): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    for (const connection of this.connections) connection.resumeFrom(reason);
  }
}
