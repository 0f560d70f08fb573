import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { loadConfig } from '@clearbay/config/load.ts';
import type { Station } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeWithInfluxd, Influxd } from '../harness/influxd.ts';
import { messages } from './anything.ts';
import { countsOf, print, StoredBook } from './book.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const RUNS = 150;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
/** InfluxDB judges what is too old by the real clock. */
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const { district } = loadConfig(undefined, {}, {});

let folder: string;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-poison-'));
  ends.push(() => removeFolder(folder));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Open = (ledgerFile: string) => Promise<SeriesStore>;

/** All that devices may say goes through the receiver into the ledger, and from there into the series store. */
async function search(name: string, openSeries: Open): Promise<void> {
  const clock = { now: () => NOW };
  const file = join(folder, 'ledger.sqlite');
  const ledger = new SqliteLedger({ file, retentionMs: 30 * DAY_MS, maxBytes: 1e9, clock });
  await ledger.start();
  ends.push(() => ledger.stop());
  const registry = districtRegistry(district, [...KINDS.values()]);
  const receiver = new Receiver({ ledger, registry, onCommitted: () => undefined });
  const stations = [...KINDS.keys()].map((kind) => district.stations.find((station) => station.kind === kind) as Station);
  let offered = 0;
  let acknowledged = 0;
  for (const station of stations) {
    const device = district.devices.find((each) => each.station === station.id)?.id ?? '';
    for (const payload of fc.sample(messages(station, NOW), { numRuns: RUNS, seed: SEED })) {
      offered += payload.length;
      const incoming = { kind: station.kind, station: station.id, device, receivedAt: NOW };
      const isAcknowledged = await new Promise<boolean>((resolve) =>
        receiver.take({ ...incoming, payload: Buffer.from(JSON.stringify(payload)) }, resolve),
      );
      if (isAcknowledged) acknowledged += payload.length;
    }
  }
  const series = await openSeries(file);
  ends.push(() => series.stop());
  await series.drained();
  let stored = 0;
  let told = 0;
  for (const { id } of stations) {
    stored += (await ledger.readings(id, NOW - 30 * DAY_MS, NOW + 30 * DAY_MS)).length;
    told += (await series.readings(id, NOW - 30 * DAY_MS, NOW + 30 * DAY_MS)).length;
  }
  const { counters, refusals } = receiver;
  const refused = Object.values(refusals.counts()).reduce((sum, count) => sum + count, 0);
  const { duplicates, conflicts, replaced } = counters;
  const known = duplicates + conflicts + replaced;
  print(`F11 search ${name}`, {
    offered,
    acknowledged,
    stored,
    lost: offered - refused - known - stored,
    doubled: told - stored,
    'in the series store': told,
    refused,
    duplicates,
    conflicts,
    replaced,
    'set aside': series.status().setAside,
  });
  expect(acknowledged).toBe(offered);
  expect(stored).toBe(offered - refused - known);
  expect(stored).toBeGreaterThan(RUNS * stations.length);
  expect(told).toBe(stored);
  expect(series.status()).toMatchObject({ state: 'up', lag: 0, setAside: 0 });
}

/** Two rows of the ledger become such that no engine can take them. */
function poison(ledgerFile: string, devices: readonly string[]): void {
  const database = new DatabaseSync(ledgerFile);
  for (const device of devices) {
    const { seq } = database
      .prepare('SELECT seq FROM entry WHERE source = (SELECT id FROM source WHERE device = ?) ORDER BY seq LIMIT 1 OFFSET 20')
      .get(device) as { seq: number };
    // The metric's number, after the head of the body: one that the ledger has no name for.
    const { body } = database.prepare('SELECT body FROM entry WHERE seq = ?').get(seq) as { body: Uint8Array };
    new DataView(body.buffer, body.byteOffset).setUint16(14, 60_000, true);
    database.prepare('UPDATE entry SET body = ? WHERE seq = ?').run(body, seq);
  }
  database.close();
}

async function poisonTheDrain(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  forget: (data: string) => Promise<void>,
) {
  const installation = await install(folder, { air: 4 }, settings);
  const system = new MortalSystem(installation);
  ends.push(() => system.kill());
  await system.start();
  const from = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - HOUR_MS;
  const load = new Load(
    installation.devices.map((device) => new Sender({ device, from, stepMs: 100 })),
    400,
  );
  ends.push(() => load.halt());
  load.start(system.mqttPort);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await load.finish(30_000);
  await system.stop();
  const poisoned = installation.devices.slice(0, 2);
  poison(join(installation.data, 'ledger.sqlite'), poisoned);
  await forget(installation.data);

  await system.start();
  const status = await system.drained(60_000);
  const { reasons, ready } = await system.health();
  let told = 0;
  for (const sender of load.senders) {
    const { raw } = await countsOf(system, sender);
    const expected = sender.offered.length - (poisoned.includes(sender.device) ? 1 : 0);
    expect({ device: sender.device, raw }).toEqual({ device: sender.device, raw: expected });
    told += raw;
  }
  await system.stop();
  const book = new StoredBook(installation.data);
  book.look();
  const figures = book.figures(load.senders);
  print(`F11 poison ${name}`, {
    ...figures,
    poisonous: poisoned.length,
    'set aside': status.series.setAside,
    'told by the API': told,
  });
  expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered, acknowledged: figures.offered });
  expect(status.series).toMatchObject({ state: 'up', lag: 0, setAside: poisoned.length });
  expect(ready).toBe(true);
  const named = reasons.filter((reason) => reason.includes('set aside'));
  expect(named).toHaveLength(poisoned.length);
  for (const device of poisoned) expect(named.join()).toMatch(new RegExp(`${device} .*unknown metric`));
}

describe('F11: poison for the stores', () => {
  test('nothing that is taken brings down the ledger or DuckDB', { timeout: 120_000 }, () =>
    search('DuckDB', async (ledgerFile) => {
      const series = new DuckdbSeries({ file: join(folder, 'series.duckdb'), ledgerFile, clock: { now: () => NOW } });
      await series.start();
      return series;
    }),
  );

  test('rows that DuckDB cannot take are set aside with their reasons, and their neighbours are told', { timeout: 120_000 }, () =>
    poisonTheDrain('DuckDB', {}, async (data) => {
      for (const file of ['series.duckdb', 'series.duckdb.wal']) await removeFolder(join(data, file));
    }),
  );

  describeWithInfluxd('F11: poison for InfluxDB', () => {
    let server: Influxd;
    beforeEach(async () => {
      server = new Influxd(folder);
      await server.start();
      ends.push(() => server.kill());
    });

    test('nothing that is taken brings down the ledger or InfluxDB', { timeout: 120_000 }, () =>
      search('InfluxDB', async (ledgerFile) => {
        const stateFile = join(folder, 'drain.sqlite');
        const series = new InfluxSeries({
          url: server.url,
          database: 'poison',
          ledgerFile,
          stateFile,
          clock: { now: () => NOW },
        });
        await series.start();
        return series;
      }),
    );

    test(
      'rows that InfluxDB cannot take are set aside with their reasons, and their neighbours are told',
      { timeout: 120_000 },
      () =>
        poisonTheDrain('InfluxDB', { series: { influxUrl: server.url } }, async () => {
          await server.kill();
          await server.empty();
          await server.start();
        }),
    );
  });
});
