import { Readable } from 'node:stream';
import type { Clock } from '@clearbay/contract/clock.ts';
import { watchesReadings } from '../access/topic-rules.ts';
import type { RefusalCounters } from '../refusals.ts';
import type { RetainedOwners } from './retained-owners.ts';
import type { SessionJournal } from './session-journal.ts';
import type { ClientRef, SessionStore, StoredPacket, StoredSubscription, StoredWill } from './session-store.ts';

interface SessionLimits {
  readonly maxSessions: number;
  readonly maxSessionsPerUser: number;
  readonly maxQueuedPerSession: number;
  readonly maxQueuedAgeMs: number;
  readonly sessionExpiryMs: number;
}

interface Session {
  readonly user: string;
  seen: number;
  /** (broker, counter) of each waiting message and when it came. */
  readonly queued: Map<string, number>;
}

interface Context {
  readonly limits: SessionLimits;
  readonly refusals: RefusalCounters;
  readonly clock: Clock;
  readonly brokerId: string;
  readonly retained: RetainedOwners;
  /** The library hands over every filter of a SUBSCRIBE, the refused ones too. */
  mayKeep(client: string, filter: string): boolean;
}

const identity = (packet: StoredPacket): string => `${packet.brokerId ?? ''} ${packet.brokerCounter ?? 0}`;

/**
 * The library's own memory persistence, which does all the matching, with every change of lasting state written to a journal and read
 * back at start. Chosen over the published persistences: those need a server or a native LevelDB build, and one that replaces
 * the memory would make every subscription look-up asynchronous.
 */
export class DurableSessions implements SessionStore {
  readonly #memory: SessionStore;
  readonly #journal: SessionJournal;
  readonly #context: Context;
  readonly #sessions = new Map<string, Session>();
  readonly #ofUser = new Map<string, Set<string>>();
  /** client + filter of the subscriptions that readings may match. */
  readonly #readingFilters = new Set<string>();
  #frozen = false;

  constructor(memory: SessionStore, journal: SessionJournal, context: Context) {
    this.#memory = memory;
    this.#journal = journal;
    this.#context = context;
  }

  get count(): number {
    return this.#sessions.size;
  }

  get keepsReadings(): boolean {
    return this.#readingFilters.size > 0;
  }

