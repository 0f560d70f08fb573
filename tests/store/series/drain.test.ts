import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import type { LedgerRows } from '@clearbay/store/ledger/ledger-rows.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import type { SeriesStatus } from '@clearbay/store/ports/series.ts';
import { Drain } from '@clearbay/store/series/drain.ts';
import type { SeriesEngine, Written } from '@clearbay/store/series/engine.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reading, T0 } from '../../contract/ledger-reading.ts';

class Away extends Error {}

/** A series database in memory whose writes fail as the test says. */
class FailingEngine implements Pick<SeriesEngine, 'open' | 'ready' | 'write' | 'isOutage' | 'setRowAside' | 'prune' | 'close'> {
  readonly #fails: (seqs: readonly number[]) => Error | undefined;
  readonly written: number[] = [];
  readonly aside: { readonly seq: number; readonly reason: string; readonly content: string }[] = [];
  cursor = 0;
  writes = 0;

  constructor(fails: (seqs: readonly number[]) => Error | undefined) {
    this.#fails = fails;
  }

  get setAside(): number {
    return this.aside.length;
  }

  async write(rows: LedgerRows): Promise<Written> {
    this.writes += 1;
    const seqs = Array.from({ length: rows.length }, (_, row) => rows.seq(row));
    const error = this.#fails(seqs);
    if (error !== undefined) throw error;
    this.written.push(...seqs);
    this.cursor = seqs.at(-1) ?? this.cursor;
    return { restated: [], windows: rows.length };
  }

  isOutage(error: unknown): boolean {
    return error instanceof Away;
  }

  async setRowAside(seq: number, reason: string, content: string): Promise<void> {
    this.aside.push({ seq, reason, content });
    this.cursor = seq;
  }

  async open(): Promise<void> {}
  async ready(): Promise<void> {}
  async prune(): Promise<void> {}
  async close(): Promise<void> {}
}

const ROWS = 100;
const READINGS = Array.from({ length: ROWS }, (_, index) => reading({ at: T0 + index * MINUTE_MS, values: { pm25: index } }));

let folder: string;
let drain: Drain | undefined;
let statuses: SeriesStatus[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drain-'));
  const clock = { now: () => T0 };
  const ledger = new SqliteLedger({ file: join(folder, 'ledger.db'), retentionMs: 1e9, maxBytes: 1e9, clock });
  await ledger.start();
  await ledger.append(READINGS);
  await ledger.stop();
  statuses = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await drain?.stop();
  drain = undefined;
  await rm(folder, { recursive: true });
});

async function run(engine: FailingEngine, forMs: number): Promise<SeriesStatus | undefined> {
  const options = { ledgerFile: join(folder, 'ledger.db'), batchRows: 64, restMs: 10, pruneEveryMs: 1e9 };
  drain = new Drain(engine as unknown as SeriesEngine, options, () => T0, {
    onStatus: (status) => statuses.push(status),
    onRestated: () => undefined,
  });
  await drain.start();
  await vi.advanceTimersByTimeAsync(forMs);
  return statuses.at(-1);
}

const allBut = (...left: readonly number[]) =>
  Array.from({ length: ROWS }, (_, index) => index + 1).filter((seq) => !left.includes(seq));

test.each([[1], [37], [64], [65], [100]])(
  'row %i, which no write survives, is set aside with its reason, and its neighbours are written once',
  async (poison) => {
    const engine = new FailingEngine((seqs) => (seqs.includes(poison) ? new RangeError('no such metric') : undefined));
    const status = await run(engine, 20_000);
    expect(engine.written).toEqual(allBut(poison));
    expect(engine.aside).toEqual([{ seq: poison, reason: 'no such metric', content: JSON.stringify(READINGS[poison - 1]) }]);
    expect(status).toMatchObject({ state: 'up', cursor: ROWS, lag: 0, setAside: 1 });
    const at = new Date(T0 + (poison - 1) * MINUTE_MS).toISOString();
    expect(status?.unwritable).toEqual([expect.stringContaining(`at ${at} set aside: no such metric`)]);
  },
);

test('poisonous neighbours are found one after the other', async () => {
  const poisons = [3, 4, 50, 99];
  const engine = new FailingEngine((seqs) => (seqs.some((seq) => poisons.includes(seq)) ? new TypeError('odd') : undefined));
  await run(engine, 60_000);
  expect(engine.written).toEqual(allBut(...poisons));
  expect(engine.aside.map(({ seq }) => seq)).toEqual(poisons);
});

test('while the database is away the same rows are tried for ever, and none is blamed', async () => {
  let isAway = true;
  const engine = new FailingEngine(() => (isAway ? new Away('nobody answers') : undefined));
  const status = await run(engine, 600_000);
  expect(status).toMatchObject({ state: 'down', error: 'nobody answers', cursor: 0, setAside: 0 });
  // With pauses of at most five seconds.
  expect(engine.writes).toBeGreaterThan(100);
  isAway = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(statuses.at(-1)).toMatchObject({ state: 'up', cursor: ROWS, setAside: 0 });
  expect(engine.written).toEqual(allBut());
});

test('a write that fails a few times and then succeeds sets nothing aside', async () => {
  let left = 4;
  const engine = new FailingEngine(() => (left-- > 0 ? new Error('a passing cloud') : undefined));
  await run(engine, 20_000);
  expect(engine.aside).toEqual([]);
  expect(engine.written).toEqual(allBut());
});

test('a place that takes no set-aside row either is an outage', async () => {
  const engine = new FailingEngine((seqs) => (seqs.includes(7) ? new Error('broken') : undefined));
  engine.setRowAside = () => Promise.reject(new Error('disk full'));
  const status = await run(engine, 60_000);
  expect(engine.written).toEqual([1, 2, 3, 4, 5, 6]);
  expect(status).toMatchObject({ state: 'down', error: 'disk full', cursor: 6 });
});
