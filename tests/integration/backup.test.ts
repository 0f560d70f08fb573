import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { AuditPageView, ReviewPageView, SeriesView } from '@clearbay/contract/api.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';

const STATION = 'air-baiqi';
const DEVICE = 'box-of-the-test';
const WITHIN_MS = 40_000;

describe('a backup of a running system', () => {
  let folder: string;
  let system: RunningSystem;
  let from: number;
  /** Event times that were acknowledged before the backup began. */
  let before: number[];
  const copy = () => join(folder, 'copy');
  const restored = () => join(folder, 'restored', 'data');

  const run = (args: readonly string[]) => clearbay(args, { within: WITHIN_MS });

  /** Publishes one reading after the other until it is told to end; gives what was acknowledged so far. */
  function load(password: string) {
    const client = mqtt.connect(system.mqttUrl, { username: DEVICE, clientId: DEVICE, password, reconnectPeriod: 0 });
    const acknowledged: number[] = [];
    let isFlowing = true;
    const flow = (async () => {
      for (let at = from; isFlowing; at += 1000) {
        const payload = JSON.stringify({ at, values: { pm25: (at / 1000) % 500 } });
        await client.publishAsync(`clearbay/v1/readings/air/${STATION}/${DEVICE}`, payload, { qos: 1 });
        acknowledged.push(at);
      }
    })();
    return {
      acknowledged,
      async end() {
        isFlowing = false;
        await flow;
        await client.endAsync();
      },
    };
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbay-backup-'));
    system = await startSystem({
      folder: join(folder, 'live'),
      devices: new Map([[DEVICE, [STATION]]]),
      args: ['--no-history'],
    });
    from = Math.floor(Date.now() / 1000) * 1000 - 6 * 3_600_000;
    const flow = load(system.passwords.get(DEVICE) ?? '');
    while (flow.acknowledged.length < 1000) await rest(20);
    const review = await fetch(`${system.url}/api/v1/stations/${STATION}/reviews`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ metric: 'pm25', from, to: from + 60_000, action: 'exclude', reason: 'pump was off' }),
    });
    expect(review.status).toBe(200);
    before = [...flow.acknowledged];
    const { code, stdout, stderr } = await run(['backup', copy(), '--data', system.data]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('checked');
    await flow.end();
    expect(flow.acknowledged.length).toBeGreaterThan(before.length);
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('is asked for by name, and leaves no token and no copy behind', async () => {
    const { entries } = await system.api<AuditPageView>('/audit');
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['backup.begun', 'token.created', 'reading.excluded']),
    );
    const state = new SqliteState(join(system.data, 'state.sqlite'));
    await state.start();
    const created = entries.find(({ action }) => action === 'token.created')?.subject ?? '';
    expect(entries.find(({ action }) => action === 'backup.begun')?.user).toBe(`token:${created}`);
    await state.stop();
    expect((await run(['backup', copy(), '--data', system.data])).stderr).toContain('not empty');
  });

  test('is not put over a system that runs, nor over data without being forced', async () => {
    const running = await run(['restore', copy(), '--data', system.data, '--force']);
    expect([running.code, running.stderr]).toEqual([1, expect.stringContaining('in use')]);
    await run(['restore', copy(), '--data', join(folder, 'occupied')]);
    const occupied = await run(['restore', copy(), '--data', join(folder, 'occupied')]);
    expect([occupied.code, occupied.stderr]).toEqual([1, expect.stringContaining('--force')]);
    expect((await run(['restore', copy(), '--data', join(folder, 'occupied'), '--force'])).code).toBe(0);
  });

  test('holds everything that was acknowledged before it began, exactly once', async () => {
    const { code, stdout } = await run(['restore', copy(), '--data', restored()]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('acknowledged')]);
    const ledger = new SqliteLedger({ file: join(restored(), 'ledger.sqlite'), retentionMs: 1e12, maxBytes: 1e12 });
    await ledger.start();
    const held = (await ledger.readings(STATION, 0, Date.now() + 1e9)).filter(({ device }) => device === DEVICE);
    await ledger.stop();
    const times = held.map(({ at }) => at);
    expect(new Set(times).size).toBe(times.length);
    expect(before.filter((at) => !times.includes(at))).toEqual([]);
    expect(held.every(({ at, values }) => values.pm25 === (at / 1000) % 500)).toBe(true);
  });

  test('starts again with the same devices, reviews and series', async () => {
    const again = await startSystem({ folder: join(folder, 'restored'), args: ['--no-history', '--no-simulators'] });
    try {
      const span = `metric=pm25&from=${from}&to=${from + before.length * 1000}&resolution=raw`;
      const counted = async () => {
        const { points } = await again.api<SeriesView>(`/stations/${STATION}/series?${span}`);
        return points.reduce((sum, [, , , , count]) => sum + count, 0);
      };
      await expect.poll(counted, { timeout: 15_000 }).toBeGreaterThanOrEqual(before.length);
      expect((await again.api<ReviewPageView>(`/stations/${STATION}/reviews`)).reviews).toMatchObject([
        { reason: 'pump was off', changed: 61 },
      ]);
      const client = await mqtt.connectAsync(again.mqttUrl, {
        username: DEVICE,
        clientId: DEVICE,
        password: system.passwords.get(DEVICE) ?? '',
      });
      await client.endAsync();
    } finally {
      await again.stop();
    }
  });

  test('that was changed afterwards is not put in place', async () => {
    const target = join(folder, 'never');
    const manifest = await readFile(join(copy(), 'backup.json'), 'utf8');
    await writeFile(join(copy(), 'backup.json'), manifest.replace('"state.sqlite"', '"../state.sqlite"'));
    expect((await run(['restore', copy(), '--data', target])).stderr).toContain('cannot be read');
    await writeFile(join(copy(), 'backup.json'), manifest);
    await appendFile(join(copy(), 'state.sqlite'), 'x');
    expect((await run(['restore', copy(), '--data', target])).stderr).toContain('state.sqlite has changed');
    await rm(join(copy(), 'backup.json'));
    expect((await run(['restore', copy(), '--data', target])).stderr).toContain('is no backup');
  });
});

describe('a backup of a stopped system', () => {
  test('is made from its files, also after it was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clearbay-backup-'));
    const system = await startSystem({ folder: join(folder, 'live'), args: ['--no-history'] });
    process.kill(system.pid, 'SIGKILL');
    await system.stop();
    const backup = await run(['backup', join(folder, 'copy'), '--data', system.data]);
    expect([backup.code, backup.stderr]).toEqual([0, '']);
    expect((await run(['restore', join(folder, 'copy'), '--data', join(folder, 'new')])).code).toBe(0);
    expect((await run(['backup', join(folder, 'x'), '--data', join(folder, 'empty')])).stderr).toContain('nothing to back up');
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[]) => clearbay(args, { within: WITHIN_MS });
});
