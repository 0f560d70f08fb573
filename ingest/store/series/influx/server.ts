import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { InfluxDB } from 'influx';
import type { Retention } from '../engine.ts';
import { InfluxAway, type Lines, LineWriter, type RefusedLine } from './line-writer.ts';

export interface InfluxServerOptions {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  readonly batchLines: number;
  readonly inFlight: number;
  readonly timeoutMs: number;
}

/** A question of a person that takes longer than this makes us ask whether the server is there at all; so long may that answer take, ms. */
const PATIENCE_MS = 700;
/** So long nobody asks a server again that gave no sign of life; the drain tells when it is back, ms. */
const SILENCE_MS = 5000;

/** Rows of one series of an answer: its tags and its values, times in epoch ms. */
export interface Answer {
  readonly tags: Readonly<Record<string, string>>;
  readonly values: readonly (readonly (number | string | boolean | null)[])[];
}

type Parameters = Readonly<Record<string, string | number>>;

interface RawAnswer {
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly { readonly tags?: Record<string, string>; readonly values?: Answer['values'] }[];
  }[];
}

/** One InfluxDB 1.x server: set-up and queries through the client package, writes through our own line writer. */
export class InfluxServer {
  readonly #options: InfluxServerOptions;
  readonly #client: InfluxDB;
  readonly #writer: LineWriter;
  /** False from the first failure until `connect` succeeds again. */
  up = false;
  #silentUntil = Number.NEGATIVE_INFINITY;

  constructor(options: InfluxServerOptions) {
    this.#options = options;
    const { url, database, username, password, timeoutMs } = options;
    const { protocol, hostname, port, pathname } = new URL(url);
    this.#client = new InfluxDB({
      protocol: protocol === 'https:' ? 'https' : 'http',
      host: hostname,
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      path: pathname === '/' ? '' : pathname,
      database,
      ...(username === undefined ? {} : { username, password: password ?? '' }),
      // Retries are the drain's business; waiting twice would only hide an outage.
      pool: { maxRetries: 0, requestTimeout: timeoutMs },
    });
    this.#writer = new LineWriter(options);
  }

  /** Whether a person's question is worth asking. A server that is slow, yet answers the drain, may not be prompt. */
  get prompt(): boolean {
    return this.up && performance.now() >= this.#silentUntil;
  }

  /** Makes sure of database and retention policies. */
  async connect(retention: Retention): Promise<void> {
    const { database } = this.#options;
    await this.#patiently(() => this.#client.createDatabase(database));
    const existing = await this.#patiently(() => this.#client.showRetentionPolicies(database));
    const wanted = [
      { name: 'raw', duration: hours(retention.rawMs), isDefault: true },
      { name: 'hour', duration: hours(retention.hourMs), isDefault: false },
      { name: 'day', duration: 'INF', isDefault: false },
    ];
    for (const { name, duration, isDefault } of wanted) {
      const settings = { database, duration, replication: 1, isDefault };
      const exists = existing.some((policy) => policy.name === name);
      await this.#patiently(() =>
        exists ? this.#client.alterRetentionPolicy(name, settings) : this.#client.createRetentionPolicy(name, settings),
      );
    }
    this.up = true;
  }

  /**
   * The drain's own question, which has time. Runs InfluxQL whose names and values come as bound parameters `$name`; never put
   * them into the text.
   */
  async query(text: string, parameters: Parameters = {}): Promise<readonly (readonly Answer[])[]> {
    const raw = await this.#patiently(() => this.#asked(text, parameters));
    try {
      return answersOf(raw);
    } catch (error) {
      // Somebody dropped the database, perhaps: `connect` sees to it.
      this.up = false;
      throw error;
    }
  }

  /** The same for a person who waits: gives up where the server gives no sign of life. */
  async ask(text: string, parameters: Parameters = {}): Promise<readonly (readonly Answer[])[]> {
    return answersOf(await this.#patiently(() => this.#watched(this.#asked(text, parameters))));
  }

  #asked(text: string, parameters: Parameters): Promise<unknown> {
    return this.#client.queryRaw(text, { precision: 'ms', method: 'POST', placeholders: { ...parameters } });
  }

  /** Gives the refused lines once all others are stored. */
  async write(policy: 'raw' | 'hour' | 'day', lines: Lines): Promise<RefusedLine[]> {
    return this.#guard(() => this.#writer.write(policy, lines));
  }

  close(): void {
    this.#writer.close();
  }

  /** A slow answer is waited for; a server that does not even say that it is there is asked no more for a while. */
  async #watched<T>(answer: Promise<T>): Promise<T> {
    let isOver = false;
    const over = answer.finally(() => {
      isOver = true;
    });
    const silence = async (): Promise<never> => {
      for (;;) {
        await sleep(PATIENCE_MS);
        // The race is decided; nobody hears this any more.
        if (isOver) return new Promise<never>(() => undefined);
        const hosts = await this.#client.ping(PATIENCE_MS);
        if (isOver || hosts.some(({ online }) => online)) continue;
        this.#silentUntil = performance.now() + SILENCE_MS;
        throw new Silent();
      }
    };
    return Promise.race([over, silence()]);
  }

  /** One request within its time: the client package waits for ever where a server stops in the middle of an answer. */
  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return this.#guard(async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new InfluxAway('InfluxDB: no answer in time')), this.#options.timeoutMs);
      });
      try {
        return await Promise.race([work(), late]);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // A person's impatience says nothing about the drain, which may well be served.
      if (error instanceof Silent) throw error;
      this.up = false;
      throw error instanceof InfluxAway ? error : new InfluxAway(`InfluxDB: ${(error as Error).message}`);
    }
  }
}

/** InfluxDB answered a question with an error. */
export class InfluxRefusal extends Error {}

/** No sign of life while a person waited. */
class Silent extends InfluxAway {
  constructor() {
    super('InfluxDB: no sign of life');
  }
}

function answersOf(raw: unknown): readonly (readonly Answer[])[] {
  return ((raw as RawAnswer).results ?? []).map(({ error, series = [] }) => {
    if (error !== undefined) throw new InfluxRefusal(`InfluxDB query: ${error}`);
    return series.map(({ tags = {}, values = [] }) => ({ tags, values }));
  });
}

/** InfluxDB keeps whole shards; less than an hour is refused. */
function hours(ms: number): string {
  return ms >= 1000 * 366 * DAY_MS ? 'INF' : `${Math.max(1, Math.ceil(ms / HOUR_MS))}h`;
}
