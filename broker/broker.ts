import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Clock } from '@clearbay/contract/clock.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import type { CredentialSource, MqttPublisher, ReadingGate } from '@clearbay/contract/gate.ts';
import type { Client, ConnectPacket, PublishPacket, Subscription } from 'aedes';
import type { Logger } from 'pino';
import { Admission } from './access/admission.ts';
import { AnswerLimit } from './access/answer-limit.ts';
import { Identification, type Rejection } from './access/identification.ts';
import { PasswordVerifier } from './access/password-verifier.ts';
import { type AccountSource, ownsClientId, type Principal } from './access/principal.ts';
import { type Holder, RightsWatch } from './access/rights-watch.ts';
import type { BrokerStats } from './broker-stats.ts';
import { Caller } from './caller.ts';
import { Connections } from './connections.ts';
import { type ConnectionEvents, GuardedConnection } from './guard/guarded-connection.ts';
import { Turn } from './guard/turn.ts';
import { type BrokerLimits, DEFAULT_LIMITS } from './limits.ts';
import { type Arrival, type BoundAddresses, Listeners, type ListenOptions } from './listeners.ts';
import { Peer } from './peer.ts';
import { Pressure } from './pressure.ts';
import { PublishDoor, PublishRefused } from './publish-door.ts';
import { internalsOf, ReadingBroker } from './reading-broker.ts';
import { DirectReadings } from './reading-lane.ts';
import { RefusalCounters } from './refusals.ts';
import { DurableSessions } from './sessions/durable-sessions.ts';
import { RetainedOwners } from './sessions/retained-owners.ts';
import { SessionJournal } from './sessions/session-journal.ts';
import type { StoredWill } from './sessions/session-store.ts';

export interface BrokerOptions {
  readonly listen: ListenOptions;
  readonly gate: ReadingGate;
  readonly credentials: CredentialSource;
  readonly accounts?: AccountSource;
  /** SQLite file of sessions and retained messages; absent: they end with the process. */
  readonly sessionsFile?: string;
  readonly limits?: Partial<BrokerLimits>;
  readonly clock?: Clock;
  readonly log?: Logger;
}

type ConnectError = Error & { returnCode: 2 | 3 | 4 | 5 };
interface Intent {
  readonly clientId: string;
  readonly clean: boolean;
  readonly willTopic: string | undefined;
}

/** The library's words for a connection that simply ended. */
const ORDINARY_ENDS: ReadonlySet<string> = new Set(['connection closed', 'keep alive timeout']);
const HOUSEKEEPING_MS = 3_600_000;
const FIGURES_MS = 10_000;
/** A right that was taken has ended within a second, the reading of the store included. */
const RIGHTS_MS = 500;
/** How exactly time limits of a connection are kept. */
const CHECK_MS = 250;

