import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { restoreLedger } from '@clearbay/store/ledger/restore.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ledgerContract } from '../../contract/ledger.ts';
import { reading, T0 } from '../../contract/ledger-reading.ts';

const GENEROUS = { retentionMs: 7 * 86_400_000, maxBytes: 1e9 };

ledgerContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  return {
    open: () => new SqliteLedger({ file: join(folder, 'ledger.db'), ...GENEROUS }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

describe('the SQLite ledger', () => {
  let folder: string;
  let file: string;
  let now = T0;
  const clock = { now: () => now };
  const opened: SqliteLedger[] = [];

  async function open(options: { retentionMs?: number; maxBytes?: number } = {}): Promise<SqliteLedger> {
    const ledger = new SqliteLedger({ file, ...GENEROUS, clock, ...options });
    opened.push(ledger);
    await ledger.start();
    return ledger;
  }

  beforeEach(async () => {
    now = T0;
    folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    file = join(folder, 'ledger.db');
  });
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.stop();
    await rm(folder, { recursive: true });
  });

  const minutes = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => reading({ at: T0 + (from + index) * 60_000 }));

  test('prunes what is released and past its retention, and never what is not yet released', async () => {
    const ledger = await open({ retentionMs: 1000 });
    await ledger.append(minutes(10));
    await ledger.maintain();
    now += 5000;
    await ledger.append(minutes(5, 10));
    await ledger.maintain();
    expect(await ledger.readAfter(0, 100)).toHaveLength(15);
    ledger.release(8);
    await ledger.maintain();
    expect((await ledger.readAfter(0, 100)).map((entry) => entry.ledgerSeq)[0]).toBe(9);
    ledger.release(15);
    await ledger.maintain();
    expect(ledger.status().oldestSeq).toBe(11);
    expect(await ledger.append(minutes(1, 15))).toEqual(new Uint8Array([0]));
    expect(ledger.status().lastSeq).toBe(16);
  });

  test('stays unwritable at its size limit and goes on once released rows made room', async () => {
    const ledger = await open({ retentionMs: 1000, maxBytes: 400_000 });
    let stored = 0;
    let refused: unknown;
    while (refused === undefined && stored < 100_000) {
      await ledger.append(minutes(500, stored)).then(
        () => {
          stored += 500;
        },
        (error) => {
          refused = error;
        },
      );
    }
    expect(refused).toMatchObject({ code: 'LEDGER_FULL' });
    expect(ledger.status()).toMatchObject({ writable: false, lastSeq: stored });
    await ledger.maintain();
    ledger.release(stored);
    now += 5000;
    await ledger.maintain();
    expect([...(await ledger.append(minutes(1, stored)))]).toEqual([0]);
    expect(ledger.status().writable).toBe(true);
  });

  test('lets drained rows go before their time when it is nearly full, and only those', async () => {
    const ledger = await open({ maxBytes: 1_000_000 });
    let stored = 0;
    for (; ledger.status().bytes < 800_000; stored += 500) await ledger.append(minutes(500, stored));
    await ledger.maintain();
    expect(ledger.status().oldestSeq).toBe(1);
    ledger.release(stored - 100);
    await ledger.maintain();
    const { oldestSeq, bytes } = ledger.status();
    expect(oldestSeq).toBeGreaterThan(1);
    expect(oldestSeq).toBeLessThanOrEqual(stored - 99);
    expect(bytes).toBeLessThan(750_000);
    await ledger.append(minutes(500, stored));
    expect(ledger.status().lastSeq).toBe(stored + 500);
  });

  test('commits and answers groups that follow each other closely in the order they were sent', async () => {
    const ledger = await open();
    const answered: number[] = [];
    const calls: Promise<void>[] = [];
    for (let call = 0; call < 300; call++) {
      calls.push(ledger.append(minutes(50, call * 50)).then(() => void answered.push(call)));
      if (call % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(calls);
    expect(answered).toEqual(answered.map((_, index) => index));
    const times = (await ledger.readAfter(0, 20_000)).map((entry) => (entry.reading.at - T0) / 60_000);
    expect(times).toEqual(Array.from({ length: 15_000 }, (_, index) => index));
    expect(ledger.status()).toMatchObject({ pending: 0, lastSeq: 15_000 });
  });

  test('knows names that came first with groups it had to refuse', async () => {
    const ledger = await open({ retentionMs: 1000, maxBytes: 400_000 });
    let stored = 0;
    for (let full = false; !full; ) {
      await ledger.append(minutes(500, stored)).then(
        () => {
          stored += 500;
        },
        () => {
          full = true;
        },
      );
    }
    const other = (name: string, minute = 0) =>
      reading({ station: `${name}-station`, device: name, values: { [`${name}-metric`]: 1 }, at: T0 + minute * 60_000 });
    const refused = ['one', 'two', 'three', 'four'].map(async (name) => {
      const call = ledger.append(Array.from({ length: 100 }, (_, minute) => other(name, minute))).then(
        () => 'stored',
        () => 'refused',
      );
      await new Promise((resolve) => setImmediate(resolve));
      return call;
    });
    expect(await Promise.all(refused)).toEqual(['refused', 'refused', 'refused', 'refused']);
    await ledger.maintain();
    ledger.release(stored);
    now += 5000;
    await ledger.maintain();
    expect([...(await ledger.append([other('five'), other('two')]))]).toEqual([0, 0]);
    await ledger.stop();
    const again = await open({ maxBytes: 1e9 });
    expect([...(await again.append([other('two'), other('three'), other('five')]))]).toEqual([1, 0, 1]);
    const newest = (await again.readAfter(stored, 10)).map((entry) => [entry.reading.station, entry.reading.values]);
    expect(newest).toEqual([
      ['five-station', { 'five-metric': 1 }],
      ['two-station', { 'two-metric': 1 }],
      ['three-station', { 'three-metric': 1 }],
    ]);
  });

  const alter = (...statements: string[]) => {
    const database = new DatabaseSync(file);
    for (const statement of statements) database.exec(statement);
    database.close();
  };
  const savedMarks = () => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('SELECT device, newest FROM source ORDER BY id').all();
    database.close();
    return rows.map(({ device, newest }) => [device, newest]);
  };

  test('saves the newest time of a quiet source even where the housekeeping after it failed', async () => {
    const ledger = await open();
    await ledger.append([reading({ device: 'quiet' }), reading({ device: 'busy' })]);
    alter("CREATE TRIGGER full BEFORE INSERT ON tide BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    await expect(ledger.maintain()).rejects.toThrow(/disk full/);
    alter('DROP TRIGGER full');
    await ledger.append([reading({ device: 'busy', at: T0 + 1 })]);
    await ledger.maintain();
    expect(savedMarks()).toEqual([
      ['quiet', T0],
      ['busy', T0 + 1],
    ]);
  });

  test('judges each reading by itself where the saved newest times are behind the rows', async () => {
    const ledger = await open();
    await ledger.append([...minutes(3), reading({ device: 'other' })]);
    await ledger.stop();
    alter('UPDATE source SET newest = NULL', "INSERT OR REPLACE INTO meta VALUES ('newest_seq', 1000)");
    const again = await open();
    const group = [
      reading({ device: 'new' }),
      reading({ at: T0 + 60_000 }),
      reading({ at: T0 + 60_000, values: { pm25: 50 } }),
      reading({ at: T0 + 120_000, values: { pm25: 40 }, correction: true, rev: 1 }),
      reading({ device: 'other' }),
      reading({ device: 'other', at: T0 + 1 }),
    ];
    expect([...(await again.append(group))]).toEqual([0, 1, 2, 3, 1, 0]);
    expect([...(await again.append(minutes(1)))]).toEqual([1]);
    const stored = (await again.readAfter(0, 100)).map((entry) => [entry.reading.device, entry.reading.at - T0]);
    expect(stored).toEqual([
      ['air-1-a', 0],
      ['air-1-a', 60_000],
      ['other', 0],
      ['new', 0],
      ['air-1-a', 120_000],
      ['other', 1],
    ]);
  });

  test('lets what was current go with its entry, and keeps what waits for a decision', async () => {
    const ledger = await open({ retentionMs: 1000 });
    await ledger.append(minutes(3));
    await ledger.append([reading({ values: { pm25: 50 } })]);
    await ledger.append([reading({ at: T0 + 60_000, values: { pm25: 40 }, correction: true, rev: 1 })]);
    await ledger.maintain();
    now += 5000;
    await ledger.append(minutes(1, 3));
    ledger.release(5);
    await ledger.maintain();
    expect((await ledger.readAfter(0, 10)).map((entry) => entry.ledgerSeq)).toEqual([5]);
    expect(await ledger.candidates({ limit: 10 })).toEqual([{ id: 1, reading: reading({ values: { pm25: 50 } }) }]);
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare('SELECT count(*) AS count FROM revision').get()).toEqual({ count: 1 });
    database.close();
  });

  test('lets the oldest candidates go beyond twenty thousand', async () => {
    const ledger = await open();
    await ledger.append(minutes(20_003));
    await ledger.append(minutes(20_003).map((one) => ({ ...one, values: { pm25: 50 } })));
    expect(ledger.status().candidates).toBe(20_003);
    await ledger.maintain();
    expect(ledger.status().candidates).toBe(20_000);
    expect((await ledger.candidates({ to: T0 + 4 * 60_000, limit: 9 })).map(({ id }) => id)).toEqual([5, 4]);
    await ledger.stop();
    expect((await open()).status().candidates).toBe(20_000);
  });

  test('opens a file of the first layout with its candidates', async () => {
    const ledger = await open();
    await ledger.append([reading(), reading({ values: { pm25: 50 } })]);
    await ledger.append([reading({ values: { pm25: 40 }, quality: { pm25: 1 }, correction: true, rev: 1 })]);
    await ledger.append([reading({ values: { pm25: 60 } })]);
    await ledger.stop();
    alter(
      'DROP INDEX revision_content; DROP INDEX revision_open; DROP INDEX revision_age',
      'UPDATE revision SET state = 0 WHERE id = 1',
      'ALTER TABLE revision DROP COLUMN content',
      'ALTER TABLE revision RENAME COLUMN state TO replaced',
      'CREATE INDEX revision_identity ON revision (at, source)',
      'DROP VIEW kept; DROP TABLE fresh',
      'PRAGMA user_version = 1',
    );
    const again = await open();
    expect((await again.candidates({ limit: 9 })).map((candidate) => candidate.reading.values.pm25)).toEqual([60, 50]);
    const repeats = [28.1, 50, 60, 70].map((pm25) => reading({ values: { pm25 } }));
    expect([...(await again.append(repeats))]).toEqual([1, 1, 1, 2]);
    expect(again.status().candidates).toBe(3);
  });

  test('backs up while appends go on, and the copy restores to a whole ledger', async () => {
    const ledger = await open();
    await ledger.append(minutes(2000));
    const copy = join(folder, 'copy', 'ledger.db');
    let more = 2000;
    let copied = false;
    const load = (async () => {
      while (!copied) {
        await ledger.append(minutes(100, more));
        more += 100;
      }
    })();
    const target = join(folder, 'copy.db');
    await ledger.backup(target);
    copied = true;
    await load;
    await restoreLedger(target, copy);
    const restored = new SqliteLedger({ file: copy, ...GENEROUS, clock });
    opened.push(restored);
    await restored.start();
    const entries = await restored.readAfter(0, 1_000_000);
    expect(entries.length).toBeGreaterThanOrEqual(2000);
    expect(entries.map((entry) => entry.ledgerSeq)).toEqual(entries.map((_, index) => index + 1));
    await expect(restoreLedger(join(folder, 'copy.db-missing'), copy)).rejects.toThrow();
    new DatabaseSync(join(folder, 'other.db')).exec('CREATE TABLE t (a)');
    await expect(restoreLedger(join(folder, 'other.db'), join(folder, 'x.db'))).rejects.toThrow(/not a ClearBay ledger/);
  });

  test('refuses to open a file that is something else', async () => {
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE t (a)');
    other.close();
    const ledger = new SqliteLedger({ file, ...GENEROUS });
    await expect(ledger.start()).rejects.toThrow(/not a ClearBay ledger/);
  });
});
