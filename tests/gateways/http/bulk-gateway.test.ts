import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { BulkRequest } from '@clearbay/contract/bulk.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BulkGateway } from '../../../ingest/gateways/http/bulk-gateway.ts';
import { StagedGate } from './staged-gate.ts';

const AT = Date.UTC(2026, 10, 23);

describe('bulk readings over HTTP', () => {
  let gate: StagedGate;
  let gateway: BulkGateway;
  const clock = { at: AT, now: () => clock.at };
  let folder: string;
  let state: SqliteState;
  const open = async () => {
    state = new SqliteState(join(folder, 'state.sqlite'));
    await state.start();
    gateway = new BulkGateway(gate, clock, state.answers);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulk-'));
    gate = new StagedGate();
    clock.at = AT;
    await open();
  });
  afterEach(async () => {
    await state.stop();
    await rm(folder, { recursive: true });
  });

  const post = (contentType: string, body: string | Buffer, extra: Partial<BulkRequest> = {}) =>
    gateway.receive({
      contentType,
      contentEncoding: 'identity',
      sender: 'tester',
      body: Readable.from([Buffer.from(body)]),
      ...extra,
    });

  const line = (index: number) => JSON.stringify({ station: 'air-1', device: 'd1', at: AT + index, values: { pm25: index } });
  const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index)).join('\n');

  test('takes a JSON array and says what became of each reading', async () => {
    const body = `[${line(1)}, {"station":"nope","values":{}}, 5, {"values":{}}, ${line(1)}]`;
    expect(await post('application/json', body)).toEqual({
      total: 5,
      counts: { stored: 1, duplicate: 1, conflict: 0, replaced: 0, refused: 3 },
      rows: [
        { row: 1, outcome: 'stored' },
        { row: 2, outcome: 'refused', reason: 'unknown-station' },
        { row: 3, outcome: 'refused', reason: 'not-an-object' },
        { row: 4, outcome: 'refused', reason: 'station-missing' },
        { row: 5, outcome: 'duplicate' },
      ],
      repeated: false,
    });
    expect(gate.rows[0]).toEqual({ station: 'air-1', device: 'd1', reading: { at: AT + 1, values: { pm25: 1 } } });
  });

  test('takes JSON lines by line number, a broken line harming no other', async () => {
    const { rows } = await post('application/x-ndjson', `${line(1)}\r\n\r\n{"station":\n${'x'.repeat(70_000)}\n${line(2)}`);
    expect(rows).toEqual([
      { row: 1, outcome: 'stored' },
      { row: 3, outcome: 'refused', reason: 'not-json' },
      { row: 4, outcome: 'refused', reason: 'line-too-long' },
      { row: 5, outcome: 'stored' },
    ]);
  });

  test('takes CSV: metrics are columns, empty cells are absent, what is no number is left to the receiver to refuse', async () => {
    const csv =
      '\uFEFFstation,device,at,pm25,o3,historical\r\nair-1,d1,2026-11-23T08:00:00+08:00,28.1,,true\r\n"air-1",d1,1795392000000,NaN,1e2,\r\n';
    const { counts } = await post('text/csv', csv);
    expect(counts.stored).toBe(2);
    expect(gate.rows.map(({ reading }) => ({ ...reading, values: { ...(reading.values as object) } }))).toEqual([
      { at: '2026-11-23T08:00:00+08:00', values: { pm25: 28.1 }, historical: true },
      { at: 1_795_392_000_000, values: { pm25: 'NaN', o3: 100 } },
    ]);
  });

  test('takes gzip, and refuses one that is broken or swells', async () => {
    expect((await post('application/x-ndjson', gzipSync(lines(3)), { contentEncoding: 'gzip' })).counts.stored).toBe(3);
    await expect(post('application/x-ndjson', 'no gzip', { contentEncoding: 'gzip' })).rejects.toMatchObject({
      code: 'body.syntax',
    });
    gateway = new BulkGateway(gate, clock, state.answers, { bytes: 1_000_000 });
    const swelling = gzipSync(Buffer.alloc(50_000_000, 0x20));
    await expect(post('application/x-ndjson', swelling, { contentEncoding: 'gzip' })).rejects.toMatchObject({
      code: 'body.too-large',
    });
  });

  test.each([
    { what: 'another type', type: 'text/plain', body: 'x', code: 'body.type' },
    { what: 'a type by an inherited name', type: '__proto__', body: 'x', code: 'body.type' },
    { what: 'another encoding', type: 'application/json', encoding: 'br', body: '[]', code: 'body.type' },
    { what: 'one object', type: 'application/json', body: '{"station":"air-1"}', code: 'body.syntax' },
    { what: 'half an array', type: 'application/json', body: '[', code: 'body.syntax' },
    { what: 'a CSV without stations', type: 'text/csv', body: 'a,b\n1,2', code: 'body.syntax' },
    { what: 'a CSV with an open quote', type: 'text/csv', body: 'station,at\n"air-1,1', code: 'body.syntax' },
    { what: 'an array that is too large', type: 'application/json', body: `[${' '.repeat(5_000_000)}]`, code: 'body.too-large' },
  ])('refuses $what as $code', async ({ type, encoding = 'identity', body, code }) => {
    await expect(post(type, body, { contentEncoding: encoding })).rejects.toMatchObject({ code });
  });

  test('hands rows over in batches, each after the one before was committed', async () => {
    const { total, rows } = await post('application/x-ndjson', lines(1200));
    expect(total).toBe(1200);
    expect(rows).toHaveLength(1200);
    expect(gate.batches.map(({ length }) => length)).toEqual([500, 500, 200]);
  });

  test('tells of a large body only what was not stored', async () => {
    const body = `${lines(10_500)}\n{"station":"nope"}\n${line(0)}`;
    const { counts, rows } = await post('application/x-ndjson', body);
    expect(counts).toMatchObject({ stored: 10_500, refused: 1, duplicate: 1 });
    expect(rows.map(({ row, outcome }) => [row, outcome])).toEqual([
      [10_501, 'refused'],
      [10_502, 'duplicate'],
    ]);
  });

  test('a full disk is said so, with what was taken before', async () => {
    gate.full = true;
    await expect(post('application/x-ndjson', lines(3))).rejects.toMatchObject({
      code: 'service.unavailable',
      message: 'readings cannot be stored now; send the body again (0 rows were taken)',
    });
  });

  test('the same key and body give the first answer again and take nothing twice', async () => {
    const first = await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' });
    const again = await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' });
    expect(again).toEqual({ ...first, repeated: true });
    expect(gate.rows).toHaveLength(3);
    expect((await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1', sender: 'other' })).repeated).toBe(false);
    clock.at += 24 * 3_600_000;
    expect((await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).counts.duplicate).toBe(3);
  });

  test('a key is known over a restart', async () => {
    const first = await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' });
    await state.stop();
    await open();
    expect(await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).toEqual({ ...first, repeated: true });
    expect(gate.rows).toHaveLength(3);
    await expect(post('application/x-ndjson', lines(4), { idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'request.conflict',
    });
  });

  test('an answer that cannot be kept is said so', async () => {
    const save = state.answers.save;
    state.answers.save = async () => {
      throw new Error('disk full');
    };
    await expect(post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'service.unavailable',
      message: expect.stringContaining('all 3 rows were worked on'),
    });
    state.answers.save = save;
    expect((await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).counts.duplicate).toBe(3);
  });

  test('a sender that goes away while its key is looked up ends the work', async () => {
    const body = new Readable({ read: () => undefined }).on('error', () => undefined);
    const answer = post('application/x-ndjson', '', { body, idempotencyKey: 'k1' });
    body.destroy(new Error('aborted'));
    await expect(answer).rejects.toThrow('aborted');
  });

  test('the same key with another body, or while the first is at work, is a conflict', async () => {
    await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' });
    await expect(post('application/x-ndjson', lines(4), { idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'request.conflict',
    });
    const { promise, resolve: release } = Promise.withResolvers<void>();
    gate.hold = promise;
    const working = post('application/x-ndjson', lines(3), { idempotencyKey: 'k2' });
    await expect(post('application/x-ndjson', lines(3), { idempotencyKey: 'k2' })).rejects.toMatchObject({
      code: 'request.conflict',
    });
    const other = post('application/x-ndjson', lines(3));
    await expect(post('application/x-ndjson', lines(3))).rejects.toMatchObject({ code: 'rate.limited' });
    release();
    await Promise.all([working, other]);
  });

  test('a refused body does not use up its key', async () => {
    gate.full = true;
    await expect(post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).rejects.toMatchObject({
      code: 'service.unavailable',
    });
    gate.full = false;
    expect((await post('application/x-ndjson', lines(3), { idempotencyKey: 'k1' })).counts.stored).toBe(3);
  });

  test('a sender that goes away ends the work', async () => {
    const body = new Readable({ read: () => undefined });
    const answer = post('application/x-ndjson', '', { body });
    body.push(`${line(1)}\n`);
    setImmediate(() => body.destroy(new Error('aborted')));
    await expect(answer).rejects.toThrow('aborted');
  });

  test('no body, however it is broken, does more than be refused', async () => {
    const types = fc.constantFrom('application/json', 'application/x-ndjson', 'text/csv');
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(fc.jsonValue()).map((rows) => JSON.stringify(rows)),
    );
    await fc.assert(
      fc.asyncProperty(types, bodies, async (type, body) => {
        const outcome = await post(type, body).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: expect.stringMatching(/^body\./) });
      }),
      { numRuns: 300 },
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
