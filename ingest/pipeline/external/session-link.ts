import { connect, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import { BackOff, type BackOffOptions } from './back-off.ts';

export interface BrokerAccount {
  /** mqtt://, mqtts://, ws:// or wss://. */
  readonly url: string;
  /** The name of the session; the same at every start. */
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM of the authority that signed the broker's certificate; without it those of the system. */
  readonly ca?: Buffer;
}

export interface SessionLinkEvents {
  message(packet: IPublishPacket, client: MqttClient, next: (error?: Error) => void): void;
  /** Connected; messages of the session may have come before. */
  opened(client: MqttClient): void;
  /** Subscribed. `hadSession`: the broker knew our session and held what came meanwhile. */
  subscribed(hadSession: boolean): void;
  closed(): void;
}

export interface SessionLinkOptions {
  readonly account: BrokerAccount;
  /** Topic filters by the QoS they are subscribed with. */
  readonly filters: { readonly atLeastOnce: readonly string[]; readonly atMostOnce: readonly string[] };
  readonly events: SessionLinkEvents;
  readonly backOff?: Partial<BackOffOptions>;
}

const BACK_OFF: BackOffOptions = { firstMs: 250, lastMs: 30_000 };
const CONNECT_WITHIN_MS = 10_000;
const KEEPALIVE_SECONDS = 30;
const END_WITHIN_MS = 1000;
/** A connection that lasts so long ends the back-off; two processes of one client id would else throw each other out without a pause. */
const STEADY_MS = 10_000;
const FILTERS_AT_ONCE = 100;
const REFUSED = 0x80;
const ASK_AGAIN_MS = 60_000;

function wordsOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}

/** One persistent session on a broker of somebody else's: connects for as long as it takes and subscribes anew each time. */
export class SessionLink {
  readonly #options: SessionLinkOptions;
  readonly #backOff: BackOff;
  #client: MqttClient | undefined;
  #isSubscribed = false;
  #error: string | undefined = 'not connected yet';
  #refused: readonly string[] = [];
  #steady: NodeJS.Timeout | undefined;
  #askAgain: NodeJS.Timeout | undefined;
  #settled: (() => void) | undefined;

  constructor(options: SessionLinkOptions) {
    this.#options = options;
    this.#backOff = new BackOff({ ...BACK_OFF, ...options.backOff });
  }

  /** Why nothing comes from the broker; undefined while it is subscribed. */
  get error(): string | undefined {
    return this.#isSubscribed ? undefined : (this.#error ?? 'not subscribed yet');
  }

  /** Filters that the broker does not let this account have. */
  get refusedFilters(): readonly string[] {
    return this.#refused;
  }

  /** Resolves when subscribed, or when the first attempt failed, or after `withinMs`; it goes on trying by itself. */
  async start(withinMs: number): Promise<void> {
    const { account, events } = this.#options;
    const { url, ca, ...who } = account;
    const client = connect(url, {
      ...who,
      ...(ca === undefined ? {} : { ca, wsOptions: { ca } }),
      protocolVersion: 4,
      clean: false,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_WITHIN_MS,
      resubscribe: false,
      queueQoSZero: false,
      reconnectOnConnackError: true,
      reconnectPeriod: this.#backOff.next(),
    });
    this.#client = client;
    client.handleMessage = (packet, next) => events.message(packet, client, next);
    client.on('connect', (packet) => this.#opened(client, packet));
    client.on('reconnect', () => {
      // The library waits equally long each time; it reads this when the attempt has failed.
      client.options.reconnectPeriod = this.#backOff.next();
    });
    client.on('error', (error) => {
      this.#error = wordsOf(error);
    });
    client.on('close', () => this.#closed());
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, withinMs);
      this.#settled = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** Leaves; the broker keeps the session and what comes for it. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    clearTimeout(this.#steady);
    clearTimeout(this.#askAgain);
    this.#settled?.();
    if (client === undefined) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        client.stream.destroy();
        resolve();
      }, END_WITHIN_MS);
      client.end(!client.connected, {}, () => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** Ends the connection and comes back: the broker then repeats what has no PUBACK. */
  drop(): void {
    this.#client?.stream.destroy();
  }

  #opened(client: MqttClient, { sessionPresent }: IConnackPacket): void {
    this.#error = undefined;
    this.#steady = setTimeout(() => {
      this.#backOff.reset();
      client.options.reconnectPeriod = this.#backOff.next();
    }, STEADY_MS);
    this.#options.events.opened(client);
    void this.#subscribe(client, sessionPresent);
  }

  #closed(): void {
    clearTimeout(this.#steady);
    clearTimeout(this.#askAgain);
    this.#isSubscribed = false;
    this.#error ??= 'the connection was closed';
    this.#options.events.closed();
    this.#settled?.();
  }

  async #subscribe(client: MqttClient, hadSession: boolean): Promise<void> {
    const { stream } = client;
    const { atLeastOnce, atMostOnce } = this.#options.filters;
    const batches = [...inBatches(atLeastOnce, 1), ...inBatches(atMostOnce, 0)];
    const refused = (await Promise.all(batches.map((batch) => refusedOf(client, batch)))).flat();
    // The connection may have ended, and another begun, meanwhile.
    if (client !== this.#client || client.stream !== stream || stream.destroyed) return;
    this.#refused = refused;
    if (refused.length > 0) this.#askAgain = setTimeout(() => void this.#subscribe(client, true), ASK_AGAIN_MS);
    this.#isSubscribed = true;
    this.#options.events.subscribed(hadSession);
    this.#settled?.();
  }
}

interface Batch {
  readonly filters: string[];
  readonly qos: 0 | 1;
}

function inBatches(filters: readonly string[], qos: 0 | 1): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < filters.length; at += FILTERS_AT_ONCE)
    batches.push({ filters: filters.slice(at, at + FILTERS_AT_ONCE), qos });
  return batches;
}

/** Subscribes and gives the filters that were refused; none where the connection ended before the answer. */
function refusedOf(client: MqttClient, { filters, qos }: Batch): Promise<string[]> {
  return new Promise((resolve) => {
    client.subscribe(filters, { qos }, (error) => {
      const granted = (error as { packet?: { granted?: readonly number[] } } | null)?.packet?.granted ?? [];
      resolve(filters.filter((_, index) => ((granted[index] ?? 0) & REFUSED) !== 0));
    });
  });
}
