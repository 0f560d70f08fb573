import { READINGS_PREFIX } from '@clearbay/contract/topics.ts';
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes';
import { watchesReadings } from './access/topic-rules.ts';
import type { SessionStore } from './sessions/session-store.ts';

type Done = (error?: Error) => void;
type Deliver = Parameters<Aedes['subscribe']>[1];

/** The parts of the library's client that its types leave out. */
export interface ClientInternals {
  readonly will: PublishPacket | null;
  readonly subscriptions: Readonly<Record<string, unknown>>;
  duplicates: Record<string, number>;
}

export function internalsOf(client: Client): ClientInternals {
  return client as unknown as ClientInternals;
}

const REMEMBERED = 512;

/**
 * Answers every look-up of the library's duplicate filter with "not seen". That filter keeps only the highest number, so a
 * message that a later one overtook (a queue on disk, mixed QoS, a will) counts as seen and is lost, acknowledged or not.
 */
const NOTHING_SEEN: Record<string, number> = new Proxy({}, { get: () => undefined, set: () => true });

/** Message numbers that one client was given lately: what the filter is for, one copy where subscriptions overlap. */
class LatelySeen {
  readonly #ring = new Float64Array(REMEMBERED);
  readonly #seen = new Set<number>();
  #at = 0;

  /** True the first time. */
  add(counter: number): boolean {
    if (this.#seen.has(counter)) return false;
    this.#seen.delete(this.#ring[this.#at] as number);
    this.#ring[this.#at] = counter;
    this.#at = (this.#at + 1) % REMEMBERED;
    this.#seen.add(counter);
    return true;
  }
}

/**
 * The MQTT library with two repairs. Readings are taken at the gate and go no further unless somebody watches them: routing
 * every one to nobody cost a third of the broker's time. And the duplicate filter is replaced by one that loses nothing.
 */
export class ReadingBroker extends Aedes {
  #watchers = 0;
  #seen = new WeakMap<Client, LatelySeen>();

  constructor(options: AedesOptions) {
    super(options);
    const authorizeForward = this.authorizeForward;
    this.authorizeForward = (client, packet) => (this.#isRepeat(client, packet) ? null : authorizeForward(client, packet));
    const handle = this.handle;
    this.handle = (connection, request) => {
      const client = handle(connection, request);
      internalsOf(client).duplicates = NOTHING_SEEN;
      return client;
    };
  }

  /** Where the library keeps sessions; there once `listen` has resolved. */
  get sessions(): SessionStore {
    return (this as unknown as { persistence: SessionStore }).persistence;
  }

  set sessions(store: SessionStore) {
    (this as unknown as { persistence: SessionStore }).persistence = store;
  }

  /** Whether anybody, here or away with a session kept, may want readings. */
  get hasWatchers(): boolean {
    return this.#watchers > 0 || this.sessions.keepsReadings === true;
  }

  /** A copy through a second, overlapping subscription. Queued messages of a session are never held back: they are not lost then. */
  #isRepeat(client: Client, packet: AedesPublishPacket): boolean {
    if (!client.clean || !packet.brokerCounter || Object.keys(internalsOf(client).subscriptions).length < 2) return false;
    let seen = this.#seen.get(client);
    if (!seen) {
      seen = new LatelySeen();
      this.#seen.set(client, seen);
    }
    return !seen.add(packet.brokerCounter);
  }

  override publish(packet: PublishPacket, client: Client | null | Done, done?: Done): void {
    if (!this.hasWatchers && packet.topic.startsWith(READINGS_PREFIX)) {
      const finished = typeof client === 'function' ? client : done;
      finished?.();
      return;
    }
    (super.publish as (packet: PublishPacket, client: Client | null | Done, done?: Done) => void)(packet, client, done);
  }

  override subscribe(topic: string, deliver: Deliver, done: () => void): void {
    if (watchesReadings(topic)) this.#watchers += 1;
    super.subscribe(topic, deliver, done);
  }

  override unsubscribe(topic: string, deliver: Deliver, done: () => void): void {
    if (watchesReadings(topic)) this.#watchers -= 1;
    super.unsubscribe(topic, deliver, done);
  }
}
