import { gzipSync } from 'node:zlib';
import type { BulkView } from '@clearbay/contract/bulk.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { AIR, NOW } from './staged-district.ts';

describe('bulk readings through the API', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.stop());

  const csv = (minute: number) => `station,device,at,pm25\n${AIR.id},d1,${NOW + minute},28\nnope,d1,${NOW},28\n`;

  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    stage.as('operator', '/api/v1/readings', { method: 'POST', headers, body });

  test('are taken plain and packed, row by row, and written to the audit trail', async () => {
    for (const [body, packed] of [
      [csv(1), {}],
      [new Uint8Array(gzipSync(csv(2))), { 'content-encoding': 'gzip' }],
    ] as const) {
      const response = await post(body, { 'content-type': 'text/csv; charset=utf-8', ...packed });
      expect(response.status).toBe(200);
      expect(((await response.json()) as BulkView).rows).toEqual([
        { row: 2, outcome: 'stored' },
        { row: 3, outcome: 'refused', reason: 'unknown-station' },
      ]);
    }
    const [row] = await stage.state.audit.list({ limit: 1 });
    expect(row).toMatchObject({ action: 'import.readings', subject: '2 rows' });
  });

  test('may be repeated under a key', async () => {
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'night-run-7' };
    expect(((await (await post(csv(3), headers)).json()) as BulkView).repeated).toBe(false);
    expect(((await (await post(csv(3), headers)).json()) as BulkView).repeated).toBe(true);
    expect((await post(csv(4), headers)).status).toBe(409);
    expect((await post(csv(4), { ...headers, 'idempotency-key': 'two words' })).status).toBe(400);
  });

  test.each([
    { what: 'another type', body: 'x', type: 'text/plain', status: 415 },
    { what: 'broken JSON', body: '{', type: 'application/json', status: 400 },
    { what: 'an array that is too large', body: `[${' '.repeat(5_000_000)}]`, type: 'application/json', status: 413 },
  ])('$what is $status, and the connection goes on', async ({ body, type, status }) => {
    const response = await post(body, { 'content-type': type });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await response.arrayBuffer();
    const began = performance.now();
    expect((await post('[]', { 'content-type': 'application/json' })).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('are not taken from a page of another origin', async () => {
    const cookie = await stage.cookie('operator');
    const headers = { cookie, origin: 'https://evil.example', 'content-type': 'text/csv' };
    const response = await fetch(`${stage.url}/api/v1/readings`, { method: 'POST', headers, body: csv(5) });
    expect(response.status).toBe(403);
  });
});
