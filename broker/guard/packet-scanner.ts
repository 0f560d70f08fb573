import type { RefusalReason } from '../refusals.ts';
import { type ConnectLimits, connectFault } from './connect-check.ts';
import { filterFault, topicFault } from './mqtt-string.ts';

export interface ScanLimits extends ConnectLimits {
  /** Bytes of one packet after its fixed header. */
  readonly maxPacketBytes: number;
  /** The same for the CONNECT, which arrives before anyone is known. */
  readonly maxConnectBytes: number;
  readonly maxFiltersPerPacket: number;
}

export interface Violation {
  readonly reason: RefusalReason;
  readonly returnCode?: 1 | 2;
}

/** Where checked packets go. */
export interface PacketSink {
  /** Whole packets for the MQTT library, in order, and what they count for. */
  pass(packets: Buffer, count: number): void;
  /** Whether a PUBLISH at QoS 1, not to be retained, can be taken at once instead; what came before it was passed already. */
  takesReadings(): boolean;
  /** Takes one with its topic in [topicStart, topicEnd); false hands it to the library. */
  reading(bytes: Buffer, topicStart: number, topicEnd: number, end: number): boolean;
  /** Answers a PINGREQ; false hands it to the library. */
  ping(): boolean;
}

const CONNECT = 1;
const PUBLISH = 3;
const PUBREL = 6;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
const PINGREQ = 12;
const DISCONNECT = 14;
/** PUBLISH, QoS 1, RETAIN 0; DUP as it may be. */
const READING_HEADER = 0x32;
const READING_MASK = 0xf7;
const PING_HEADER = 0xc0;
/** The library gets packets in helpings of about this count, so that none takes a turn of the event loop for itself. */
export const HELPING = 64;
/** A packet dribbled a byte at a time is joined now and then, so that its pieces do not outweigh it. */
const MAX_PIECES = 64;

/**
 * Reads the packet frames of one connection before the MQTT parser does, closing what it lets through. Only whole packets
 * are passed on: a half one is held, in the pieces it came in, up to the announced length, which is refused before it is buffered.
 */
export class PacketScanner {
  readonly #limits: ScanLimits;
  readonly #sink: PacketSink;
  #pieces: Buffer[] = [];
  #held = 0;
  /** Bytes that the held packet needs in all; 0 while its header is not complete. */
  #needed = 0;
  #connectSeen = false;
  #connectPassed = false;
  violation: Violation | undefined;
  /** PUBLISH packets in the last `push`. */
  publishes = 0;
  /** All packets in the last `push`; SUBSCRIBE and UNSUBSCRIBE count once for each filter, which is what they cost. */
  count = 0;
  /** How often a packet was left unfinished: each is another one. */
  unfinished = 0;

  constructor(limits: ScanLimits, sink: PacketSink) {
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Bytes of an unfinished packet. */
  get held(): number {
    return this.#held;
  }

  /** Whether a whole, acceptable CONNECT has come. */
  get connectSeen(): boolean {
    return this.#connectPassed;
  }

  /** Takes what arrived. Look at `violation` after each call. */
  push(chunk: Buffer): void {
    this.publishes = 0;
    this.count = 0;
    if (this.violation !== undefined) return;
    if (this.#held === 0) {
      this.#scan(chunk);
      return;
    }
    this.#pieces.push(chunk);
    this.#held += chunk.length;
    if (this.#needed !== 0 && this.#held < this.#needed) {
      if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces, this.#held)];
      return;
    }
    const whole = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [];
    this.#held = 0;
    this.#needed = 0;
    this.#scan(whole);
  }

  #scan(bytes: Buffer): void {
    const end = bytes.length;
    let at = 0;
    let from = 0;
    let countBefore = 0;
    while (at < end) {
      const next = this.#packet(bytes, at, end);
      if (next < 0) return;
      if (next === at) break;
      const header = bytes[at] as number;
      if ((header & READING_MASK) === READING_HEADER && this.#sink.takesReadings()) {
        if (from < at) this.#sink.pass(bytes.subarray(from, at), this.count - 1 - countBefore);
        from = this.#takesReading(bytes, at, next) ? next : at;
        countBefore = from === next ? this.count : this.count - 1;
      } else if (header === PING_HEADER && this.#sink.ping()) {
        if (from < at) this.#sink.pass(bytes.subarray(from, at), this.count - 1 - countBefore);
        from = next;
        countBefore = this.count;
      } else if (this.count - countBefore >= HELPING) {
        this.#sink.pass(bytes.subarray(from, next), this.count - countBefore);
        from = next;
        countBefore = this.count;
      }
      at = next;
    }
    if (from < at) this.#sink.pass(from === 0 && at === end ? bytes : bytes.subarray(from, at), this.count - countBefore);
    if (at === end) return;
    const rest = bytes.subarray(at);
    this.unfinished += 1;
    this.#pieces.push(rest);
    this.#held = rest.length;
  }

