import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { ImportView } from '@clearbay/contract/api.ts';
import type { RowGate } from '@clearbay/contract/bulk.ts';
import type { ImportRequest } from '@clearbay/contract/intake.ts';
import type { AirStation, District } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { ProgressBoard } from '@clearbay/pipeline/live/progress.ts';
import { Receiver } from '@clearbay/pipeline/receive/receiver.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importReader } from '../../cli/import-reader.ts';
import { ImportJobs } from '../../ingest/gateways/imports/import-jobs.ts';

const NOW = Date.UTC(2026, 10, 23, 6);

function station(id: string): AirStation {
  return {
    kind: 'air',
    id,
    name: { zh: `站 ${id}`, en: `Station ${id}` },
    town: 't',
    position: { lon: 118.8, lat: 24.9 },
    state: 'service',
    grade: 'official',
    notMonitored: [],
  };
}

const DISTRICT: District = {
  id: 'd',
  name: { zh: '区', en: 'district' },
  demonstration: false,
  towns: [],
  stations: [station('air-1'), station('air-2'), station('air-3')],
  devices: [
    { id: 'box-1', station: 'air-1', periodMs: 60_000, origin: 'measured' },
    { id: 'box-2', station: 'air-2', periodMs: 60_000, origin: 'measured' },
  ],
  targets: [],
};

