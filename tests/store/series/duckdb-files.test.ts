import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { restoreLedger } from '@clearbay/store/ledger/restore.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { DuckdbSeries } from '@clearbay/store/series/duckdb/duckdb-series.ts';
import { restoreSeries } from '@clearbay/store/series/duckdb/restore.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reading, T0 } from '../../contract/ledger-reading.ts';

describe('files of the embedded series store', () => {
  let folder: string;
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'series-files-'));
  });
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
    await rm(folder, { recursive: true });
  });

  async function start(place: string, retentionMs = 7 * DAY_MS) {
    const now = { value: T0 + DAY_MS };
    const clock = { now: () => now.value };
    const ledgerFile = join(folder, `${place}.db`);
    const ledger = new SqliteLedger({ file: ledgerFile, retentionMs, maxBytes: 1e9, clock });
    await ledger.start();
    const series = new DuckdbSeries({ file: join(folder, `${place}.duckdb`), ledgerFile, restMs: 10, clock });
    await series.start();
    running.push(ledger, series);
    return { ledger, series, now };
  }
  const stopAll = async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  };
  const minutes = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => reading({ at: T0 + (from + index) * MINUTE_MS, values: { pm25: from + index } }));
  const everything = (series: DuckdbSeries) =>
    Promise.all([
      series.readings('air-1', T0, T0 + DAY_MS),
      series.rollups({ level: 'hour', stations: ['air-1'], from: T0, to: T0 + DAY_MS }),
      series.rollups({ level: 'day', stations: ['air-1'], from: T0 - DAY_MS, to: T0 + DAY_MS }),
      series.latest(),
    ]);

  test('a backup taken while data flow restores to the same answers and goes on from there', async () => {
    const { ledger, series } = await start('live');
    await ledger.append(minutes(300));
    await series.drained();
    let flowing = true;
    const flow = (async () => {
      for (let next = 300; flowing && next < 20_000; next += 10) {
        await ledger.append(minutes(10, next));
        series.wake();
      }
    })();
    await series.backup(join(folder, 'backup'));
    await ledger.backup(join(folder, 'backup', 'ledger.db'));
    flowing = false;
    await flow;
    await stopAll();

    await restoreSeries(join(folder, 'backup'), join(folder, 'again.duckdb'));
    await restoreLedger(join(folder, 'backup', 'ledger.db'), join(folder, 'again.db'));
    const again = await start('again');
    await again.series.drained();
    const { lastSeq } = again.ledger.status();
    expect(lastSeq).toBeGreaterThanOrEqual(300);
    const [readings, hours] = await everything(again.series);
    const expected = minutes(lastSeq).filter(({ at }) => at < T0 + DAY_MS);
    expect(readings).toEqual(expected);
    expect(hours.reduce((total, { count }) => total + count, 0)).toBe(Math.min(lastSeq, 1441));
    await again.ledger.append(minutes(1, lastSeq));
    await again.series.drained();
    expect(again.series.status().cursor).toBe(lastSeq + 1);
  });

  test('a restore refuses what is no series store and leaves the old file alone', async () => {
    const { ledger, series } = await start('live');
    await ledger.append(minutes(3));
    await series.drained();
    const before = await everything(series);
    await stopAll();
    await writeFile(join(folder, 'series.duckdb'), 'not a database');
    await expect(restoreSeries(folder, join(folder, 'live.duckdb'))).rejects.toThrow();
    await expect(restoreSeries(join(folder, 'nowhere'), join(folder, 'live.duckdb'))).rejects.toThrow();
    expect(await everything((await start('live')).series)).toEqual(before);
  });

  test('what the pruned ledger takes for new again is found in the series and not counted twice', async () => {
    const { ledger, series, now } = await start('live', 1000);
    await ledger.append(minutes(100));
    await series.drained();
    const before = await everything(series);
    await ledger.maintain();
    now.value += 5000;
    await ledger.append([reading({ station: 'air-2', at: now.value })]);
    await series.drained();
    ledger.release(series.status().cursor);
    await ledger.maintain();
    expect(ledger.status().oldestSeq).toBeGreaterThan(90);
    expect([...(await ledger.append(minutes(50)))]).toContain(0);
    await series.drained();
    expect((await everything(series)).slice(0, 3)).toEqual(before.slice(0, 3));
  });

  test('a fresh ledger beside an old series file is drained from its start without doubling', async () => {
    const first = await start('live');
    await first.ledger.append(minutes(100));
    await first.series.drained();
    const before = await everything(first.series);
    await stopAll();
    for (const suffix of ['', '-wal', '-shm']) await rm(join(folder, `live.db${suffix}`), { force: true });
    const second = await start('live');
    await second.ledger.append([...minutes(100), ...minutes(20, 100)]);
    await second.series.drained();
    const after = await everything(second.series);
    expect(after[0]).toEqual(minutes(120));
    expect(after[1][0]).toEqual(before[1][0]);
  });
});
