import { Duplex } from 'node:stream';
import type { RefusalReason } from '../refusals.ts';
import { PacketScanner, type PacketSink, type ScanLimits } from './packet-scanner.ts';
import type { RateMeter } from './rate-meter.ts';

/** Why reading from a client stands still; the socket is read again when none is left. */
export const PAUSE = { parser: 1, rate: 2, pending: 4, inflight: 8, outbound: 16 } as const;

export interface ConnectionLimits extends ScanLimits {
  /** Bytes written to us by the broker and not yet taken by the client; reading stops above it. */
  readonly maxOutboundBytes: number;
  /** The client is cut off when this much waits for it, */
  readonly maxStalledBytes: number;
  /** or when it takes nothing for this long, ms. */
  readonly drainTimeoutMs: number;
}

/** Takes the readings of a client past the MQTT library. */
export interface ReadingLane {
  /** False while somebody watches readings, or the client is not let in yet. */
  isOpen(): boolean;
  /** False where the topic is not one of the client's readings: the library then decides. */
  take(bytes: Buffer, topicStart: number, topicEnd: number, end: number): boolean;
}

export interface ConnectionEvents {
  /** A packet or a peer is turned away; the connection is already closing. */
  refused(connection: GuardedConnection, reason: RefusalReason): void;
  /** Bytes of unfinished packets changed by this much. */
  held(delta: number): void;
  received(bytes: number, publishes: number): void;
  connectSeen(connection: GuardedConnection): void;
  closed(connection: GuardedConnection): void;
}

const CONNACK_BYTES = { 1: Buffer.from([0x20, 2, 0, 1]), 2: Buffer.from([0x20, 2, 0, 2]) } as const;
const LINGER_MS = 1000;
const FIRST_OUTPUT_BYTES = 256;

/**
 * What the MQTT library sees as the socket: whole and checked packets come out of `read`, and the many small writes of one turn
 * leave as one. It stands directly on the transport's events instead of a second stream's buffers: that costs nothing per message.
 */
export class GuardedConnection extends Duplex implements PacketSink {
  readonly transport: Duplex;
  readonly address: string;
  /** User name of a verified client certificate. */
  readonly certificateUser: string | undefined;
  readonly #scanner: PacketScanner;
  readonly #limits: ConnectionLimits;
  readonly #events: ConnectionEvents;
  readonly #meter: RateMeter;
  #ready: Buffer[] = [];
  #readyBytes = 0;
  #paused = 0;
  #heldBefore = 0;
  #output = Buffer.allocUnsafe(FIRST_OUTPUT_BYTES);
  #outputBytes = 0;
  #flushQueued = false;
  #drainTimer: NodeJS.Timeout | undefined;
  #progress = false;
  #rateTimer: NodeJS.Timeout | undefined;
  #introduced = false;
  #lane: ReadingLane | undefined;
  #gone = false;

  constructor(
    transport: Duplex,
    peer: { readonly address: string; readonly certificateUser: string | undefined },
    limits: ConnectionLimits,
    meter: RateMeter,
    events: ConnectionEvents,
  ) {
    super({ autoDestroy: false, emitClose: true });
    this.transport = transport;
    this.address = peer.address;
    this.certificateUser = peer.certificateUser;
    this.#limits = limits;
    this.#events = events;
    this.#meter = meter;
    this.#scanner = new PacketScanner(limits, this);
  }

