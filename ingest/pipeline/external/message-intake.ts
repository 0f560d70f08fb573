import type { Writable } from 'node:stream';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { ReadingGate } from '@clearbay/contract/gate.ts';
import { parseReadingTopic, STATUS_PREFIX } from '@clearbay/contract/topics.ts';
import type { IPublishPacket } from 'mqtt';
import type { DeviceRoll } from './device-roll.ts';
import { type AckPlace, PubackOrder } from './puback-order.ts';

/** Why a message went no further; all but the last are acknowledged, else the broker would send them for ever. */
type IntakeRefusal = 'too-large' | 'foreign-topic' | 'bad-status' | 'not-committed';

export interface IntakeLimits {
  /** A packet of the contract, bytes. */
  readonly maxPayloadBytes: number;
  /** Messages, and bytes of them, that wait for the disk; above either nothing more is read from the broker. */
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
}

const INTAKE_LIMITS: IntakeLimits = { maxPayloadBytes: 65_536, maxInFlight: 20_000, maxInFlightBytes: 16 * 1024 ** 2 };

export interface MessageIntakeOptions {
  readonly gate: ReadingGate;
  readonly clock: Clock;
  readonly roll: DeviceRoll;
  readonly limits?: Partial<IntakeLimits>;
  /** The disk refused: the broker sends again what has no PUBACK, but only on a new connection. */
  onUncommitted(): void;
}

/** Since the start. */
export interface IntakeCounters {
  messages: number;
  /** Messages that the broker had sent before (DUP). */
  redelivered: number;
}

/** Says to the MQTT library: read on, and leave the PUBACK to us. */
const LATER = new Error('acknowledged after the commit');

/**
 * Takes what the broker delivers. The MQTT library handles one message at a time and would wait for each commit before it reads
 * the next; it is let go on at once, and the PUBACKs are sent here when the readings are on disk.
 */
export class MessageIntake {
  readonly counters: IntakeCounters = { messages: 0, redelivered: 0 };
  readonly #options: MessageIntakeOptions;
  readonly #limits: IntakeLimits;
  readonly #refused = new Map<string, number>();
  #stream: Writable | undefined;
  #order: PubackOrder | undefined;
  #inFlight = 0;
  #bytes = 0;
  #isClosed = false;
  #readOn: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: MessageIntakeOptions) {
    this.#options = options;
    this.#limits = { ...INTAKE_LIMITS, ...options.limits };
  }

  /** Messages that wait for the disk. */
  get inFlight(): number {
    return this.#inFlight;
  }

  refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** A message of the connection over `stream`. Not calling `next` stops the reading. */
  take(packet: IPublishPacket, stream: Writable, next: (error?: Error) => void): void {
    if (this.#isClosed) return;
    if (this.#stream !== stream) this.#open(stream);
    const order = this.#order as PubackOrder;
    this.counters.messages += 1;
    if (packet.dup) this.counters.redelivered += 1;
    const place = packet.qos === 0 ? undefined : order.enter(packet.messageId as number);
    this.#handle(packet, order, place);
    const readOn = () => next(place === undefined ? undefined : LATER);
    if (this.#isFull()) this.#readOn = readOn;
    else readOn();
  }

  /** Takes nothing more; resolves when everything taken is answered, or after `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#isClosed = true;
    this.#readOn = undefined;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, withinMs);
        this.#onIdle = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    this.#order?.flush();
  }

  #open(stream: Writable): void {
    this.#stream = stream;
    this.#order = new PubackOrder(stream);
    this.#readOn = undefined;
  }

  #isFull(): boolean {
    return this.#inFlight >= this.#limits.maxInFlight || this.#bytes >= this.#limits.maxInFlightBytes;
  }

  #handle({ topic, payload }: IPublishPacket, order: PubackOrder, place: AckPlace | undefined): void {
    const content = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const reading = parseReadingTopic(topic);
    if (reading !== undefined && content.length <= this.#limits.maxPayloadBytes) {
      this.#inFlight += 1;
      this.#bytes += content.length;
      const { gate, clock } = this.#options;
      gate.take({ ...reading, payload: content, receivedAt: clock.now() }, (acknowledge) => {
        this.#answered(content.length);
        if (!acknowledge) this.#uncommitted(order);
        else if (place !== undefined) order.settle(place);
      });
      return;
    }
    if (reading !== undefined) this.#refuse('too-large');
    else if (!topic.startsWith(STATUS_PREFIX)) this.#refuse('foreign-topic');
    // An empty payload is a retained status that was removed.
    else if (content.length > 0 && !this.#options.roll.hear(topic.slice(STATUS_PREFIX.length), content)) {
      this.#refuse('bad-status');
    }
    if (place !== undefined) order.settle(place);
  }

  #answered(bytes: number): void {
    this.#inFlight -= 1;
    this.#bytes -= bytes;
    if (this.#inFlight === 0) this.#onIdle?.();
    if (this.#readOn === undefined || this.#isFull()) return;
    const readOn = this.#readOn;
    this.#readOn = undefined;
    readOn();
  }

  #uncommitted(order: PubackOrder): void {
    this.#refuse('not-committed');
    if (order === this.#order && !this.#isClosed) this.#options.onUncommitted();
  }

  #refuse(reason: IntakeRefusal): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }
}
