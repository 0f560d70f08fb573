import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { T0 } from '../../contract/ledger-reading.ts';
import { expectedRollups } from '../../contract/series-model.ts';
import { describeWithInfluxd, Influxd } from '../../harness/influxd.ts';
import { openStores } from './stores.ts';

const DRAINER = fileURLToPath(new URL('./drainer.ts', import.meta.url));
const ROUNDS = Number(process.env.CLEARBAY_KILL_ROUNDS ?? 4);

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drain-crash-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function killedRounds(url: string | undefined): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const args = [DRAINER, folder, String(round * 100_000), ...(url === undefined ? [] : [url])];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const ended = once(child, 'exit');
    let first = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      const cursor = Number(line.split(' ')[1]);
      if (first < 0) first = cursor;
      if (cursor > first + 300) break;
    }
    await sleep(Math.random() * 200);
    child.kill('SIGKILL');
    await ended;
  }
}

/** Everything the ledger holds is in the series once, and the rollups are those of its readings. */
async function expectSeriesOfLedger(url: string | undefined): Promise<void> {
  const { ledger, series } = openStores(folder, url);
  await ledger.start();
  await series.start();
  await series.drained();
  const [from, to] = [T0 - DAY_MS, T0 + 9 * DAY_MS];
  let count = 0;
  for (const station of ['air-0', 'air-1', 'air-2']) {
    const kept = await ledger.readings(station, from, to - 1);
    count += kept.length;
    expect(await series.readings(station, from, to)).toEqual(kept);
    for (const level of ['hour', 'day'] as const) {
      const rows = await series.rollups({ level, stations: [station], from: from - DAY_MS, to });
      expect(rows.map((row) => ({ ...row, revision: 0 }))).toEqual(expectedRollups(level, kept));
    }
  }
  console.log(
    `kill -9 of the drain (${url === undefined ? 'DuckDB' : 'InfluxDB'}): ${ROUNDS} rounds, ${count} readings, all once`,
  );
  expect(count).toBeGreaterThan(ROUNDS * 300);
  await series.stop();
  await ledger.stop();
}

test('DuckDB holds every reading once after kills in the middle of the drain', { timeout: 120_000 }, async () => {
  await killedRounds(undefined);
  await expectSeriesOfLedger(undefined);
});

describeWithInfluxd('InfluxDB and kills of the drain', () => {
  test('InfluxDB holds every reading once after kills in the middle of the drain', { timeout: 120_000 }, async () => {
    const server = new Influxd(folder);
    await server.start();
    try {
      await killedRounds(server.url);
      await expectSeriesOfLedger(server.url);
    } finally {
      await server.kill();
    }
  });
});
