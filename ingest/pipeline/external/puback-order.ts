import type { Writable } from 'node:stream';

const PUBACK_BYTES = 4;
/** Settled places at the head are dropped in one go once so many have gathered. */
const COMPACT_AT = 1024;

/** The place of one message among those that wait for their PUBACK. */
export interface AckPlace {
  readonly packetId: number;
  settled: boolean;
}

/**
 * The PUBACKs of one connection, sent in the order in which the messages came (MQTT 3.1.1, 4.6.0-2), those of one turn of the
 * event loop as one write. A connection that is gone takes no PUBACK: its packet ids mean nothing on the next one.
 */
export class PubackOrder {
  readonly #stream: Writable;
  readonly #places: AckPlace[] = [];
  #head = 0;
  #ready: number[] = [];
  #isScheduled = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#places.length - this.#head;
  }

  enter(packetId: number): AckPlace {
    const place = { packetId, settled: false };
    this.#places.push(place);
    return place;
  }

  /** The message may be acknowledged as soon as those before it are. */
  settle(place: AckPlace): void {
    place.settled = true;
    for (let next = this.#places[this.#head]; next?.settled; next = this.#places[this.#head]) {
      this.#ready.push(next.packetId);
      this.#head += 1;
    }
    if (this.#head >= COMPACT_AT || this.#head === this.#places.length) {
      this.#places.splice(0, this.#head);
      this.#head = 0;
    }
    if (this.#ready.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(() => this.flush());
  }

  /** Sends what may be sent. */
  flush(): void {
    this.#isScheduled = false;
    const ready = this.#ready;
    if (ready.length === 0) return;
    this.#ready = [];
    if (this.#stream.destroyed || !this.#stream.writable) return;
    const bytes = Buffer.allocUnsafe(ready.length * PUBACK_BYTES);
    let at = 0;
    for (const packetId of ready) {
      bytes.writeUInt16BE(0x4002, at);
      bytes.writeUInt16BE(packetId, at + 2);
      at += PUBACK_BYTES;
    }
    this.#stream.write(bytes);
  }
}
