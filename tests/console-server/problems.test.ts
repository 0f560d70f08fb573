import { request } from 'node:http';
import { problem as problemView } from '@clearbay/console-server/views/operation.ts';
import type { Problem } from '@clearbay/contract/api.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, PASSWORD, type Stage } from './stage.ts';
import { AIR } from './staged-district.ts';

describe('errors', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({
      status: () => {
        throw new Error('secret inner workings');
      },
    });
  });
  afterAll(() => stage.stop());

  async function problem(response: Response): Promise<Problem> {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body: Problem = problemView.parse(await response.json());
    expect(body.status).toBe(response.status);
    expect(body.instance).toBe(response.headers.get('x-request-id'));
    expect(body.type).toBe(`urn:clearbay:problem:${body.code}`);
    return body;
  }

  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    fetch(`${stage.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': type }, body });

  test('an address that does not exist is 404', async () => {
    for (const path of ['/api/v1/nothing', '/api/v2/overview', '/api']) {
      const response = await stage.get(path);
      expect(response.status).toBe(404);
      expect((await problem(response)).code).toBe('route.unknown');
    }
  });

  test('a method that does not exist is 405 and says which do', async () => {
    const response = await fetch(`${stage.url}/api/v1/overview`, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect((await problem(response)).code).toBe('method.unknown');
    expect((await fetch(`${stage.url}/api/v1/session`, { method: 'PATCH' })).headers.get('allow')).toBe(
      'POST, GET, HEAD, DELETE',
    );
  });

  test('a body of 1 MiB is 413 and changes nothing', async () => {
    const response = await post(JSON.stringify({ user: 'x'.repeat(1024 * 1024), password: 'x' }));
    expect(response.status).toBe(413);
    expect((await problem(response)).code).toBe('body.too-large');
  });

  test('a compressed body that swells is 413', async () => {
    const swelling = new Uint8Array(
      await new Response(
        new Blob([new Uint8Array(8 * 1024 * 1024)]).stream().pipeThrough(new CompressionStream('gzip')),
      ).arrayBuffer(),
    );
    const response = await fetch(`${stage.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: swelling,
    });
    expect(response.status).toBe(413);
  });

  test('a body of another type is 415, a broken one 400', async () => {
    expect((await problem(await post('user=x', 'application/x-www-form-urlencoded'))).code).toBe('body.type');
    expect((await problem(await post('{}', 'text/plain'))).code).toBe('body.type');
    expect((await problem(await post('{"user":'))).code).toBe('body.syntax');
    expect((await problem(await post('"text"'))).code).toBe('body.syntax');
    const unknownEncoding = await fetch(`${stage.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'rot13' },
      body: '{}',
    });
    expect((await problem(unknownEncoding)).code).toBe('body.type');
  });

  test('all faults of a request are told together', async () => {
    const response = await stage.as('viewer', `/api/v1/stations/${AIR.id}/series?from=yesterday&maxPoints=0&colour=red`);
    expect(response.status).toBe(400);
    const { code, errors } = await problem(response);
    expect(code).toBe('input.invalid');
    expect(errors?.map(({ path }) => path).sort()).toEqual(['query.colour', 'query.from', 'query.maxPoints', 'query.metric']);
    const body = await problem(await post(JSON.stringify({ user: '', role: 'admin' })));
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(['body.password', 'body.role', 'body.user']);
  });

  test('a parameter given twice is a fault, not a surprise', async () => {
    const response = await stage.as('viewer', `/api/v1/stations/${AIR.id}/series?metric=pm25&metric=o3`);
    expect((await problem(response)).errors?.[0]?.path).toBe('query.metric');
  });

  test.each([
    `{"user":"officer","password":"${PASSWORD}","__proto__":{"polluted":true}}`,
    `{"user":"officer","password":"${PASSWORD}","constructor":{"prototype":{"polluted":true}}}`,
    '{"__proto__":{"user":"officer","password":"x"}}',
  ])('prototype pollution is refused: %s', async (body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    await problem(response);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('prototype names in path and query find nothing', async () => {
    for (const path of ['/api/v1/stations/__proto__', '/api/v1/stations/constructor', '/api/v1/overview?__proto__=x']) {
      expect([400, 404]).toContain((await stage.as('viewer', path)).status);
    }
    expect((await stage.as('viewer', '/api/v1/stations?__proto__[kind]=air')).status).toBe(400);
  });

  test('a malformed address is a problem of the request', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port: stage.port, path: '/api/v1/stations/%E0%A4%A' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });

  test('an unexpected failure is 500 and tells nothing of its inside', async () => {
    const response = await stage.as('operator', '/api/v1/status');
    expect(response.status).toBe(500);
    const body = await problem(response);
    expect(body.code).toBe('internal');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('takes over a well-formed request number and replaces a hostile one', async () => {
    expect((await stage.get('/api/v1/health', { 'x-request-id': 'trace-0123456789' })).headers.get('x-request-id')).toBe(
      'trace-0123456789',
    );
    const replaced = (await stage.get('/api/v1/health', { 'x-request-id': '<script>alert(1)</script>' })).headers.get(
      'x-request-id',
    );
    expect(replaced).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('too many requests of one address are 429', async () => {
  const stage = await openStage({ limits: { apiPerMinute: 5, signInPerMinute: 2 } });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await stage.signIn('officer', PASSWORD)).status);
  expect(statuses).toEqual([200, 200, 429]);
  for (let i = 0; i < 3; i += 1) expect((await stage.get('/api/v1/health')).status).toBe(200);
  const limited = await stage.get('/api/v1/health');
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(((await limited.json()) as Problem).code).toBe('rate.limited');
  await stage.stop();
});
