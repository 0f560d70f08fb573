import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionJournal } from '@clearbay/broker/sessions/session-journal.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { account, connectPacket, PASSWORD, type Stage, stage, until } from './stage.ts';

let staged: Stage;
afterEach(() => staged.stop());

const codeOf = async (attempt: Promise<unknown>) => (await attempt.catch((error: { code?: number }) => error.code)) as number;

describe('who may connect', () => {
  test('a device with its password comes in, under its name or that name with a slash and more', async () => {
    staged = await stage();
    await staged.connect('d1');
    await staged.connect('d1', { clientId: 'd1/second' });
    await staged.connect('d1', { clientId: 'd1/third' });
    await until(() => staged.broker.stats().clients === 3);
    expect(staged.broker.stats().refused).toEqual({});
  });

  test('an unknown user, a wrong password and no password are refused and counted', async () => {
    staged = await stage();
    expect(await codeOf(staged.connect('nobody'))).toBe(4);
    expect(await codeOf(staged.connect('d1', { password: 'wrong' }))).toBe(4);
    const raw = await staged.raw();
    raw.send({ ...connectPacket('d1'), username: undefined, password: undefined } as never);
    await raw.closed;
    expect(raw.packets[0]).toMatchObject({ cmd: 'connack', returnCode: 5 });
    expect(staged.broker.stats().refused).toMatchObject({ 'unknown-user': 1, 'bad-password': 1, 'no-credentials': 1 });
  });

  test('repeated wrong passwords are not even checked any more', async () => {
    staged = await stage({ limits: { passwordFailuresPerMinute: 3 } });
    for (let attempt = 0; attempt < 5; attempt += 1) await codeOf(staged.connect('d1', { password: `wrong ${attempt}` }));
    expect(staged.broker.stats().refused).toMatchObject({ 'bad-password': 3, 'password-throttled': 2 });
  });

  test('a client id of somebody else is refused', async () => {
    staged = await stage();
    expect(await codeOf(staged.connect('d2', { clientId: 'd1' }))).toBe(2);
    expect(await codeOf(staged.connect('d1', { clientId: 'd10' }))).toBe(2);
    expect(await codeOf(staged.connect('d1', { clientId: 'd1-second' }))).toBe(2);
    expect(staged.broker.stats().refused).toEqual({ 'client-id-not-owned': 3 });
  });

  test('a device cannot take the id of another one whose name begins with its own', async () => {
    staged = await stage();
    expect(await codeOf(staged.connect('d1', { clientId: 'd1-b', clean: false }))).toBe(2);
    const owner = await staged.connect('d1-b', { clean: false });
    expect(await codeOf(staged.connect('d1', { clientId: 'd1-b' }))).toBe(2);
    expect(owner.connected).toBe(true);
    expect(staged.broker.stats().refused).toEqual({ 'client-id-not-owned': 2 });
  });

  test('the same credentials take a client id over', async () => {
    staged = await stage();
    const holder = await staged.connect('d1');
    const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
    await staged.connect('d1');
    await ended;
    expect(staged.broker.stats().refused).toEqual({});
  });

  test('two users who may both use a client id do not take it, or the session kept under it, from each other', async () => {
    staged = await stage({}, [account('d1/x')]);
    const first = await staged.connect('d1/x', { clean: false });
    expect(await codeOf(staged.connect('d1', { clientId: 'd1/x' }))).toBe(2);
    expect(first.connected).toBe(true);
    await first.endAsync();
    expect(await codeOf(staged.connect('d1', { clientId: 'd1/x' }))).toBe(2);
    expect(staged.broker.stats().refused).toEqual({ 'client-id-taken': 2 });
  });

  test('a session kept for somebody whose client id it is not gives way to the owner, who gets nothing of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clearbay-squatted-'));
    try {
      const sessionsFile = join(folder, 'sessions.sqlite');
      const journal = new SessionJournal(sessionsFile);
      journal.open();
      await journal.write('session', 'd1-b', 'd1', Date.now());
      await journal.write('subscribe', 'd1-b', 'clearbay/v1/commands/d1', 1);
      journal.close();
      staged = await stage({ sessionsFile });
      const owner = await staged.raw();
      owner.send(connectPacket('d1-b', { clean: false }));
      expect(await owner.received(1)).toMatchObject([{ cmd: 'connack', returnCode: 0, sessionPresent: false }]);
      expect(staged.broker.stats()).toMatchObject({ sessions: 1, refused: {} });
      owner.send({ cmd: 'disconnect' });
      await owner.closed;
      const again = await staged.raw();
      again.send(connectPacket('d1-b', { clean: false }));
      expect(await again.received(1)).toMatchObject([{ cmd: 'connack', returnCode: 0 }]);
      await staged.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('an account comes in by its own password', async () => {
    staged = await stage({}, [account('officer')]);
    await staged.connect('officer');
    expect(await codeOf(staged.connect('officer', { password: `${PASSWORD}!`, clientId: 'officer/2' }))).toBe(4);
  });

  test('a right that is taken ends the connection', async () => {
    staged = await stage();
    const client = await staged.connect('d1');
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect(staged.broker.revoke('d1')).toBe(1);
    await ended;
    expect(client.connected).toBe(false);
  });

  test('sessions beyond the cap are refused, known ones return', async () => {
    staged = await stage({ limits: { maxSessions: 1 } });
    await (await staged.connect('d1', { clean: false })).endAsync();
    expect(await codeOf(staged.connect('d2', { clean: false }))).toBe(3);
    await staged.connect('d1', { clean: false });
    expect(staged.broker.stats().refused).toEqual({ 'too-many-sessions': 1 });
  });
});
