import type { RefusalReason } from '../refusals.ts';

export interface LivenessLimits {
  /** A packet that was begun must be whole by then, ms. */
  readonly packetTimeoutMs: number;
  /** Keep-alive intervals above it count as this, s. */
  readonly maxKeepAliveSeconds: number;
}

/**
 * Whether one client still lives. The library's own timer knew nothing of a client that we do not read for a while, and let a
 * packet stay half sent for ever. Times are monotonic, ms.
 */
export class Liveness {
  readonly #limits: LivenessLimits;
  /** Without a packet for so long the client is dead; infinite where it asked for no keep-alive. */
  #silenceMs = Number.POSITIVE_INFINITY;
  #packetAt: number;
  #unfinishedSince: number | undefined;

  constructor(limits: LivenessLimits, now: number) {
    this.#limits = limits;
    this.#packetAt = now;
  }

  /** What the CONNECT asked for, s; one and a half times of it is the end [MQTT-3.1.2-24], and 0 leaves it to TCP. */
  keepAlive(seconds: number): void {
    if (seconds > 0) this.#silenceMs = Math.min(seconds, this.#limits.maxKeepAliveSeconds) * 1500;
  }

  /** A whole packet came. */
  packet(now: number): void {
    this.#packetAt = now;
  }

  /** A packet was begun, or (undefined) none is open any more. */
  unfinished(since: number | undefined): void {
    this.#unfinishedSince = since;
  }

  /** The client was not read until now: its time starts again. */
  restart(now: number): void {
    this.#packetAt = now;
    if (this.#unfinishedSince !== undefined) this.#unfinishedSince = now;
  }

  /** Why the client is given up; undefined while it lives. */
  fault(now: number): RefusalReason | undefined {
    if (this.#unfinishedSince !== undefined && now - this.#unfinishedSince >= this.#limits.packetTimeoutMs)
      return 'packet-timeout';
    return now - this.#packetAt >= this.#silenceMs ? 'keep-alive' : undefined;
  }
}
