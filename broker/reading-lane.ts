import type { ReadingTopic } from '@clearbay/contract/topics.ts';
import type { Client } from 'aedes';
import type { ReadingLane } from './guard/guarded-connection.ts';
import type { Peer } from './peer.ts';
import type { PublishDoor } from './publish-door.ts';
import type { ReadingBroker } from './reading-broker.ts';

/**
 * The short way of a reading: from the guard, which has read the packet already, to the gate, and its PUBACK back. Parsing it
 * again and passing it through the library's queues cost as much as all of our own work on it. It keeps to the same order, bounds
 * and rights, and is closed while anybody watches readings, for those must be routed.
 */
export class DirectReadings implements ReadingLane {
  readonly #library: ReadingBroker;
  readonly #client: Client;
  readonly #peer: Peer;
  readonly #door: PublishDoor;
  /** The topic of the last reading, as bytes: a device has one or few. */
  #lastBytes = Buffer.alloc(0);
  #lastTopic: ReadingTopic | undefined;

  constructor(library: ReadingBroker, client: Client, peer: Peer, door: PublishDoor) {
    this.#library = library;
    this.#client = client;
    this.#peer = peer;
    this.#door = door;
  }

  isOpen(): boolean {
    return !this.#library.hasWatchers && !this.#client.closed;
  }

  take(bytes: Buffer, topicStart: number, topicEnd: number, end: number): boolean {
    const topic = this.#isLast(bytes, topicStart, topicEnd) ? this.#lastTopic : this.#topicOf(bytes, topicStart, topicEnd);
    if (topic === undefined) return false;
    const packetId = ((bytes[topicEnd] as number) << 8) | (bytes[topicEnd + 1] as number);
    this.#door.reading(this.#peer, topic, bytes.subarray(topicEnd + 2, end), packetId);
    return true;
  }

  #isLast(bytes: Buffer, start: number, end: number): boolean {
    const last = this.#lastBytes;
    const length = end - start;
    if (length !== last.length) return false;
    for (let index = 0; index < length; index += 1) if (bytes[start + index] !== last[index]) return false;
    return true;
  }

  #topicOf(bytes: Buffer, start: number, end: number): ReadingTopic | undefined {
    const right = this.#peer.rules.publish(bytes.toString('utf8', start, end));
    if (right?.what !== 'reading') return undefined;
    this.#lastBytes = Buffer.from(bytes.subarray(start, end));
    this.#lastTopic = right.topic;
    return right.topic;
  }
}
