import { Duplex } from 'node:stream';
import type { RefusalReason } from '../refusals.ts';
import { Liveness, type LivenessLimits } from './liveness.ts';
import { HELPING, PacketScanner, type PacketSink, type ScanLimits } from './packet-scanner.ts';
import type { Turn } from './turn.ts';

/** Why reading from a client stands still; the socket is read again when none is left. */
export const PAUSE = { parser: 1, rate: 2, pending: 4, inflight: 8, outbound: 16, turn: 32 } as const;

export interface ConnectionLimits extends ScanLimits, LivenessLimits {
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

/** What all connections of one user share. */
export interface ConnectionOwner {
  /** Charges packets and bytes that came; over the rate all of them are read later, not cut off: TCP makes them wait. `now` in ms. */
  charge(packets: number, bytes: number, now: number): void;
}

export interface ConnectionEvents {
  /** A packet or a peer is turned away; the connection is already closing. */
  refused(connection: GuardedConnection, reason: RefusalReason): void;
  /** Bytes of unfinished packets changed by this much. */
  held(connection: GuardedConnection, delta: number): void;
  received(bytes: number, publishes: number): void;
  connectSeen(connection: GuardedConnection): void;
  closed(connection: GuardedConnection): void;
}

const CONNACK_BYTES = { 1: Buffer.from([0x20, 2, 0, 1]), 2: Buffer.from([0x20, 2, 0, 2]) } as const;
const PINGRESP_BYTES = Buffer.from([0xd0, 0]);
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
  /** Why it ends was counted already; what follows from that is no reason of its own. */
  isCounted = false;
  readonly #scanner: PacketScanner;
  readonly #limits: ConnectionLimits;
  readonly #events: ConnectionEvents;
  readonly #turn: Turn;
  readonly #liveness: Liveness;
  #owner: ConnectionOwner | undefined;
  /** What came before it was known whom to charge. */
  #unpaid = { packets: 0, bytes: 0 };
  #ready: Buffer[] = [];
  #readyCounts: number[] = [];
  #readyBytes = 0;
  /** The library had its helping in this turn. */
  #served = false;
  #paused = 0;
  #held = 0;
  #unfinished = 0;
  #output = Buffer.allocUnsafe(FIRST_OUTPUT_BYTES);
  #outputBytes = 0;
  #flushQueued = false;
  #drainTimer: NodeJS.Timeout | undefined;
  #progress = false;
  #introduced = false;
  #lane: ReadingLane | undefined;
  #gone = false;

  constructor(
    transport: Duplex,
    peer: { readonly address: string; readonly certificateUser: string | undefined },
    limits: ConnectionLimits,
    turn: Turn,
    events: ConnectionEvents,
  ) {
    super({ autoDestroy: false, emitClose: true });
    this.transport = transport;
    this.address = peer.address;
    this.certificateUser = peer.certificateUser;
    this.#limits = limits;
    this.#events = events;
    this.#turn = turn;
    this.#liveness = new Liveness(limits, performance.now());
    this.#scanner = new PacketScanner(limits, this);
  }

  /** Bytes of an unfinished packet. */
  get held(): number {
    return this.#held;
  }

