import type { RefusalReason } from '../refusals.ts';

export interface AdmissionLimits {
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxHalfOpen: number;
  readonly maxHalfOpenPerAddress: number;
  readonly connectionsPerSecondPerAddress: number;
  readonly connectionBurstPerAddress: number;
}

/** What admission needs of a socket. */
export interface Visitor {
  readonly address: string;
  refuse(reason: RefusalReason): void;
}

interface AddressState {
  connections: number;
  tokens: number;
  at: number;
  /** Sockets without a CONNECT, oldest first. */
  readonly halfOpen: Set<Visitor>;
}

const ADDRESSES_REMEMBERED = 10_000;

/**
 * Decides who may stand in the door. Over the caps of sockets without a CONNECT the oldest of them goes: a genuine client speaks
 * at once, a flood does not.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #addresses = new Map<string, AddressState>();
  readonly #halfOpen = new Map<Visitor, NodeJS.Timeout>();
  #connections = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get connections(): number {
    return this.#connections;
  }

  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** Asked before anything is built for a socket. `now` is monotonic, ms. Undefined: come in. */
  ask(address: string, now: number): RefusalReason | undefined {
    const state = this.#state(address, now);
    const { connectionsPerSecondPerAddress: rate, connectionBurstPerAddress: burst } = this.#limits;
    state.tokens = Math.min(burst, state.tokens + ((now - state.at) / 1000) * rate);
    state.at = now;
    if (state.tokens < 1) return 'connection-rate';
    state.tokens -= 1;
    if (this.#connections >= this.#limits.maxConnections || state.connections >= this.#limits.maxConnectionsPerAddress) {
      return 'too-many-connections';
    }
    return undefined;
  }

  enter(visitor: Visitor, now: number): void {
    const state = this.#state(visitor.address, now);
    state.connections += 1;
    this.#connections += 1;
    state.halfOpen.add(visitor);
    const timer = setTimeout(() => visitor.refuse('connect-timeout'), this.#limits.connectTimeoutMs);
    timer.unref();
    this.#halfOpen.set(visitor, timer);
    if (state.halfOpen.size > this.#limits.maxHalfOpenPerAddress) this.#evict(state.halfOpen);
    else if (this.#halfOpen.size > this.#limits.maxHalfOpen) this.#evict(this.#halfOpen.keys());
  }

  /** The CONNECT has come; what belongs to it before, TLS and WebSocket, has its time too. */
  connected(visitor: Visitor): void {
    const timer = this.#halfOpen.get(visitor);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#halfOpen.delete(visitor);
    this.#addresses.get(visitor.address)?.halfOpen.delete(visitor);
  }

  leave(visitor: Visitor): void {
    this.connected(visitor);
    this.#connections -= 1;
    const state = this.#addresses.get(visitor.address);
    if (state) state.connections -= 1;
  }

  #evict(visitors: Iterable<Visitor>): void {
    for (const oldest of visitors) {
      oldest.refuse('half-open-evicted');
      return;
    }
  }

  #state(address: string, now: number): AddressState {
    const known = this.#addresses.get(address);
    if (known) return known;
    if (this.#addresses.size >= ADDRESSES_REMEMBERED) this.#forgetIdle();
    const state = { connections: 0, tokens: this.#limits.connectionBurstPerAddress, at: now, halfOpen: new Set<Visitor>() };
    this.#addresses.set(address, state);
    return state;
  }

  #forgetIdle(): void {
    for (const [address, state] of this.#addresses) if (state.connections === 0) this.#addresses.delete(address);
  }
}