  /** Reads the journal back into memory; call once, before the first client. */
  async load(): Promise<void> {
    for (const { client, user, seen } of this.#journal.sessions()) this.#note(client, user, seen);
    for (const { client, subscription } of this.#journal.subscriptions()) {
      await this.#memory.addSubscriptions({ id: client }, [subscription]);
      this.#noteFilter(client, subscription.topic);
    }
    for (const packet of this.#journal.retained()) await this.#memory.storeRetained(packet);
    for (const { client, packet, at } of this.#journal.queued()) {
      this.#sessions.get(client)?.queued.set(identity(packet), at);
      await this.#memory.outgoingEnqueue({ clientId: client }, packet);
      if (packet.messageId !== undefined) await this.#memory.outgoingUpdate({ id: client }, packet);
    }
    for (const { client, broker, will } of this.#journal.wills()) {
      await this.#memory.putWill({ id: client }, will);
      // The memory names this broker; the will belongs to the run that ended, and is due unless its client returns.
      Object.assign(will, { brokerId: broker });
    }
    await this.expire();
  }

  /** Shutting down: what a closing client would erase stays on disk. */
  freeze(): void {
    this.#frozen = true;
  }

  owner(client: string): string | undefined {
    return this.#sessions.get(client)?.user;
  }

  /**
   * A client came with `clean` false: its session lives from now on. A new one may take the room of the user's own oldest session
   * that is away or, where the broker is full, of the oldest of whoever has most: nobody who takes more than others shuts them out.
   * False: there is no room to take.
   */
  async keep(client: string, user: string, isLive: (client: string) => boolean): Promise<boolean> {
    const seen = this.#context.clock.now();
    const session = this.#sessions.get(client);
    const displaced: Promise<void>[] = [];
    if (session) session.seen = seen;
    else {
      for (let crowder = this.#crowder(user); crowder !== undefined; crowder = this.#crowder(user)) {
        const oldest = this.#oldestAway(crowder, isLive);
        if (oldest === undefined) return false;
        this.#context.refusals.count('session-displaced');
        displaced.push(this.drop(oldest));
      }
      this.#note(client, user, seen);
    }
    await Promise.all([...displaced, this.#journal.write('session', client, user, seen)]);
    return true;
  }

  /** Who must give a session for a new one of this user; undefined where there is room. */
  #crowder(user: string): string | undefined {
    const { maxSessions, maxSessionsPerUser } = this.#context.limits;
    if ((this.#ofUser.get(user)?.size ?? 0) >= maxSessionsPerUser) return user;
    if (this.#sessions.size < maxSessions) return undefined;
    let heaviest = user;
    let most = (this.#ofUser.get(user)?.size ?? 0) + 1;
    for (const [other, { size }] of this.#ofUser) {
      if (size <= most) continue;
      heaviest = other;
      most = size;
    }
    return heaviest;
  }

  #oldestAway(user: string, isLive: (client: string) => boolean): string | undefined {
    let oldest: string | undefined;
    let seen = Number.POSITIVE_INFINITY;
    for (const client of this.#ofUser.get(user) ?? []) {
      const session = this.#sessions.get(client) as Session;
      if (session.seen >= seen || isLive(client)) continue;
      oldest = client;
      seen = session.seen;
    }
    return oldest;
  }

  #note(client: string, user: string, seen: number): void {
    this.#sessions.set(client, { user, seen, queued: new Map() });
    const ofUser = this.#ofUser.get(user);
    if (ofUser) ofUser.add(client);
    else this.#ofUser.set(user, new Set([client]));
  }

  /** Forgets a session with all that it holds. */
  async drop(client: string): Promise<void> {
    const session = this.#sessions.get(client);
    if (session === undefined) return;
    this.#sessions.delete(client);
    const ofUser = this.#ofUser.get(session.user);
    ofUser?.delete(client);
    if (ofUser?.size === 0) this.#ofUser.delete(session.user);
    for (const { topic } of await this.#memory.subscriptionsByClient({ id: client }))
      this.#readingFilters.delete(`${client}\n${topic}`);
    await this.#memory.cleanSubscriptions({ id: client });
    for await (const packet of this.#memory.outgoingStream({ id: client })) {
      await this.#memory.outgoingClearMessageId({ id: client }, packet as StoredPacket);
    }
    await Promise.all([
      this.#journal.write('dropSession', client),
      this.#journal.write('dropSubscriptions', client),
      this.#journal.write('dropQueue', client),
    ]);
  }

  /** Ends sessions that were not seen for too long; those that `isLive` says are connected are seen now. */
  async expire(isLive: (client: string) => boolean = () => false): Promise<void> {
    const oldest = this.#context.clock.now() - this.#context.limits.sessionExpiryMs;
    for (const [client, session] of this.#sessions) {
      if (isLive(client)) await this.keep(client, session.user, isLive);
      else if (session.seen < oldest) await this.drop(client);
    }
  }

  async setup(): Promise<void> {}

  async storeRetained(packet: StoredPacket): Promise<void> {
    if (packet.payload.length === 0) this.#context.retained.release(packet.topic);
    await this.#memory.storeRetained(packet);
    await this.#journal.retain(packet);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return this.#memory.createRetainedStreamCombi(filters);
  }

  async addSubscriptions(client: ClientRef, subscriptions: readonly StoredSubscription[]): Promise<void> {
    const granted = subscriptions.filter(({ topic }) => this.#context.mayKeep(client.id, topic));
    await this.#memory.addSubscriptions(client, granted);
    for (const { topic } of granted) this.#noteFilter(client.id, topic);
    await Promise.all(granted.map(({ topic, qos }) => this.#journal.write('subscribe', client.id, topic, qos)));
  }

  async removeSubscriptions(client: ClientRef, filters: readonly string[]): Promise<void> {
    await this.#memory.removeSubscriptions(client, filters);
    for (const filter of filters) this.#readingFilters.delete(`${client.id}\n${filter}`);
    await Promise.all(filters.map((topic) => this.#journal.write('unsubscribe', client.id, topic)));
  }

  #noteFilter(client: string, filter: string): void {
    if (watchesReadings(filter)) this.#readingFilters.add(`${client}\n${filter}`);
  }

  subscriptionsByClient(client: ClientRef): Promise<StoredSubscription[]> {
    return this.#memory.subscriptionsByClient(client);
  }

  subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: number }[]> {
    return this.#memory.subscriptionsByTopic(topic);
  }

  async cleanSubscriptions(client: ClientRef): Promise<void> {
    if (this.#sessions.has(client.id)) await this.drop(client.id);
    else await this.#memory.cleanSubscriptions(client);
  }

  outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<void> {
    return this.outgoingEnqueueCombi([subscription], packet);
  }

  async outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    const now = this.#context.clock.now();
    const taken = subscriptions.filter(({ clientId }) => this.#hasRoom(clientId));
    await this.#memory.outgoingEnqueueCombi(taken, packet);
    for (const { clientId } of taken) this.#sessions.get(clientId)?.queued.set(identity(packet), now);
    await Promise.all(taken.map(({ clientId }) => this.#journal.enqueue(clientId, packet, now)));
  }

  #hasRoom(client: string): boolean {
    const session = this.#sessions.get(client);
    if (!session || session.queued.size < this.#context.limits.maxQueuedPerSession) return true;
    this.#context.refusals.count('session-queue-full');
    return false;
  }

  async outgoingUpdate(client: ClientRef, packet: StoredPacket): Promise<void> {
    await this.#memory.outgoingUpdate(client, packet);
    await this.#journal.write('number', packet.messageId ?? null, client.id, packet.brokerId ?? '', packet.brokerCounter ?? 0);
  }

  async outgoingClearMessageId(client: ClientRef, packet: StoredPacket): Promise<StoredPacket | undefined> {
    const cleared = await this.#memory.outgoingClearMessageId(client, packet);
    if (cleared) {
      this.#sessions.get(client.id)?.queued.delete(identity(cleared));
      await this.#journal.write('dequeue', client.id, cleared.brokerId ?? '', cleared.brokerCounter ?? 0);
    }
    return cleared;
  }

  /** What waits for a client, without what waited too long. */
  outgoingStream(client: ClientRef): Readable {
    return Readable.from(this.#unexpired(client));
  }

  async *#unexpired(client: ClientRef): AsyncGenerator<StoredPacket> {
    const oldest = this.#context.clock.now() - this.#context.limits.maxQueuedAgeMs;
    const queued = this.#sessions.get(client.id)?.queued;
    for await (const packet of this.#memory.outgoingStream(client)) {
      const at = queued?.get(identity(packet as StoredPacket));
      if (at === undefined || at >= oldest) yield packet as StoredPacket;
      else {
        this.#context.refusals.count('session-queue-expired');
        await this.outgoingClearMessageId(client, packet as StoredPacket);
      }
    }
  }

  incomingStorePacket(client: ClientRef, packet: StoredPacket): Promise<void> {
    return this.#memory.incomingStorePacket(client, packet);
  }

  incomingGetPacket(client: ClientRef, packet: StoredPacket): Promise<StoredPacket> {
    return this.#memory.incomingGetPacket(client, packet);
  }

  incomingDelPacket(client: ClientRef, packet: StoredPacket): Promise<void> {
    return this.#memory.incomingDelPacket(client, packet);
  }

  cleanIncoming(client: ClientRef): Promise<void> {
    return this.#memory.cleanIncoming(client);
  }

  async putWill(client: ClientRef, will: StoredWill): Promise<void> {
    await this.#memory.putWill(client, will);
    await this.#journal.putWill(client.id, this.#context.brokerId, will);
  }

  getWill(client: ClientRef): Promise<StoredWill | undefined> {
    return this.#memory.getWill(client);
  }

  async delWill(client: ClientRef): Promise<StoredWill | undefined> {
    const will = await this.#memory.delWill(client);
    if (will && !this.#frozen) await this.#journal.write('dropWill', client.id);
    return will;
  }

  streamWill(brokers?: Record<string, unknown>): Readable {
    return this.#memory.streamWill(brokers);
  }

  countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#memory.countOffline();
  }
}