  /** The client has proved who it is: from now on it has one rate with all its connections. */
  join(owner: ConnectionOwner): void {
    this.#owner = owner;
    owner.charge(this.#unpaid.packets, this.#unpaid.bytes, performance.now());
  }

  /** The interval that the CONNECT asked for, s. */
  keepAlive(seconds: number): void {
    this.#liveness.keepAlive(seconds);
  }

  /** Ends a client that has died. One that we do not read cannot prove that it lives. */
  check(now: number): void {
    if (this.#paused !== 0) return;
    const fault = this.#liveness.fault(now);
    if (fault !== undefined) this.refuse(fault);
  }

  /** Begins to read. */
  open(): void {
    this.transport.on('data', (chunk: Buffer) => this.#came(chunk));
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
    if (this.#paused !== 0 || this.#gone) return;
    this.#liveness.restart(performance.now());
    this.transport.resume();
  }

  /** Closes for a reason, which is counted. */
  refuse(reason: RefusalReason): void {
    if (this.#gone) return;
    if (!this.isCounted) this.#events.refused(this, reason);
    this.isCounted = true;
    this.destroy();
  }

  /** What comes too late in a turn goes back to the transport, which gives it out again when nothing else holds it either. */
  #came(chunk: Buffer): void {
    if (this.#gone) return;
    if (this.#turn.hasTime()) {
      this.#arrived(chunk);
      return;
    }
    // A stream that flows would give it out again at once.
    this.pauseFor(PAUSE.turn);
    this.transport.unshift(chunk);
    this.#turn.wait(() => this.resumeFrom(PAUSE.turn));
  }

  #arrived(chunk: Buffer): void {
    const scanner = this.#scanner;
    scanner.push(chunk);
    const { violation } = scanner;
    if (violation !== undefined) {
      if (violation.returnCode !== undefined) this.write(CONNACK_BYTES[violation.returnCode]);
      this.refuse(violation.reason);
      return;
    }
    const now = performance.now();
    if (scanner.count > 0) this.#liveness.packet(now);
    this.#events.received(chunk.length, scanner.publishes);
    if (this.#owner !== undefined) this.#owner.charge(scanner.count, chunk.length, now);
    else {
      this.#unpaid.packets += scanner.count;
      this.#unpaid.bytes += chunk.length;
    }
    this.#noteHeld(now);
  }

  /** Readings go this way from now on. */
  openLane(lane: ReadingLane): void {
    this.#lane = lane;
  }

  takesReadings(): boolean {
    return this.#readyBytes === 0 && this.#lane?.isOpen() === true;
  }

  /** The short way of a PINGREQ, for one that floods with them costs no more than its bytes then. */
  ping(): boolean {
    if (this.#lane === undefined) return false;
    this.#append(PINGRESP_BYTES);
    return true;
  }

  reading(bytes: Buffer, topicStart: number, topicEnd: number, end: number): boolean {
    return this.#lane?.take(bytes, topicStart, topicEnd, end) === true;
  }

  /** Offers packets to the library. */
  pass(packets: Buffer, count: number): void {
    if (this.#gone) return;
    if (!this.#introduced && this.#scanner.connectSeen) {
      this.#introduced = true;
      this.#events.connectSeen(this);
    }
    this.#ready.push(packets);
    this.#readyCounts.push(count);
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

  /** May end this connection. */
  #noteHeld(now: number): void {
    const { held, unfinished } = this.#scanner;
    if (this.#gone || (held === this.#held && unfinished === this.#unfinished)) return;
    if (unfinished !== this.#unfinished || held === 0) this.#liveness.unfinished(held === 0 ? undefined : now);
    this.#unfinished = unfinished;
    const delta = held - this.#held;
    this.#held = held;
    this.#events.held(this, delta);
  }

  /** A helping of the packets that wait, once a turn, so that other clients have theirs between; null where there is none. */
  override read(size?: number): Buffer | null {
    if (size === 0 || this.#readyBytes === 0 || this.#served) return null;
    this.#served = true;
    setImmediate(serveAgain, this);
    const helping = this.#helping();
    this.#readyBytes -= helping.length;
    if (this.#readyBytes <= this.#limits.maxPacketBytes) this.resumeFrom(PAUSE.parser);
    return helping;
  }

  #helping(): Buffer {
    let parts = 0;
    for (let count = 0; parts < this.#ready.length && count < HELPING; parts += 1) count += this.#readyCounts[parts] as number;
    this.#readyCounts.splice(0, parts);
    const taken = this.#ready.splice(0, parts);
    return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken);
  }

  /** A turn has passed: the library may have more. */
  serve(): void {
    this.#served = false;
    if (this.#readyBytes > 0 && !this.#gone) this.#offer();
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
      clearTimeout(this.#drainTimer);
      const held = this.#held;
      this.#held = 0;
      this.#events.held(this, -held);
      this.#ready = [];
      this.#readyCounts = [];
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

function serveAgain(connection: GuardedConnection): void {
  connection.serve();
}