describe('an import', () => {
  let folder: string;
  let state: SqliteState;
  let ledger: SqliteLedger;
  let receiver: Receiver;
  let jobs: ImportJobs;
  let board: ProgressBoard;
  const clock = { now: () => NOW };
  const told: string[] = [];

  beforeEach(async () => {
    told.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'clearbay-import-'));
    state = new SqliteState(join(folder, 'state.sqlite'));
    await state.start();
    ledger = new SqliteLedger({ file: join(folder, 'ledger.sqlite'), retentionMs: 1e12, maxBytes: 1e9 });
    await ledger.start();
    receiver = new Receiver({ ledger, registry: districtRegistry(DISTRICT, [...KINDS.values()]), onCommitted: () => undefined });
    board = new ProgressBoard(clock);
    jobs = open(receiver);
    await jobs.start();
  });
  afterEach(async () => {
    await jobs.stop();
    await ledger.stop();
    await state.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function open(gate: RowGate): ImportJobs {
    return new ImportJobs({
      store: state.imports,
      gate,
      reader: importReader(DISTRICT),
      board,
      folder: join(folder, 'imports'),
      clock,
      onRows: (rows, person) => told.push(`${person} ${rows.length}`),
      maxBytes: 16 * 1024 * 1024,
    });
  }

  const csv = (rows: number, of = 'air-1') =>
    `station,at,pm25\n${Array.from({ length: rows }, (_, index) => `${of},${new Date(NOW - (index + 1) * MINUTE_MS).toISOString()},${index % 90}`).join('\n')}\n`;
  const request = (body: string | Buffer, over: Partial<ImportRequest> = {}): ImportRequest => ({
    order: { kind: 'air', columns: 'clearbay', historical: true },
    person: 'wang',
    contentType: 'text/csv',
    contentEncoding: 'identity',
    body: Readable.from([Buffer.from(body)]),
    ...over,
  });
  const ended = async ({ id }: ImportView): Promise<ImportView> => {
    await expect.poll(async () => (await jobs.find(id)).finishedAt, { timeout: 15_000 }).not.toBeNull();
    return jobs.find(id);
  };
  const count = async (of = 'air-1') => (await ledger.readings(of, 0, NOW)).length;

  test('is worked through beside the rest, counts every row, and is remembered with its person', async () => {
    const body = `${csv(1200)}air-9,2026-11-01T00:00:00+08:00,1\nair-3,2026-11-01T00:00:00+08:00,1\nair-1,never,1\n`;
    const job = await jobs.accept(request(gzipSync(body), { contentEncoding: 'gzip' }));
    expect(job).toMatchObject({ state: 'waiting', person: 'wang', bytes: Buffer.byteLength(body) });
    expect(await ended(job)).toMatchObject({
      state: 'done',
      rows: 1202,
      doneBytes: job.bytes,
      counts: { stored: 1200, duplicate: 0, refused: 3 },
      error: null,
    });
    const { faults } = await jobs.find(job.id);
    expect(faults).toEqual(
      expect.arrayContaining([
        { line: null, reason: 'unknown-station' },
        { line: null, reason: 'device-missing' },
        { line: 1204, reason: 'the time cannot be read' },
      ]),
    );
    expect(await count()).toBe(1200);
    expect(await ledger.readings('air-1', 0, NOW)).toContainEqual(
      expect.objectContaining({ device: 'box-1', historical: true, periodMs: 3_600_000 }),
    );
    expect(board.entries()).toMatchObject([{ done: job.bytes, total: job.bytes, finishedAt: NOW }]);
    expect(await readdir(join(folder, 'imports'))).toEqual([]);
    expect(told).toEqual(['wang 500', 'wang 500', 'wang 202']);
    expect((await ended(await jobs.accept(request(csv(1200))))).counts).toMatchObject({ stored: 0, duplicate: 1200 });
  });

  test('reads JSON lines and other mappings, for a station it names', async () => {
    const lines = [1, 2].map((hour) => JSON.stringify({ time: `2026-11-20T0${hour}:00:00+08:00`, pm25: hour })).join('\n');
    const order = { kind: 'air', columns: 'clearbay', station: 'air-2', historical: true };
    const job = await jobs.accept(request(lines, { order, contentType: 'application/x-ndjson' }));
    expect((await ended(job)).counts).toMatchObject({ stored: 2 });
    expect(await count('air-2')).toBe(2);
  });

  test.each([
    ['an unknown kind', { order: { kind: 'noise', columns: 'clearbay', historical: true } }, 'input.invalid'],
    ['an unknown mapping', { order: { kind: 'air', columns: 'nobody', historical: true } }, 'input.invalid'],
    ['an unknown station', { order: { kind: 'air', columns: 'clearbay', station: 'x', historical: true } }, 'input.invalid'],
    ['another type', { contentType: 'application/zip' }, 'body.type'],
    ['broken gzip', { contentEncoding: 'gzip' }, 'body.syntax'],
    ['a body that is too large', { body: Readable.from([Buffer.alloc(17 * 1024 * 1024)]) }, 'body.too-large'],
  ])('%s is refused before anything is kept', async (_what, over, code) => {
    await expect(jobs.accept(request('x', over))).rejects.toMatchObject({ code });
    expect(await readdir(join(folder, 'imports'))).toEqual([]);
    expect(await jobs.list()).toEqual([]);
  });

  test('without any usable column fails with a reason', async () => {
    expect(await ended(await jobs.accept(request('a,b\n1,2\n')))).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('columns'),
    });
  });

  test('goes on where it was after the process ended, and after the disk refused', async () => {
    let left = 2;
    const failing: RowGate = {
      takeRows: (rows, at) => (left-- > 0 ? receiver.takeRows(rows, at) : Promise.reject(new Error('no space left on device'))),
    };
    await jobs.stop();
    jobs = open(failing);
    await jobs.start();
    const job = await jobs.accept(request(csv(3000)));
    await expect.poll(async () => (await jobs.find(job.id)).rows).toBe(1000);
    await jobs.stop();
    expect(await state.imports.find(job.id)).toMatchObject({ state: 'running', rows: 1000, finishedAt: null });
    jobs = open(receiver);
    await jobs.start();
    expect(await ended(job)).toMatchObject({ state: 'done', rows: 3000, counts: { stored: 3000, duplicate: 0 } });
    expect(await count()).toBe(3000);
  });

  test('of fifty thousand rows does not hold up a live reading', async () => {
    const job = await jobs.accept(request(csv(50_000)));
    const waits: number[] = [];
    for (let index = 0; (await jobs.find(job.id)).finishedAt === null && index < 500; index += 1) {
      const began = performance.now();
      const payload = Buffer.from(JSON.stringify({ at: NOW + index, values: { pm25: 5 } }));
      const acknowledged = await new Promise<boolean>((resolve) =>
        receiver.take({ kind: 'air', station: 'air-2', device: 'box-2', payload, receivedAt: NOW }, resolve),
      );
      expect(acknowledged).toBe(true);
      waits.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await ended(job)).counts.stored).toBe(50_000);
    waits.sort((one, other) => one - other);
    expect(waits.length).toBeGreaterThan(20);
    expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(100);
  });
});