  /** Asks again: what was passed just now may still wait for the library, and order is kept. */
  #takesReading(bytes: Buffer, at: number, end: number): boolean {
    if (!this.#sink.takesReadings()) return false;
    let start = at + 2;
    while ((bytes[start - 1] as number) >= 0x80) start += 1;
    const topicEnd = start + 2 + (((bytes[start] as number) << 8) | (bytes[start + 1] as number));
    return this.#sink.reading(bytes, start + 2, topicEnd, end);
  }

  /** End of the packet at `at`; `at` itself where it is incomplete; -1 for a violation. */
  #packet(bytes: Buffer, at: number, end: number): number {
    let length = 0;
    let cursor = at + 1;
    let shift = 0;
    for (;;) {
      if (cursor >= end) return at;
      const byte = bytes[cursor] as number;
      cursor += 1;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
      if (shift > 21) return this.#refuse('malformed');
    }
    const header = bytes[at] as number;
    const type = header >> 4;
    if (!this.#connectSeen && type !== CONNECT) return this.#refuse('first-not-connect');
    if (length > (type === CONNECT ? this.#limits.maxConnectBytes : this.#limits.maxPacketBytes))
      return this.#refuse('packet-too-large');
    const stop = cursor + length;
    if (stop > end) {
      this.#needed = stop - at;
      return at;
    }
    this.count += 1;
    const reason = this.#fault(type, header & 0x0f, bytes, cursor, stop);
    return reason === undefined ? stop : this.#refuse(reason);
  }

  #refuse(reason: RefusalReason): -1 {
    this.violation ??= { reason };
    return -1;
  }

  #fault(type: number, flags: number, bytes: Buffer, start: number, end: number): RefusalReason | undefined {
    if (type === PUBLISH) return this.#publishFault(flags, bytes, start, end);
    if (flags !== (type === PUBREL || type === SUBSCRIBE || type === UNSUBSCRIBE ? 2 : 0)) return 'reserved-flags';
    switch (type) {
      case CONNECT:
        return this.#connectFault(bytes, start, end);
      case 4:
      case 5:
      case PUBREL:
      case 7:
        if (end - start !== 2) return 'malformed';
        return bytes[start] === 0 && bytes[start + 1] === 0 ? 'packet-id-zero' : undefined;
      case SUBSCRIBE:
      case UNSUBSCRIBE:
        return this.#filtersFault(bytes, start, end, type === SUBSCRIBE);
      case PINGREQ:
      case DISCONNECT:
        return end === start ? undefined : 'malformed';
      default:
        return 'packet-type';
    }
  }

  #connectFault(bytes: Buffer, start: number, end: number): RefusalReason | undefined {
    if (this.#connectSeen) return 'second-connect';
    this.#connectSeen = true;
    const fault = connectFault(bytes, start, end, this.#limits);
    if (fault === undefined) {
      this.#connectPassed = true;
      return undefined;
    }
    this.violation = fault;
    return fault.reason;
  }

  #publishFault(flags: number, bytes: Buffer, start: number, end: number): RefusalReason | undefined {
    const qos = (flags >> 1) & 3;
    if (qos === 3) return 'qos';
    if (qos === 0 && (flags & 8) !== 0) return 'dup-on-qos0';
    if (start + 2 > end) return 'malformed';
    const topicEnd = start + 2 + (((bytes[start] as number) << 8) | (bytes[start + 1] as number));
    const payload = qos === 0 ? topicEnd : topicEnd + 2;
    if (payload > end) return 'malformed';
    if (qos > 0 && bytes[topicEnd] === 0 && bytes[topicEnd + 1] === 0) return 'packet-id-zero';
    this.publishes += 1;
    return topicFault(bytes, start + 2, topicEnd, this.#limits.maxTopicLevels);
  }

  #filtersFault(bytes: Buffer, start: number, end: number, withQos: boolean): RefusalReason | undefined {
    if (start + 2 > end) return 'malformed';
    if (bytes[start] === 0 && bytes[start + 1] === 0) return 'packet-id-zero';
    let at = start + 2;
    if (at === end) return 'no-filter';
    let count = 0;
    while (at < end) {
      count += 1;
      if (count > this.#limits.maxFiltersPerPacket) return 'too-many-subscriptions';
      if (at + 2 > end) return 'malformed';
      const filterEnd = at + 2 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
      const next = withQos ? filterEnd + 1 : filterEnd;
      if (next > end) return 'malformed';
      const fault = filterFault(bytes, at + 2, filterEnd, this.#limits.maxTopicLevels);
      if (fault) return fault;
      if (withQos && (bytes[filterEnd] as number) > 2) return 'qos';
      at = next;
    }
    this.count += count - 1;
    return undefined;
  }
}
