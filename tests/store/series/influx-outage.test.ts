import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { InfluxSeries } from '@clearbay/store/series/influx/influx-series.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reading, T0 } from '../../contract/ledger-reading.ts';
import { expectedRollups } from '../../contract/series-model.ts';
import { describeWithInfluxd, Influxd } from '../../harness/influxd.ts';
import { slowed } from '../../harness/slow-proxy.ts';

describeWithInfluxd('InfluxDB in trouble', () => {
  let folder: string;
  let server: Influxd;
  let ledger: SqliteLedger;
  let series: InfluxSeries;
  const clock = { now: () => T0 + 2 * DAY_MS };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'influx-outage-'));
    server = new Influxd(folder);
    await server.start();
    ledger = new SqliteLedger({ file: join(folder, 'ledger.db'), retentionMs: 7 * DAY_MS, maxBytes: 1e9, clock });
    await ledger.start();
    series = open();
    await series.start();
  });
  afterEach(async () => {
    await series.stop();
    await ledger.stop();
    server.thaw();
    await server.kill();
    await rm(folder, { recursive: true });
  });

  const open = (more: { readonly url?: string; readonly timeoutMs?: number } = {}) =>
    new InfluxSeries({
      url: server.url,
      database: 'clearbay',
      ledgerFile: join(folder, 'ledger.db'),
      stateFile: join(folder, 'drain.db'),
      restMs: 10,
      timeoutMs: 500,
      clock,
      ...more,
    });
  const minutes = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => reading({ at: T0 + (from + index) * MINUTE_MS, values: { pm25: from + index } }));
  const until = async (condition: () => boolean, what: string) => {
    for (let left = 600; left > 0; left--) {
      if (condition()) return;
      await sleep(20);
    }
    throw new Error(`waited in vain until ${what}`);
  };
  const down = () => {
    series.wake();
    return series.status().state === 'down';
  };
  const recent = async () => ({
    readings: await series.readings('air-1', T0, T0 + DAY_MS),
    raw: (await series.series({ station: 'air-1', metric: 'pm25', from: T0, to: T0 + DAY_MS })).points,
    latest: await series.latest(),
  });
  const hours = () => series.rollups({ level: 'hour', stations: ['air-1'], from: T0, to: T0 + DAY_MS });
  const expectDrained = async (count: number) => {
    await series.drained();
    expect(series.status()).toMatchObject({ state: 'up', lag: 0, cursor: count });
  };
  const expectAll = async (count: number) => {
    await series.drained();
    expect(series.status()).toMatchObject({ state: 'up', lag: 0 });
    expect(await series.readings('air-1', T0, T0 + DAY_MS)).toEqual(minutes(count));
    expect((await hours()).map((row) => ({ ...row, revision: 0 }))).toEqual(expectedRollups('hour', minutes(count)));
  };

  test('a killed server loses nothing, and recent data are answered from the ledger meanwhile', { timeout: 60_000 }, async () => {
    await ledger.append(minutes(100));
    await series.drained();
    const before = await recent();
    const figures = await hours();
    await server.kill();
    await ledger.append(minutes(50, 100));
    await until(down, 'the outage was noticed');
    expect(series.status().error).toMatch(/InfluxDB/);
    const during = await recent();
    expect(during.readings).toEqual(minutes(150));
    expect(during.raw.slice(0, 100)).toEqual(before.raw);
    expect(await hours()).toEqual(figures);
    await server.start();
    await expectAll(150);
  });

  test('a start while the server is away succeeds and catches up', { timeout: 60_000 }, async () => {
    await series.stop();
    await server.kill();
    await ledger.append(minutes(70));
    series = open();
    await series.start();
    await until(down, 'the outage was noticed');
    expect((await recent()).readings).toEqual(minutes(70));
    await server.start();
    await expectAll(70);
  });

  test('a frozen server counts as away and is served on when it wakes', { timeout: 60_000 }, async () => {
    await ledger.append(minutes(30));
    await series.drained();
    server.freeze();
    await ledger.append(minutes(30, 30));
    await until(down, 'the outage was noticed');
    expect((await recent()).readings).toEqual(minutes(60));
    server.thaw();
    await expectAll(60);
  });

  test('an emptied server is filled again from all that the ledger holds', { timeout: 60_000 }, async () => {
    await ledger.append(minutes(120));
    await series.drained();
    await server.kill();
    await server.empty();
    await server.start();
    await ledger.append(minutes(10, 120));
    await until(() => {
      series.wake();
      return series.status().cursor >= 130;
    }, 'the ledger was drained again');
    await expectAll(130);
  });

  test('a server that takes a second for each answer is drained, and nobody waits for it', { timeout: 60_000 }, async () => {
    await series.stop();
    const slow = await slowed(server.url, 500);
    series = open({ url: slow.url, timeoutMs: 2500 });
    await ledger.append(minutes(40));
    await series.start();
    try {
      await expectDrained(40);
      const asked = performance.now();
      expect((await recent()).readings).toEqual(minutes(40));
      expect(performance.now() - asked).toBeLessThan(6000);
      expect(series.status().state).toBe('up');
    } finally {
      await series.stop();
      await slow.close();
    }
    series = open();
    await series.start();
    await expectAll(40);
  });

  test('a line that InfluxDB refuses is set aside and its neighbours are written', { timeout: 60_000 }, async () => {
    const beyondInflux = reading({ station: 'far', device: 'far', at: 8e15 });
    await ledger.append([...minutes(20), beyondInflux, ...minutes(20, 20)]);
    await expectAll(40);
    await series.stop();
    const state = new DatabaseSync(join(folder, 'drain.db'), { readOnly: true });
    const aside = state.prepare('SELECT reason, content FROM unapplied').all();
    state.close();
    expect(aside.length).toBeGreaterThan(0);
    expect(aside.every(({ content }) => String(content).includes('station=far'))).toBe(true);
    series = open();
    await series.start();
  });
});
