import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAdministrator } from '@clearbay/console-server/accounts/administrator.ts';
import { checkPassword } from '@clearbay/console-server/accounts/passwords.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

describe('the first administrator', () => {
  let folder: string;
  let state: SqliteState;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbay-admin-'));
    state = new SqliteState(join(folder, 'state.sqlite'));
    await state.start();
  });
  afterEach(async () => {
    await state.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const opens = async (password: string) => checkPassword((await state.accounts.user('admin'))?.passwordHash, password);

  test('comes from the given password', async () => {
    expect(await ensureAdministrator(state, { password: 'given password', demo: false })).toEqual({
      user: 'admin',
      created: true,
    });
    expect(await opens('given password')).toBe(true);
    expect((await state.accounts.user('admin'))?.role).toBe('admin');
  });

  test('is not made up outside the demonstration', async () => {
    expect(await ensureAdministrator(state, { demo: false })).toBeUndefined();
    expect(await state.accounts.user('admin')).toBeUndefined();
  });

  test('gets a random password in the demonstration, the same at every start', async () => {
    const first = await ensureAdministrator(state, { demo: true });
    expect(first?.created).toBe(true);
    expect(first?.password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(await opens(first?.password ?? '')).toBe(true);
    expect(await ensureAdministrator(state, { demo: true })).toEqual({
      user: 'admin',
      created: false,
      password: first?.password,
    });
    expect(await ensureAdministrator(state, { demo: false })).toEqual({ user: 'admin', created: false });
  });

  test('a given password takes the place of a made-up one, which is then forgotten', async () => {
    const madeUp = await ensureAdministrator(state, { demo: true });
    expect(await ensureAdministrator(state, { password: 'given password', demo: true })).toEqual({
      user: 'admin',
      created: false,
    });
    expect(await opens('given password')).toBe(true);
    expect(await opens(madeUp?.password ?? '')).toBe(false);
    expect(await ensureAdministrator(state, { demo: true })).toEqual({ user: 'admin', created: false });
  });

  test('a password that people set is never overridden', async () => {
    await ensureAdministrator(state, { password: 'first password', demo: false });
    await ensureAdministrator(state, { password: 'second password', demo: false });
    expect(await opens('first password')).toBe(true);
  });

  test('a short password is refused with a sentence', async () => {
    await expect(ensureAdministrator(state, { password: 'short', demo: false })).rejects.toMatchObject({
      code: 'password.refused',
      message: "the administrator's password must have 8 to 256 characters",
    });
  });
});
