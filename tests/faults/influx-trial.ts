import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OverviewView, SeriesView, StatusView } from '@clearbay/contract/api.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { expect } from 'vitest';
import { Influxd } from '../harness/influxd.ts';
import { countsOf, type Figures, print, StoredBook } from './book.ts';
import { crowding } from './crowding.ts';
import { stationOf } from './district.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const RATE = 1000;
/** What was missed is drained within twice the time that it was missed for; a short one also costs a reconnection. */
const SHORTEST_BOUND_MS = 30_000;

interface Trouble {
  readonly name: string;
  readonly begin: () => unknown;
  readonly end: () => unknown;
  readonly forMs: number;
  /** What health says at its end. */
  readonly state: 'ok' | 'degraded';
}

/** The whole system on a real InfluxDB, under load, while something befalls that InfluxDB. */
export class InfluxTrial {
  readonly server: Influxd;
  readonly system: MortalSystem;
  readonly load: Load;
  readonly #folder: string;
  readonly #book: StoredBook;

  private constructor(folder: string, server: Influxd, system: MortalSystem, load: Load) {
    this.#folder = folder;
    this.server = server;
    this.system = system;
    this.load = load;
    this.#book = new StoredBook(system.installation.data);
  }

  /** `urlOf` gives the address under which the system knows the server. */
  static async begin(urlOf: (server: Influxd) => Promise<string>): Promise<InfluxTrial> {
    const folder = await mkdtemp(join(tmpdir(), 'clearbay-influx-'));
    const server = new Influxd(folder);
    await server.start();
    const installation = await install(folder, { air: 6 }, { series: { influxUrl: await urlOf(server) } });
    const system = new MortalSystem(installation);
    await system.start();
    // Readings of now, each of its own millisecond: what the console asks for is the window that is still arriving.
    const from = Date.now() - HOUR_MS;
    const load = new Load(
      installation.devices.map((device) => new Sender({ device, from })),
      RATE,
    );
    load.start(system.mqttPort);
    await sleep(2000);
    return new InfluxTrial(folder, server, system, load);
  }

  async end(): Promise<void> {
    await this.load.halt();
    await this.system.kill();
    this.server.thaw();
    await this.server.kill();
    await removeFolder(this.#folder);
  }

  /** What the console is told of the recent window while InfluxDB is away. */
  async #askConsole(sender: Sender) {
    const started = performance.now();
    const { stations } = await this.system.api<OverviewView>('/overview');
    const newest = [...sender.acknowledged].at(-1) as number;
    const span = `from=${newest - 1000}&to=${newest + 1}`;
    const path = `/stations/${stationOf(sender.device)}/series?metric=pm25&resolution=raw&${span}`;
    const { points } = await this.system.api<SeriesView>(path);
    expect(stations).toHaveLength(6);
    return { ms: Math.round(performance.now() - started), newestTold: points.at(-1)?.[0] === newest };
  }

  async during({ name, begin, end, forMs, state }: Trouble): Promise<void> {
    const { system, load } = this;
    const before = load.acknowledged;
    await begin();
    const began = performance.now();
    let worstAnswerMs = 0;
    let asked = 0;
    let told = 0;
    let lag = 0;
    while (performance.now() - began < forMs) {
      const answer = await this.#askConsole(load.senders[asked % load.senders.length] as Sender);
      asked += 1;
      if (answer.newestTold) told += 1;
      worstAnswerMs = Math.max(worstAnswerMs, answer.ms);
      const status = await system.status();
      lag = Math.max(lag, status.ledger.lastSeq - status.series.cursor);
      await sleep(500);
    }
    const health = await system.health();
    const acknowledged = load.acknowledged - before;
    const boundMs = Math.max(2 * forMs, SHORTEST_BOUND_MS) * crowding();
    await end();
    const back = performance.now();
    let status = await system.status();
    while (status.series.state !== 'up' || status.ledger.lastSeq - status.series.cursor > 5 * RATE) {
      expect(performance.now() - back, JSON.stringify(status)).toBeLessThan(boundMs);
      await sleep(200);
      status = await system.status();
    }
    print(`F2 ${name}`, {
      'trouble ms': forMs,
      acknowledged,
      'largest lag': lag,
      'console asked': asked,
      'newest told': told,
      'slowest answer ms': worstAnswerMs,
      'caught up after ms': Math.round(performance.now() - back),
      'bound ms': Math.round(boundMs),
    });
    // The load is paced; a broker that held back would fall short of it.
    expect(acknowledged).toBeGreaterThan((RATE * forMs) / 1000 / 2);
    expect(health).toMatchObject({ state, ready: true });
    if (state === 'degraded') expect(health.reasons.join()).toMatch(/series store/);
    expect(told).toBe(asked);
  }

  /** Ends the load and holds what is stored and told against what was acknowledged. `unwritten` of a device InfluxDB refused. */
  async settle(
    name: string,
    unwritten: ReadonlyMap<string, number> = new Map(),
  ): Promise<Figures & { readonly status: StatusView }> {
    await this.load.finish(30_000);
    const status = await this.system.drained(90_000);
    this.#book.look();
    const figures = this.#book.figures(this.load.senders);
    let told = 0;
    for (const sender of this.load.senders) {
      const { raw, hours } = await countsOf(this.system, sender);
      const expected = sender.offered.length - (unwritten.get(sender.device) ?? 0);
      expect({ device: sender.device, raw, hours }).toEqual({ device: sender.device, raw: expected, hours: expected });
      told += raw;
    }
    print(name, { ...figures, 'told by the API': told, 'set aside': status.series.setAside });
    expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered, acknowledged: figures.offered });
    return { ...figures, status };
  }
}