  /** Begins to read. */
  open(): void {
    this.transport.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.transport.on('drain', () => this.#drained());
    this.transport.on('error', () => this.destroy());
    this.transport.on('end', () => this.destroy());
    this.transport.on('close', () => this.destroy());
  }

  pauseFor(reason: number): void {
    if (this.#paused === 0) this.transport.pause();
    this.#paused |= reason;
  }

  resumeFrom(reason: number): void {
    if ((this.#paused & reason) === 0) return;
    this.#paused &= ~reason;
    if (this.#paused === 0 && !this.#gone) this.transport.resume();
  }

  /** Closes for a reason, which is counted. */
  refuse(reason: RefusalReason): void {
    if (this.#gone) return;
    this.#events.refused(this, reason);
    this.destroy();
  }

  #arrived(chunk: Buffer): void {
    if (this.#gone) return;
    this.#scanner.push(chunk);
    const violation = this.#scanner.violation;
    this.#countHeld();
    if (violation !== undefined) {
      if (violation.returnCode !== undefined) this.write(CONNACK_BYTES[violation.returnCode]);
      this.refuse(violation.reason);
      return;
    }
    this.#events.received(chunk.length, this.#scanner.publishes);
    this.#throttle(chunk.length);
  }

  /** Readings go this way from now on. */
  openLane(lane: ReadingLane): void {
    this.#lane = lane;
  }

  takesReadings(): boolean {
    return this.#readyBytes === 0 && this.#lane?.isOpen() === true;
  }

  reading(bytes: Buffer, topicStart: number, topicEnd: number, end: number): boolean {
    return this.#lane?.take(bytes, topicStart, topicEnd, end) === true;
  }

  /** Offers packets to the library. */
  pass(packets: Buffer): void {
    if (this.#gone) return;
    if (!this.#introduced && this.#scanner.connectSeen) {
      this.#introduced = true;
      this.#events.connectSeen(this);
    }
    this.#ready.push(packets);
    this.#readyBytes += packets.length;
    if (this.#ready.length === 1) this.#offer();
    if (this.#readyBytes > this.#limits.maxPacketBytes) this.pauseFor(PAUSE.parser);
  }

  /** A parser that throws costs its client the connection, not everybody the process. */
  #offer(): void {
    try {
      this.emit('readable');
    } catch {
      this.refuse('protocol-error');
    }
  }

  #countHeld(): void {
    const held = this.#scanner.held;
    if (held === this.#heldBefore) return;
    this.#events.held(held - this.#heldBefore);
    this.#heldBefore = held;
  }

  /** Over its rate a client is read later, not cut off: TCP makes it wait. */
  #throttle(bytes: number): void {
    const waitMs = this.#meter.take(this.#scanner.publishes, bytes, performance.now());
    if (waitMs <= 0) return;
    this.pauseFor(PAUSE.rate);
    clearTimeout(this.#rateTimer);
    this.#rateTimer = setTimeout(() => this.resumeFrom(PAUSE.rate), waitMs);
    this.#rateTimer.unref();
  }

  /** All packets that wait, as one buffer; null where there are none. */
  override read(size?: number): Buffer | null {
    if (size === 0 || this.#readyBytes === 0) return null;
    const ready = this.#ready.length === 1 ? (this.#ready[0] as Buffer) : Buffer.concat(this.#ready, this.#readyBytes);
    this.#ready = [];
    this.#readyBytes = 0;
    this.resumeFrom(PAUSE.parser);
    return ready;
  }

  override cork(): void {}

  override uncork(): void {}

  /**
   * Always true: the library would hold a message for all its subscribers while one of them does not drain.
   * What waits for a slow one is bounded here instead.
   */
  override write(chunk: Buffer | string, ...rest: readonly unknown[]): boolean {
    if (this.#gone) return true;
    this.#append(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  }

  /** Acknowledges a publish that did not pass the library. */
  puback(packetId: number): void {
    if (this.#gone) return;
    if (this.#outputBytes + 4 > this.#output.length) this.#grow(4);
    const output = this.#output;
    const at = this.#outputBytes;
    output[at] = 0x40;
    output[at + 1] = 2;
    output[at + 2] = packetId >> 8;
    output[at + 3] = packetId & 0xff;
    this.#outputBytes = at + 4;
    this.#flushSoon();
  }

  #append(bytes: Buffer): void {
    const length = bytes.length;
    if (this.#outputBytes + length > this.#output.length) this.#grow(length);
    if (length <= 2) {
      this.#output[this.#outputBytes] = bytes[0] as number;
      if (length === 2) this.#output[this.#outputBytes + 1] = bytes[1] as number;
    } else bytes.copy(this.#output, this.#outputBytes);
    this.#outputBytes += length;
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    process.nextTick(flushOutput, this);
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#output.length * 2, this.#outputBytes + length));
    this.#output.copy(grown, 0, 0, this.#outputBytes);
    this.#output = grown;
  }

  /** Hands what was written in this turn to the transport, in one piece. */
  flush(): void {
    this.#flushQueued = false;
    if (this.#outputBytes === 0 || this.transport.destroyed) return;
    const bytes = this.#output.subarray(0, this.#outputBytes);
    const size = Math.min(4096, Math.max(FIRST_OUTPUT_BYTES, this.#outputBytes));
    this.#output = Buffer.allocUnsafe(size);
    this.#outputBytes = 0;
    if (this.#drainTimer !== undefined) this.transport.write(bytes, this.#taken);
    else if (!this.transport.write(bytes)) this.#watchDrain();
    const waiting = this.transport.writableLength;
    if (waiting > this.#limits.maxStalledBytes) this.refuse('slow-consumer');
    else if (waiting > this.#limits.maxOutboundBytes) this.pauseFor(PAUSE.outbound);
  }

  readonly #taken = (): void => {
    this.#progress = true;
  };

  #watchDrain(): void {
    this.#progress = false;
    this.#drainTimer = setTimeout(() => {
      this.#drainTimer = undefined;
      if (this.#progress) this.#watchDrain();
      else this.refuse('slow-consumer');
    }, this.#limits.drainTimeoutMs);
    this.#drainTimer.unref();
  }

  #drained(): void {
    clearTimeout(this.#drainTimer);
    this.#drainTimer = undefined;
    this.resumeFrom(PAUSE.outbound);
  }

  override _read(): void {}

  override _destroy(_error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#gone) {
      this.flush();
      this.#gone = true;
      clearTimeout(this.#rateTimer);
      clearTimeout(this.#drainTimer);
      this.#events.held(-this.#heldBefore);
      this.#heldBefore = 0;
      this.#ready = [];
      this.#readyBytes = 0;
      this.#hangUp();
      this.#events.closed(this);
    }
    // The library listens for `close`; passing the error on would only report it twice.
    callback(null);
  }

  /** A last CONNACK still leaves, but a peer that does not take it is not waited for. */
  #hangUp(): void {
    const transport = this.transport;
    if (transport.destroyed) return;
    if (transport.writableLength === 0) {
      transport.destroy();
      return;
    }
    transport.end();
    setTimeout(() => transport.destroy(), LINGER_MS).unref();
  }
}

function flushOutput(connection: GuardedConnection): void {
  connection.flush();
}
