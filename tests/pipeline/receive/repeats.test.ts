import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOW, type Staged, stageReceiver } from './stage.ts';

const DAY_MS = 86_400_000;

describe('a message without a time that comes again', () => {
  let folder: string;
  let ledger: SqliteLedger;
  let staged: Staged;

  async function open(): Promise<void> {
    ledger = new SqliteLedger({ file: join(folder, 'ledger.sqlite'), retentionMs: DAY_MS, maxBytes: 1e9 });
    await ledger.start();
    staged = stageReceiver({ ledger });
    staged.receiver.recall(await ledger.arrivals(1000));
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repeats-'));
    await open();
  });
  afterEach(async () => {
    await ledger.stop();
    await rm(folder, { recursive: true });
  });

  const stored = async () =>
    (await ledger.readAfter(0, 10_000)).map(({ reading: { at, values } }) => [at - NOW, values.pm25 ?? values.occupied]);
  const counted = () => {
    const { stored, duplicates, conflicts } = staged.receiver.counters;
    return { stored, duplicates, conflicts };
  };
  const numbered = (seq: number, pm25: number, boot = 'b1') => ({ values: { pm25 }, seq, boot });

  test('is stored once where boot, number and content are the same', async () => {
    await staged.send(numbered(1, 11));
    staged.now += 20;
    await staged.send(numbered(1, 11));
    staged.now += 20;
    await staged.send({ ...numbered(1, 11), flags: { pm25: 'N' } });
    expect(await stored()).toEqual([[0, 11]]);
    expect(counted()).toEqual({ stored: 1, duplicates: 2, conflicts: 0 });
  });

  test('is another reading where anything of that differs, or where it has no number', async () => {
    await staged.send(numbered(1, 11));
    const others = [
      numbered(2, 11),
      numbered(1, 12),
      numbered(1, 11, 'b2'),
      { ...numbered(1, 11), flags: { pm25: 'M' } },
      { values: { pm25: 11 }, seq: 1 },
      { values: { pm25: 11 }, seq: 1 },
      { values: { pm25: 11 }, boot: 'b1' },
      { values: { pm25: 11 } },
    ];
    for (const other of others) await staged.send(other);
    expect((await stored()).map(([at]) => at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(counted()).toEqual({ stored: 9, duplicates: 0, conflicts: 0 });
  });

  test('says nothing of readings with a time, which alone is what tells them apart', async () => {
    for (const at of [NOW, NOW + 1000, NOW]) await staged.send({ ...numbered(1, 11), at });
    await staged.send(numbered(1, 11));
    staged.now += 5;
    await staged.send({ ...numbered(1, 11), at: NOW + 2000 });
    expect(await stored()).toEqual([
      [0, 11],
      [1000, 11],
      [2000, 11],
    ]);
    expect(counted()).toEqual({ stored: 3, duplicates: 2, conflicts: 0 });
  });

  test('of many readings is known by each, and equal ones of one message are not each other’s repeat', async () => {
    const batch = [numbered(1, 5), numbered(1, 5), numbered(2, 5), numbered(1, 6), numbered(1, 5)];
    await staged.send(batch);
    staged.now += 1000;
    await staged.send(batch);
    await staged.send(batch.slice(0, 1));
    expect((await stored()).map(([at]) => at)).toEqual([0, 1, 2, 3, 4]);
    expect(counted()).toEqual({ stored: 5, duplicates: 6, conflicts: 0 });
    await staged.send([...batch, numbered(1, 5)]);
    expect(counted()).toEqual({ stored: 6, duplicates: 11, conflicts: 0 });
  });

  test('tells the bays of a lot apart', async () => {
    const gate = { kind: 'parking', station: 'p1', device: 'gate' };
    for (const bay of ['A1', 'A2', 'A1']) await staged.send({ values: { occupied: 1 }, bay, seq: 7, boot: 'b1' }, gate);
    expect(counted()).toEqual({ stored: 2, duplicates: 1, conflicts: 0 });
  });

  test('is known over a restart', async () => {
    const batch = [numbered(1, 5), numbered(1, 5), numbered(2, 6)];
    await staged.send(batch);
    await staged.send(numbered(3, 7));
    await ledger.stop();
    await open();
    staged.now += 60_000;
    await staged.send(numbered(3, 7));
    await staged.send(batch);
    expect(counted()).toEqual({ stored: 0, duplicates: 4, conflicts: 0 });
    await staged.send(numbered(1, 5, 'b2'));
    expect((await stored()).at(-1)).toEqual([60_000, 5]);
  });

  test('is stored where the disk refused it the first time', async () => {
    const failing = stageReceiver();
    failing.ledger.failing = true;
    expect(await failing.send(numbered(1, 11))).toBe(false);
    failing.ledger.failing = false;
    failing.now += 500;
    expect(await failing.send(numbered(1, 11))).toBe(true);
    expect(failing.ledger.readings.map(({ at }) => at)).toEqual([NOW]);
  });

  test('is a new one a day later', async () => {
    await staged.send(numbered(1, 11));
    staged.now += DAY_MS + 1;
    await staged.send(numbered(1, 11));
    expect(counted()).toEqual({ stored: 2, duplicates: 0, conflicts: 0 });
  });

  test('is known among the last 1,024 of its device, whatever another one sends', async () => {
    await staged.send(numbered(0, 11));
    const flood = Array.from({ length: 1000 }, (_, index) => ({ ...numbered(index, 12) }));
    await staged.send(flood, { device: 'sim' });
    await staged.send(flood.map(({ seq }) => numbered(seq + 1, 11)));
    await staged.send(Array.from({ length: 23 }, (_, index) => numbered(2000 + index, 11)));
    await staged.send(numbered(0, 11));
    expect(counted()).toEqual({ stored: 2024, duplicates: 1, conflicts: 0 });
    await staged.send(numbered(3000, 11));
    await staged.send(numbered(0, 11));
    expect(counted()).toEqual({ stored: 2026, duplicates: 1, conflicts: 0 });
  });
});
