import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerReader } from '@clearbay/store/ledger/ledger-reader.ts';
import type { LedgerRows } from '@clearbay/store/ledger/ledger-rows.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { LedgerTail } from '@clearbay/store/series/ledger-tail.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reading, T0 } from '../../contract/ledger-reading.ts';

let folder: string;
let ledger: SqliteLedger;
let reader: LedgerReader;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tail-'));
  ledger = new SqliteLedger({ file: join(folder, 'ledger.db'), retentionMs: 1e9, maxBytes: 1e9, clock: { now: () => T0 } });
  await ledger.start();
  reader = new LedgerReader(join(folder, 'ledger.db'));
});
afterEach(async () => {
  reader.close();
  await ledger.stop();
  await rm(folder, { recursive: true });
});

const rowsOf = (rows: LedgerRows) =>
  Array.from({ length: rows.length }, (_, index) => {
    const [seq, at, source, body] = rows.row(index);
    return { seq, at, source, body: Buffer.from(body).toString('hex') };
  });

const at = (minute: number, change = {}) => reading({ at: T0 + minute * 60_000, values: { pm25: minute }, ...change });

test('rows that were handed over are those of the file, whatever was a repeat and wherever the reader stops', async () => {
  // Some minutes come twice: the second time they are duplicates.
  const batches = fc.array(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 12,
  });
  let before = 0;
  await fc.assert(
    fc.asyncProperty(batches, fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1 }), async (minutes, steps) => {
      const tail = new LedgerTail(1e6);
      ledger.follow((group) => tail.offer([group]));
      for (const batch of minutes) await ledger.append(batch.map((minute) => at(minute)));
      const last = reader.lastSeq();
      let cursor = before;
      for (let step = 0; cursor < last; step += 1) {
        const limit = steps[step % steps.length] as number;
        const rows = tail.after(cursor, limit);
        expect(rows === undefined ? undefined : rowsOf(rows)).toEqual(rowsOf(reader.stretch(cursor, limit)));
        cursor += rows?.length ?? limit;
      }
      expect(tail.after(last, 10)).toBeUndefined();
      before = last;
    }),
    { numRuns: 60 },
  );
});

test('what followed a correction is found behind a gap that only the file can fill', async () => {
  const tail = new LedgerTail(1e6);
  ledger.follow((group) => tail.offer([group]));
  await ledger.append([at(1), at(2)]);
  await ledger.append([at(3), at(1, { values: { pm25: 50 }, correction: true, rev: 1 })]);
  await ledger.append([at(4)]);
  expect(tail.after(0, 10)?.length).toBe(2);
  expect(tail.after(2, 10)).toBeUndefined();
  expect(tail.firstAfter(2)).toBe(5);
  expect(rowsOf(tail.after(4, 10) as LedgerRows).map(({ seq }) => seq)).toEqual([5]);
});

test('where it is too much the oldest goes, and what it had is read from the file', async () => {
  const tail = new LedgerTail(150);
  ledger.follow((group) => tail.offer([group]));
  for (let minute = 1; minute <= 5; minute += 1) await ledger.append([at(minute)]);
  expect(tail.after(0, 10)).toBeUndefined();
  const first = tail.firstAfter(0);
  expect(first).toBeGreaterThan(1);
  expect(tail.after(first - 1, 10)?.length).toBe(6 - first);
});
