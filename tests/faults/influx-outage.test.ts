import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OverviewView, SeriesView } from '@clearbay/contract/api.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithInfluxd, Influxd } from '../harness/influxd.ts';
import { countsOf, print, StoredBook } from './book.ts';
import { stationOf } from './district.ts';
import { type Installation, install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const OUTAGE_MS = Number(process.env.FAULT_OUTAGE_SECONDS ?? 60) * 1000;
const RATE = 1000;

describeWithInfluxd('F2: InfluxDB in trouble under load', () => {
  describe('F2: InfluxDB in trouble under load', () => {
    let folder: string;
    let server: Influxd;
    let installation: Installation;
    let system: MortalSystem;
    let load: Load;
    let book: StoredBook;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'clearbay-influx-'));
      server = new Influxd(folder);
      await server.start();
      installation = await install(folder, { air: 6 }, { series: { influxUrl: server.url } });
      system = new MortalSystem(installation);
      await system.start();
      book = new StoredBook(installation.data);
      // Readings of now, each of its own millisecond: what the console asks for is the window that is still arriving.
      const from = Date.now() - HOUR_MS;
      load = new Load(
        installation.devices.map((device) => new Sender({ device, from })),
        RATE,
      );
      load.start(system.mqttPort);
      await sleep(2000);
    });
    afterAll(async () => {
      await load.halt();
      await system.kill();
      server.thaw();
      await server.kill();
      await removeFolder(folder);
    });

    /** What the console is told of the recent window while InfluxDB is away. */
    async function askConsole(sender: Sender) {
      const started = performance.now();
      const { stations } = await system.api<OverviewView>('/overview');
      const newest = [...sender.acknowledged].at(-1) as number;
      const span = `from=${newest - 1000}&to=${newest + 1}`;
      const path = `/stations/${stationOf(sender.device)}/series?metric=pm25&resolution=raw&${span}`;
      const { points } = await system.api<SeriesView>(path);
      expect(stations).toHaveLength(6);
      return { ms: Math.round(performance.now() - started), newestTold: points.at(-1)?.[0] === newest };
    }

    async function during(name: string, begin: () => unknown, end: () => unknown, outageMs: number) {
      const before = load.acknowledged;
      await begin();
      const began = performance.now();
      let worstAnswerMs = 0;
      let asked = 0;
      let told = 0;
      let lag = 0;
      while (performance.now() - began < outageMs) {
        const answer = await askConsole(load.senders[asked % load.senders.length] as Sender);
        asked += 1;
        if (answer.newestTold) told += 1;
        worstAnswerMs = Math.max(worstAnswerMs, answer.ms);
        const status = await system.status();
        lag = Math.max(lag, status.ledger.lastSeq - status.series.cursor);
        await sleep(500);
      }
      const { state, ready, reasons } = await system.health();
      const acknowledged = load.acknowledged - before;
      await end();
      const back = performance.now();
      let status = await system.status();
      while (status.series.state !== 'up' || status.ledger.lastSeq - status.series.cursor > 5 * RATE) {
        expect(performance.now() - back, JSON.stringify(status)).toBeLessThan(2 * outageMs + 30_000);
        await sleep(200);
        status = await system.status();
      }
      const drainedMs = Math.round(performance.now() - back);
      print(`F2 ${name}`, {
        'outage ms': outageMs,
        acknowledged,
        'largest lag': lag,
        'console asked': asked,
        'newest told': told,
        'slowest answer ms': worstAnswerMs,
        'caught up after ms': drainedMs,
      });
      // The load is paced; a broker that held back would fall short of it.
      expect(acknowledged).toBeGreaterThan((RATE * outageMs) / 1000 / 2);
      expect({ state, ready }).toEqual({ state: 'degraded', ready: true });
      expect(reasons.join()).toMatch(/series store/);
      expect(told).toBe(asked);
    }

    test('stopped and started again: acknowledging and answering go on', { timeout: 300_000 }, async () => {
      await during(
        'stopped',
        () => server.kill(),
        () => server.start(),
        8000,
      );
    });

    test('frozen: acknowledging and answering go on', { timeout: 300_000 }, async () => {
      await during(
        'SIGSTOP',
        () => server.freeze(),
        () => server.thaw(),
        OUTAGE_MS,
      );
    });

    test('killed and its data directory emptied: it is filled again from the ledger', { timeout: 300_000 }, async () => {
      const lose = async () => {
        await server.kill();
        await server.empty();
      };
      await during('killed and emptied', lose, () => server.start(), 5000);
    });

    test('in the end every acknowledged reading is in the ledger and told by the API exactly once', {
      timeout: 300_000,
    }, async () => {
      await load.finish(30_000);
      await system.drained(90_000);
      book.look();
      const figures = book.figures(load.senders);
      let told = 0;
      for (const sender of load.senders) {
        const { raw, hours } = await countsOf(system, sender);
        expect({ raw, hours }).toEqual({ raw: sender.offered.length, hours: sender.offered.length });
        told += raw;
      }
      print('F2 InfluxDB', { ...figures, 'told by the API': told });
      expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered, acknowledged: figures.offered });
    });
  });
});
