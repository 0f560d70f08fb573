import type { Problem } from '@clearbay/contract/api.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, PASSWORD, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;

describe('signing in', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.stop());

  const me = (cookie: string) => stage.get('/api/v1/session', { cookie });

  test('gives a cookie that no script and no other site can use, and the session it stands for', async () => {
    const response = await stage.signIn('officer', PASSWORD);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ user: 'officer', role: 'officer' });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^clearbay_session_\d+=cbs_[\w-]{43};/);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    expect(cookie).toContain('Path=/');
    const session = await me(cookie.split(';')[0] ?? '');
    expect(await session.json()).toEqual({ user: 'officer', role: 'officer' });
    expect(session.headers.get('cache-control')).toBe('no-store');
  });

  test('keeps neither the password nor the secret of the session', async () => {
    const cookie = await stage.cookie('officer');
    const secret = cookie.split('=')[1] ?? '';
    expect(await stage.state.accounts.token(secret)).toBeUndefined();
    expect((await stage.state.accounts.user('officer'))?.passwordHash).toMatch(/^\$argon2id\$/);
  });

  test('tells an unknown user and a wrong password apart in nothing', async () => {
    const unknown = await stage.signIn('nobody', 'wrong');
    const wrong = await stage.signIn('officer', 'wrong');
    expect([unknown.status, wrong.status]).toEqual([401, 401]);
    const strip = ({ instance, ...rest }: Problem) => rest;
    expect(strip((await unknown.json()) as Problem)).toEqual(strip((await wrong.json()) as Problem));
  });

  test('locks name and address for 15 minutes after five failures, whatever the password then is', async () => {
    for (let tries = 0; tries < 5; tries += 1) expect((await stage.signIn('officer', 'wrong')).status).toBe(401);
    const locked = await stage.signIn('officer', PASSWORD);
    expect(locked.status).toBe(429);
    expect(locked.headers.get('retry-after')).toBe('900');
    expect(((await locked.json()) as Problem).code).toBe('sign-in.locked');
    expect((await stage.signIn('viewer', PASSWORD)).status).toBe(429);
    stage.clock.at += 15 * 60_000;
    expect((await stage.signIn('officer', PASSWORD)).status).toBe(200);
  });

  test('lets parallel tries not slip past the lock', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => stage.signIn('officer', 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  test('writes successes, failures and the lock to the audit trail', async () => {
    await stage.signIn('officer', PASSWORD);
    for (let tries = 0; tries < 6; tries += 1) await stage.signIn('officer', 'wrong');
    const actions = (await stage.state.audit.list({ limit: 20 })).map(({ action }) => action);
    expect(actions.filter((action) => action === 'session.opened')).toHaveLength(1);
    expect(actions.filter((action) => action === 'session.refused')).toHaveLength(4);
    expect(actions.filter((action) => action === 'session.locked')).toHaveLength(1);
  });

  test('ends with sign-out, at once and on the server', async () => {
    const cookie = await stage.cookie('duty');
    const out = await fetch(`${stage.url}/api/v1/session`, { method: 'DELETE', headers: { cookie } });
    expect(out.status).toBe(204);
    expect((await me(cookie)).status).toBe(401);
  });

  test('ends after 12 hours, but a viewer who keeps looking stays', async () => {
    const officer = await stage.cookie('officer');
    const viewer = await stage.cookie('viewer');
    stage.clock.at += 7 * HOUR_MS;
    expect((await me(officer)).headers.getSetCookie()).toEqual([]);
    expect((await me(viewer)).headers.getSetCookie()[0]).toContain(viewer);
    stage.clock.at += 6 * HOUR_MS;
    expect((await me(officer)).status).toBe(401);
    expect((await me(viewer)).status).toBe(200);
  });

  test('follows the user: a changed role holds from the next request', async () => {
    const cookie = await stage.cookie('admin');
    const known = await stage.state.accounts.user('admin');
    await stage.state.accounts.saveUser({ ...known!, role: 'viewer' });
    expect(await (await me(cookie)).json()).toEqual({ user: 'admin', role: 'viewer' });
    expect((await stage.get('/api/v1/audit', { cookie })).status).toBe(403);
  });

  test('refuses a form of another site, and takes our own page and programs without a browser', async () => {
    const foreign = { origin: 'https://evil.example' };
    const refused = await stage.signIn('officer', PASSWORD, foreign);
    expect(refused.status).toBe(403);
    expect(((await refused.json()) as Problem).code).toBe('origin.foreign');
    expect((await stage.signIn('officer', PASSWORD, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await stage.signIn('officer', PASSWORD, { origin: 'null' })).status).toBe(403);
    expect((await stage.signIn('officer', PASSWORD, { origin: stage.url })).status).toBe(200);
    const cookie = await stage.cookie('officer');
    const signOut = (headers: Record<string, string>) =>
      fetch(`${stage.url}/api/v1/session`, { method: 'DELETE', headers: { cookie, ...headers } });
    expect((await signOut(foreign)).status).toBe(403);
    expect((await me(cookie)).status).toBe(200);
  });

  test('refuses a cookie as bearer token and a token as cookie', async () => {
    const cookie = await stage.cookie('admin');
    const [name, secret] = cookie.split('=');
    expect((await stage.get('/api/v1/overview', { authorization: `Bearer ${secret}` })).status).toBe(401);
    expect((await stage.get('/api/v1/overview', { cookie: `${name}=${await stage.token('admin')}` })).status).toBe(401);
  });

  test('takes bearer tokens until they expire, and says when one is not valid', async () => {
    expect((await stage.as('viewer', '/api/v1/overview')).status).toBe(200);
    const wrong = await stage.get('/api/v1/overview', { authorization: 'Bearer cbt_wrong', cookie: await stage.cookie('admin') });
    expect(wrong.status).toBe(401);
    expect(((await wrong.json()) as Problem).code).toBe('token.invalid');
    expect(wrong.headers.get('www-authenticate')).toContain('Bearer');
  });
});