/** The embedded MQTT 3.1.1 broker. */
export class Broker implements MqttPublisher {
  readonly #options: BrokerOptions;
  readonly #limits: BrokerLimits;
  readonly #clock: Clock;
  readonly #refusals = new RefusalCounters();
  readonly #admission: Admission;
  readonly #answers: AnswerLimit;
  readonly #pressure: Pressure;
  readonly #turn = new Turn();
  readonly #door: PublishDoor;
  readonly #identification: Identification;
  readonly #rights: RightsWatch;
  readonly #journal: SessionJournal;
  readonly #listeners: Listeners;
  readonly #connections: Connections;
  readonly #retained: RetainedOwners;
  readonly #peers = new WeakMap<Client, Peer>();
  readonly #intents = new WeakMap<Client, Intent>();
  readonly #callers = new WeakMap<GuardedConnection, Caller>();
  readonly #events: ConnectionEvents;
  #library: ReadingBroker | undefined;
  #sessions: DurableSessions | undefined;
  #timers: NodeJS.Timeout[] = [];
  #publishes = 0;
  #bytes = 0;
  #stopping = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#admission = new Admission(this.#limits);
    this.#answers = new AnswerLimit(this.#limits.answerTimeoutMs);
    this.#connections = new Connections(this.#limits);
    this.#pressure = new Pressure(this.#limits, () => this.#connections.shares());
    this.#journal = new SessionJournal(options.sessionsFile ?? ':memory:');
    this.#retained = new RetainedOwners(this.#journal, this.#limits);
    this.#door = new PublishDoor(options.gate, {
      pressure: this.#pressure,
      retained: this.#retained,
      refusals: this.#refusals,
      clock: this.#clock,
    });
    const verifier = new PasswordVerifier(this.#limits, this.#clock);
    this.#identification = new Identification(options.credentials, options.accounts, verifier);
    this.#rights = new RightsWatch(options.credentials, options.accounts);
    this.#listeners = new Listeners(options.listen, this.#limits, {
      knock: (socket, address) => this.#knock(socket, address),
      arrived: (arrival) => this.#arrived(arrival),
      left: (caller) => {
        this.#admission.leave(caller);
        caller.gone();
      },
      dropped: () => this.#refusals.count('too-many-connections'),
    });
    this.#events = this.#connectionEvents();
  }

  /** Restores sessions, then opens the doors. */
  async start(): Promise<BoundAddresses> {
    const library = this.#createLibrary();
    await library.listen();
    this.#journal.open();
    this.#retained.load();
    this.#door.recall(this.#journal.retained());
    this.#sessions = new DurableSessions(library.sessions, this.#journal, {
      limits: this.#limits,
      refusals: this.#refusals,
      clock: this.#clock,
      brokerId: library.id,
      retained: this.#retained,
      mayKeep: (client, filter) => this.#maySubscribe(this.#liveClient(client), filter),
    });
    await this.#sessions.load();
    library.sessions = this.#sessions;
    this.#library = library;
    this.#every(HOUSEKEEPING_MS, () => {
      this.#connections.forgetIdle();
      return this.#sessions?.expire((client) => this.#liveClient(client) !== undefined);
    });
    this.#every(CHECK_MS, () => this.#connections.check(performance.now()));
    this.#every(RIGHTS_MS, () => this.#rights.look(this.#holders()));
    this.#every(FIGURES_MS, () => this.#publishFigures());
    return await this.#listeners.start();
  }

  /** Closes the doors and every client; sessions and unsent wills stay for the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#sessions?.freeze();
    const closed = this.#listeners.stop();
    const library = this.#library;
    if (library) await new Promise<void>((resolve) => library.close(() => resolve()));
    this.#connections.end();
    await closed;
    this.#journal.close();
  }

  publish(topic: string, payload: string, options: { readonly retain: boolean; readonly qos: 0 | 1 }): Promise<void> {
    const library = this.#library;
    if (!library || this.#stopping) return Promise.reject(new Error('broker-not-running'));
    const packet: PublishPacket = { cmd: 'publish', topic, payload: Buffer.from(payload), dup: false, ...options };
    return new Promise((resolve, reject) => {
      library.publish(packet, (error?: Error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends every connection of a user, after its rights were taken or changed; returns how many there were. */
  revoke(user: string): number {
    return this.#connections.endOf(user);
  }

  stats(): BrokerStats {
    return {
      clients: this.#library?.connectedClients ?? 0,
      connections: this.#admission.connections,
      halfOpen: this.#admission.halfOpen,
      sessions: this.#sessions?.count ?? 0,
      publishes: this.#publishes,
      bytes: this.#bytes,
      readings: this.#door.readings,
      pending: this.#pressure.pending,
      heldBytes: this.#connections.heldBytes,
      refused: this.#refusals.snapshot(),
    };
  }

  #createLibrary(): ReadingBroker {
    const library = new ReadingBroker({
      connectTimeout: this.#limits.connectTimeoutMs * 4,
      drainTimeout: this.#limits.drainTimeoutMs,
      maxInflightInbound: this.#limits.maxInflightInbound,
      maxClientsIdLength: this.#limits.maxClientIdLength,
      maxTopicLevels: this.#limits.maxTopicLevels,
      preConnect: (client, packet, done) => this.#preConnect(client, packet, done),
      authenticate: (client, user, password, done) => {
        this.#authenticate(client, user, password).then(
          () => done(null, true),
          (error: ConnectError) => done(error, false),
        );
      },
      authorizePublish: (client, packet, done) => this.#authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#authorizeSubscribe(client, subscription)),
      authorizeForward: (client, packet) => (this.#peers.get(client)?.rules.receive(packet.topic) ? packet : null),
    });
    library.on('clientReady', (client) => {
      const peer = this.#peers.get(client);
      if (peer) peer.connection.openLane(new DirectReadings(library, client, peer, this.#door));
    });
    library.on('connackSent', (_connack, client) => this.#answers.settled(client.conn as GuardedConnection));
    library.on('clientError', (client, error) => this.#failed(client, error));
    library.on('connectionError', (client, error) => this.#failed(client, error));
    (library as EventEmitter).on('error', (error: Error) => this.#options.log?.error({ error: error.message }, 'mqtt broker'));
    return library;
  }

  /** What the library ended a connection for. What we refused is counted already; the rest is a breach of the protocol. */
  #failed(client: Client, error: Error): void {
    const connection = client.conn as GuardedConnection;
    const isCounted = connection.isCounted || error instanceof PublishRefused;
    if (!isCounted && !ORDINARY_ENDS.has(error.message)) this.#refusals.count('protocol-error');
    connection.isCounted = true;
    this.#options.log?.debug({ client: client.id, error: error.message }, 'mqtt client');
  }

  #every(intervalMs: number, work: () => Promise<void> | undefined | void): void {
    const timer = setInterval(() => {
      work()?.catch((error: Error) => this.#options.log?.error({ error: error.message }, 'mqtt housekeeping'));
    }, intervalMs);
    timer.unref();
    this.#timers.push(timer);
  }

  async #publishFigures(): Promise<void> {
    const { refused, ...figures } = this.stats();
    for (const [name, value] of Object.entries(figures)) {
      await this.publish(`$SYS/broker/${name}`, String(value), { retain: true, qos: 0 });
    }
    await this.publish('$SYS/broker/refused', JSON.stringify(refused), { retain: true, qos: 0 });
  }

  #connectionEvents(): ConnectionEvents {
    return {
      refused: (_connection, reason) => this.#refusals.count(reason),
      held: (connection, delta) => this.#connections.held(connection, delta),
      received: (bytes, publishes) => {
        this.#bytes += bytes;
        this.#publishes += publishes;
      },
      connectSeen: (connection) => {
        const caller = this.#callers.get(connection);
        if (caller) this.#admission.connected(caller);
        this.#answers.asked(connection);
      },
      closed: (connection) => {
        this.#connections.remove(connection);
        this.#answers.settled(connection);
      },
    };
  }

  #knock(socket: Socket, address: string): Caller | undefined {
    const now = performance.now();
    const reason = this.#admission.ask(address, now);
    if (reason !== undefined) {
      this.#refusals.count(reason);
      return undefined;
    }
    const caller = new Caller(socket, address, (refused) => this.#refusals.count(refused));
    this.#admission.enter(caller, now);
    return caller;
  }

  #arrived({ transport, caller, certificateUser }: Arrival): void {
    if (transport.destroyed || this.#stopping || !this.#library) {
      transport.destroy();
      return;
    }
    const peer = { address: caller.address, certificateUser };
    const connection = new GuardedConnection(transport, peer, this.#limits, this.#turn, this.#events);
    caller.arrived(connection);
    this.#callers.set(connection, caller);
    this.#connections.add(connection);
    this.#library.handle(connection);
    connection.open();
  }

  #preConnect(client: Client, packet: ConnectPacket, done: (error: Error | null, accepted: boolean) => void): void {
    this.#intents.set(client, { clientId: packet.clientId, clean: packet.clean === true, willTopic: packet.will?.topic });
    // The connection keeps this time itself; the library is told that there is none to keep.
    (client.conn as GuardedConnection).keepAlive(packet.keepalive ?? 0);
    packet.keepalive = 0;
    done(null, true);
  }

  async #authenticate(client: Client, user: string | undefined, password: Buffer | undefined): Promise<void> {
    const connection = client.conn as GuardedConnection;
    const intent = this.#intents.get(client) as Intent;
    const { address, certificateUser } = connection;
    const isGone = () => connection.destroyed;
    const found = await this.#identification.identify({ ...intent, user, password, certificateUser, address, isGone });
    if (isGone()) throw Object.assign(new Error('connection closed'), { returnCode: 3 });
    const principal = 'reason' in found ? this.#reject(connection, found) : found;
    const holder = await this.#holderOf(client, principal);
    if (!intent.clean) await this.#keepSession(client, principal.user);
    if (isGone()) throw new Error('gone while it was identified');
    const share = this.#connections.identified(connection, principal.user, holder);
    this.#pressure.enter(share);
    this.#peers.set(client, new Peer(principal, connection, share));
  }

  /** The connection that has this client id now. An id is taken over only by the same user. */
  async #holderOf({ id, conn }: Client, { user }: Principal): Promise<GuardedConnection | undefined> {
    const taken: Rejection = { reason: 'client-id-taken', returnCode: 2 };
    const owner = this.#sessions?.owner(id);
    if (owner !== undefined && owner !== user) {
      if (ownsClientId(owner, id)) this.#reject(conn as GuardedConnection, taken);
      // Kept for somebody whose id it is not, by an older rule: that does not shut its owner out.
      await this.#sessions?.drop(id);
    }
    const holder = this.#liveClient(id);
    const peer = holder && this.#peers.get(holder);
    if (holder && peer?.principal.user !== user) this.#reject(conn as GuardedConnection, taken);
    return peer?.connection;
  }

  async #keepSession({ id, conn }: Client, user: string): Promise<void> {
    const isLive = (client: string) => this.#liveClient(client) !== undefined;
    const isKept = await this.#sessions?.keep(id, user, isLive);
    if (isKept === false) this.#reject(conn as GuardedConnection, { reason: 'too-many-sessions', returnCode: 3 });
  }

  #reject(connection: GuardedConnection, { reason, returnCode }: Rejection): never {
    if (!connection.isCounted) this.#refusals.count(reason);
    connection.isCounted = true;
    throw Object.assign(new Error(reason), { returnCode });
  }

  #authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    if (this.#door.isWill(client, packet)) {
      this.#authorizeWill(client, packet, done);
      return;
    }
    const peer = client === null ? undefined : this.#peers.get(client);
    if (peer) this.#door.publish(peer, packet, done);
    else done(new Error('not-identified'));
  }

  #authorizeWill(client: Client | null, will: PublishPacket, done: (error?: Error | null) => void): void {
    if (this.#stopping) {
      done(new Error('broker-stopping'));
      return;
    }
    this.#door.will(client, will, (error) => {
      // The library asks again for a stored will that was refused; it is settled.
      const { clientId } = will as StoredWill;
      if (error && client === null && clientId !== undefined) void this.#sessions?.delWill({ id: clientId });
      done(error);
    });
  }

  #authorizeSubscribe(client: Client, subscription: Subscription): Subscription | null {
    if (!this.#maySubscribe(client, subscription.topic)) {
      this.#refusals.count('subscribe-not-allowed');
      return null;
    }
    if (Object.keys(internalsOf(client).subscriptions).length >= this.#limits.maxSubscriptions) {
      this.#refusals.count('too-many-subscriptions');
      return null;
    }
    return subscription;
  }

  #maySubscribe(client: Client | undefined, filter: string): boolean {
    return client !== undefined && this.#peers.get(client)?.rules.subscribe(filter) === true;
  }

  *#holders(): Iterable<Holder> {
    for (const client of Object.values(this.#clients)) {
      const peer = client && this.#peers.get(client);
      if (peer) yield peer;
    }
  }

  #liveClient(id: string): Client | undefined {
    return this.#clients[id];
  }

  /** Connected clients by id; the library does not show them in its types. */
  get #clients(): Readonly<Record<string, Client | undefined>> {
    return (this.#library as unknown as { clients: Record<string, Client | undefined> } | undefined)?.clients ?? {};
  }
}
