import type { Clock } from '@clearbay/contract/clock.ts';
import type { ReadingGate } from '@clearbay/contract/gate.ts';
import { type ReadingTopic, STATUS_PREFIX } from '@clearbay/contract/topics.ts';
import type { Client, PublishPacket } from 'aedes';
import type { PublishRight } from './access/topic-rules.ts';
import type { Peer } from './peer.ts';
import type { Pressure } from './pressure.ts';
import { Place } from './publish-order.ts';
import { internalsOf } from './reading-broker.ts';
import type { RefusalCounters, RefusalReason } from './refusals.ts';
import type { RetainedOwners } from './sessions/retained-owners.ts';

type Done = (error?: Error | null) => void;

/** Ends the connection: the only "no" to a PUBLISH that MQTT 3.1.1 has. */
export class PublishRefused extends Error {}

/** Answers the library, which sends the PUBACK (or PUBREC) and parses on; what it throws must not reach the gate. */
class LibraryPlace extends Place {
  readonly #peer: Peer;
  readonly #done: Done;

  constructor(peer: Peer, done: Done) {
    super();
    this.#peer = peer;
    this.#done = done;
  }

  answer(isCommitted: boolean): void {
    const { connection } = this.#peer;
    if (connection.destroyed) return;
    try {
      if (isCommitted) this.#done();
      else connection.refuse('not-committed');
    } catch {
      connection.refuse('protocol-error');
    }
  }
}

/** Sends the PUBACK itself. */
class LanePlace extends Place {
  readonly #peer: Peer;
  readonly #packetId: number;

  constructor(peer: Peer, packetId: number) {
    super();
    this.#peer = peer;
    this.#packetId = packetId;
  }

  answer(isCommitted: boolean): void {
    if (isCommitted) this.#peer.connection.puback(this.#packetId);
    else this.#peer.connection.refuse('not-committed');
  }
}

interface Status {
  readonly boot: string | undefined;
  readonly online: boolean;
}

/** What `status/<device>` says; undefined where it is not the contract's JSON. */
function readStatus(payload: Buffer | string): Status | undefined {
  try {
    const status: unknown = JSON.parse(payload.toString());
    if (typeof status !== 'object' || status === null) return undefined;
    const { online, boot } = status as { online?: unknown; boot?: unknown };
    return { online: online === true, boot: typeof boot === 'string' ? boot : undefined };
  } catch {
    return undefined;
  }
}

interface DoorParts {
  readonly pressure: Pressure;
  readonly retained: RetainedOwners;
  readonly refusals: RefusalCounters;
  readonly clock: Clock;
}

/** Every PUBLISH and every will comes through here. A reading is answered when it is on disk, and in its client's order. */
export class PublishDoor {
  readonly #gate: ReadingGate;
  readonly #pressure: Pressure;
  readonly #retained: RetainedOwners;
  readonly #refusals: RefusalCounters;
  readonly #clock: Clock;
  /** The newest word of each device on itself. */
  readonly #statuses = new Map<string, Status>();
  #readings = 0;

  constructor(gate: ReadingGate, { pressure, retained, refusals, clock }: DoorParts) {
    this.#gate = gate;
    this.#pressure = pressure;
    this.#retained = retained;
    this.#refusals = refusals;
    this.#clock = clock;
  }

  /** What devices last said of themselves in a former run of the broker; before the first client. */
  recall(retained: Iterable<{ readonly topic: string; readonly payload: Buffer | string }>): void {
    for (const { topic, payload } of retained) {
      const status = topic.startsWith(STATUS_PREFIX) ? readStatus(payload) : undefined;
      if (status !== undefined) this.#statuses.set(topic.slice(STATUS_PREFIX.length), status);
    }
  }

  /** Publishes handed to the gate. */
  get readings(): number {
    return this.#readings;
  }

  /** A publish of a connected client. */
  publish(peer: Peer, packet: PublishPacket, done: Done): void {
    const right = peer.rules.publish(packet.topic);
    if (right === undefined) {
      this.#refuse('publish-not-allowed', done);
      return;
    }
    if (packet.retain) this.#checkRetain(peer, right, packet);
    if (right.what === 'reading') {
      this.#take(peer, right.topic, packet.payload as Buffer, new LibraryPlace(peer, done));
      return;
    }
    if (right.what === 'status') this.#noteStatus(peer.principal.user, packet);
    if (peer.order.isEmpty) {
      done();
      return;
    }
    const place = new LibraryPlace(peer, done);
    peer.order.enter(place);
    peer.order.settle(place, true);
  }

  /** What may not be kept still goes to those who are there. */
  #checkRetain(peer: Peer, right: PublishRight, packet: PublishPacket): void {
    const { user } = peer.principal;
    let reason: RefusalReason | undefined;
    if (!peer.rules.retain(right)) reason = 'retain-removed';
    // A device has one status; an account's topics are as many as it likes.
    else if (right.what === 'other' && packet.payload.length > 0 && !this.#retained.claim(packet.topic, user))
      reason = 'retained-full';
    if (reason === undefined) return;
    packet.retain = false;
    this.#refusals.count(reason);
  }

  /** A reading at QoS 1 that did not pass the library. */
  reading(peer: Peer, topic: ReadingTopic, payload: Buffer, packetId: number): void {
    this.#take(peer, topic, payload, new LanePlace(peer, packetId));
  }

  #take(peer: Peer, { kind, station, device }: ReadingTopic, payload: Buffer, place: Place): void {
    this.#readings += 1;
    const { share } = peer;
    const { length } = payload;
    this.#pressure.add(share, length);
    peer.order.enter(place);
    this.#gate.take({ kind, station, device, payload, receivedAt: this.#clock.now() }, (acknowledge) => {
      this.#pressure.remove(share, length);
      peer.order.settle(place, acknowledge);
    });
  }

  /** A will, of a client that is going or of one that a former run of the broker knew. */
  will(client: Client | null, will: PublishPacket, done: Done): void {
    const device = will.topic.startsWith(STATUS_PREFIX) ? will.topic.slice(STATUS_PREFIX.length) : '';
    const last = this.#statuses.get(device);
    const boot = readStatus(will.payload)?.boot;
    const isStale = last?.online === true && boot !== undefined && last.boot !== undefined && boot !== last.boot;
    if (device === '' || isStale) {
      this.#refuse(device === '' ? 'foreign-will' : 'stale-will', done);
      return;
    }
    if (client !== null || !last?.online) this.#noteStatus(device, will);
    done();
  }

  /** Whether the packet that the library asks about is the client's will rather than a publish. */
  isWill(client: Client | null, packet: PublishPacket): boolean {
    return client === null || internalsOf(client).will === packet;
  }

  #noteStatus(device: string, packet: PublishPacket): void {
    const status = readStatus(packet.payload);
    if (status) this.#statuses.set(device, status);
  }

  #refuse(reason: RefusalReason, done: Done): void {
    this.#refusals.count(reason);
    done(new PublishRefused(reason));
  }
}
