import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reading, T0 } from '../../contract/ledger-reading.ts';

let folder: string;
const opened: SqliteLedger[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fresh-'));
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.stop();
  await rm(folder, { recursive: true });
});

async function open(name: string): Promise<SqliteLedger> {
  const ledger = new SqliteLedger({ file: join(folder, name), retentionMs: 1e9, maxBytes: 1e9, clock: { now: () => T0 } });
  opened.push(ledger);
  await ledger.start();
  return ledger;
}

/** Rows of the two tables. */
function tables(name: string): { readonly entry: number; readonly fresh: number } {
  const database = new DatabaseSync(join(folder, name), { readOnly: true });
  const count = (table: string) => Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
  const counts = { entry: count('entry'), fresh: count('fresh') };
  database.close();
  return counts;
}

const content = async (ledger: SqliteLedger) =>
  (await ledger.readAfter(0, 100_000)).map(({ ledgerSeq, reading: { device, at, values, rev } }) => [
    ledgerSeq,
    device,
    at - T0,
    values,
    rev,
  ]);

const some = fc.record({
  device: fc.constantFrom('a', 'b', 'c'),
  at: fc.integer({ min: 0, max: 30 }).map((minute) => T0 + minute * 60_000),
  values: fc.constantFrom({ pm25: 1 }, { pm25: 2 }),
  correction: fc.boolean(),
  rev: fc.integer({ min: 0, max: 3 }),
});

test('a reading is judged alike, whether what it is held against is fresh or in its place', { timeout: 60_000 }, async () => {
  let run = 0;
  const step = fc.record({
    readings: fc.array(some, { minLength: 1, maxLength: 12 }),
    reopens: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      run += 1;
      const [left, placed] = [await open(`left-${run}`), await open(`placed-${run}`)];
      let kept = left;
      for (const { readings, reopens } of steps) {
        const group = readings.map((change) => reading(change));
        const outcomes = [...(await kept.append(group))];
        expect([...(await placed.append(group))]).toEqual(outcomes);
        await placed.maintain();
        if (!reopens) continue;
        await kept.stop();
        kept = await open(`left-${run}`);
      }
      expect(await content(kept)).toEqual(await content(placed));
      expect(await kept.candidates({ limit: 100 })).toEqual(await placed.candidates({ limit: 100 }));
      const [from, to] = [T0 + 5 * 60_000, T0 + 20 * 60_000];
      expect(await kept.readings('air-1', from, to)).toEqual(await placed.readings('air-1', from, to));
      for (const ledger of opened.splice(0)) await ledger.stop();
    }),
    { numRuns: 25 },
  );
});

test('thousands are put in their place together; a late reading among them is known', async () => {
  const ledger = await open('ledger');
  const minutes = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => reading({ at: T0 + (from + index) * 1000 }));
  for (let from = 0; from < 5000; from += 500) await ledger.append(minutes(500, from));
  // The sixth group found more than two thousand and moved them before it was stored.
  expect(tables('ledger')).toEqual({ entry: 2500, fresh: 2500 });
  expect([...(await ledger.append([...minutes(1, 4900), ...minutes(1, 100), ...minutes(1, 5000)]))]).toEqual([1, 1, 0]);
  expect((await ledger.readings('air-1', T0, T0 + 1e9)).length).toBe(5001);
  await ledger.stop();
  expect(tables('ledger')).toEqual({ entry: 5001, fresh: 0 });
});

test('an identity that is taken when a fresh row is moved keeps its content, and the other one is offered', async () => {
  const ledger = await open('ledger');
  await ledger.append([reading({ at: T0 + 1000, values: { pm25: 1 } })]);
  await ledger.append([reading({ at: T0 + 2000 })]);
  const database = new DatabaseSync(join(folder, 'ledger'), { timeout: 5000 });
  database.exec('INSERT INTO entry SELECT seq + 100, at, source, body FROM fresh; UPDATE fresh SET at = at + 1 WHERE seq = 2');
  database.close();
  await ledger.maintain();
  expect((await ledger.readings('air-1', T0, T0 + 5000)).map(({ at }) => at - T0)).toEqual([1000, 2000, 2001]);
  expect([...(await ledger.append([reading({ at: T0 + 3000 })]))]).toEqual([0]);
});
