import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { HealthView, StatusView } from '@clearbay/contract/api.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnClearbay } from '../harness/clearbay.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-worker-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A worker whose broker is away, which is no reason not to answer. */
async function startWorker(...args: string[]) {
  const child = spawnClearbay([
    ...['start', '--json', '--role', 'ingest', '--worker', '1/2', '--broker', 'mqtt://127.0.0.1:1'],
    ...['--data', folder, ...args],
  ]);
  const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
  return {
    hello: JSON.parse(line.toString()) as { readonly url?: string; readonly role: string; readonly worker: string },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      return (await ended)[0] as number;
    },
  };
}

test('a worker tells its health, its metrics and, with a token, its status on a port of its own', {
  timeout: 40_000,
}, async () => {
  const state = new SqliteState(join(folder, 'state.sqlite'));
  await state.start();
  const [operator, viewer] = [await createToken(state, 'operator'), await createToken(state, 'viewer')];
  await state.stop();
  const worker = await startWorker('--http-port', '0');
  try {
    const { url } = worker.hello;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const get = (path: string, token?: string, headers: Record<string, string> = {}) =>
      fetch(`${url}${path}`, { headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } });

    const health = await get('/api/v1/health');
    expect(health.status).toBe(200);
    expect(health.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(health.headers.get('x-powered-by')).toBeNull();
    const view = (await health.json()) as HealthView;
    expect(view).toMatchObject({ live: true, ready: true, state: 'degraded' });
    expect(view.reasons.join()).toContain('mqtt://127.0.0.1:1');

    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('# TYPE clearbay_accepted_total counter');
    expect(metrics).toContain('# TYPE clearbay_mqtt_redelivered_total counter');
    expect(metrics).toMatch(/^clearbay_mqtt_in_flight 0$/m);
    expect((await get('/metrics', undefined, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(401);

    expect((await get('/api/v1/status')).status).toBe(401);
    expect((await get('/api/v1/status', viewer)).status).toBe(403);
    expect((await (await get('/api/v1/status', operator)).json()) as StatusView).toMatchObject({ accepted: 0 });
    for (const path of ['/', '/api/v1/overview', '/api/v1/audit', '/api/v1/devices'])
      expect((await get(path, operator)).status, path).toBe(404);
  } finally {
    expect(await worker.stop()).toBe(0);
  }
  const silent = await startWorker();
  try {
    expect(silent.hello).toMatchObject({ role: 'ingest', worker: '1/2' });
    expect(silent.hello.url).toBeUndefined();
  } finally {
    expect(await silent.stop()).toBe(0);
  }
});
