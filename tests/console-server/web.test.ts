import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

describe('serving the console', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.stop());

  const page = (path: string) => stage.get(path, { accept: 'text/html' });

  test('says plainly that the pages are not built yet', async () => {
    const response = await page('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });

  test('serves the page for every address of its own and keeps hashed assets for ever', async () => {
    await mkdir(join(stage.webRoot, 'assets'), { recursive: true });
    await writeFile(join(stage.webRoot, 'index.html'), '<!doctype html><title>清湾</title>');
    await writeFile(join(stage.webRoot, 'assets', 'main-abc123.js'), 'export {};');
    for (const path of ['/', '/stations/air-1', '/alerts']) {
      const response = await page(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('清湾');
    }
    const asset = await stage.get('/assets/main-abc123.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await page('/assets/gone.js')).status).toBe(404);
    expect((await stage.get('/favicon.ico')).status).toBe(404);
  });

  test('does not serve files outside its folder', async () => {
    await writeFile(join(stage.webRoot, '..', 'secret.txt'), 'secret');
    for (const path of ['/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%2e%2e/secret.txt']) {
      const body = await new Promise<string>((resolve, reject) => {
        request({ host: '127.0.0.1', port: stage.port, path }, (response) => {
          let text = '';
          response.on('data', (piece) => {
            text += piece;
          });
          response.on('end', () => resolve(text));
        })
          .on('error', reject)
          .end();
      });
      expect(body).not.toBe('secret');
    }
  });

  test('allows no inline script, no frame and no foreign source', async () => {
    const { headers } = await page('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('metrics are for a scraper on this machine, or with a token', async () => {
    expect(await (await stage.get('/metrics')).text()).toContain('accepted 10');
    expect((await stage.get('/metrics', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(401);
    expect((await stage.as('viewer', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(403);
    expect((await stage.as('operator', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(200);
  });

  test('a second server on the same port says that it is taken', async () => {
    await expect(openStage({ listen: { host: '127.0.0.1', port: stage.port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
