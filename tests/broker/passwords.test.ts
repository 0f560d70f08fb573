import { createHash } from 'node:crypto';
import { hashPassword, hashSecret, isSecretHash, matchesSecret } from '@clearbay/broker/access/password-hash.ts';
import { PasswordVerifier } from '@clearbay/broker/access/password-verifier.ts';
import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { account, connectPacket, credential, PASSWORD, RawClient, type Stage, stage } from './stage.ts';

const SECRET = 'Zm9yIGEgZGV2aWNlIHRvIGtlZXAgYWxvbmU';
const chosen = await hashPassword(PASSWORD, { memoryKiB: 1024, passes: 1 });
const attempt = (password: string, hashes: readonly string[], more: object = {}) => ({
  user: 'u',
  password: Buffer.from(password),
  hashes,
  address: '192.0.2.1',
  isGone: () => false,
  ...more,
});

describe('the hash of a password that the system made', () => {
  test('is a SHA-256 over its own salt and the password', () => {
    const [, scheme, salt, digest] = hashSecret(SECRET).split('$') as [string, string, string, string];
    const expected = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(SECRET).digest('base64url');
    expect([scheme, Buffer.from(salt, 'base64url').length, digest]).toEqual(['sha256', 16, expected]);
    expect(hashSecret(SECRET)).not.toBe(hashSecret(SECRET));
  });

  test('matches that password alone, and what is broken matches nothing', () => {
    const stored = hashSecret(SECRET);
    expect(matchesSecret(stored, Buffer.from(SECRET))).toBe(true);
    expect(matchesSecret(stored, Buffer.from(SECRET.slice(1)))).toBe(false);
    expect(matchesSecret(stored, Buffer.alloc(0))).toBe(false);
    for (const broken of ['$sha256$', '$sha256$c2FsdA', '$sha256$c2FsdA$', stored.slice(0, -2)])
      expect(matchesSecret(broken, Buffer.from(SECRET))).toBe(false);
  });

  test('is told from argon2id by its beginning', () => {
    expect([isSecretHash(hashSecret(SECRET)), isSecretHash(chosen)]).toEqual([true, false]);
  });
});

describe('checking passwords', () => {
  const clock = { at: 1_000_000, now: () => clock.at };
  const verifier = (limits: object = {}) => new PasswordVerifier({ ...DEFAULT_LIMITS, ...limits }, clock);

  test('both kinds pass, and say against which hash; a rotation may mix them', async () => {
    const made = hashSecret(SECRET);
    const either = verifier();
    expect(await either.check(attempt(SECRET, [made, chosen]))).toEqual({ passedWith: made });
    expect(await either.check(attempt(PASSWORD, [made, chosen]))).toEqual({ passedWith: chosen });
    expect(await either.check(attempt('wrong', [made, chosen]))).toBe('bad-password');
    expect(await either.check(attempt('wrong', ['no hash at all']))).toBe('bad-password');
  });

  test('a made password needs no place in the queue, a chosen one does', async () => {
    const full = verifier({ passwordChecks: 0, passwordQueue: 0 });
    const made = hashSecret(SECRET);
    expect(await full.check(attempt(SECRET, [made]))).toEqual({ passedWith: made });
    expect(await full.check(attempt(PASSWORD, [chosen]))).toBe('verifier-busy');
  });

  test('failures of an address over many users end its slow checks for the minute, and nobody else’s', async () => {
    const guarded = verifier({ passwordFailuresPerMinutePerAddress: 3 });
    const guess = (user: string) => guarded.check(attempt('guess', [chosen], { user }));
    const verdicts = [await guess('a'), await guess('b'), await guess('c'), await guess('d')];
    expect(verdicts).toEqual(['bad-password', 'bad-password', 'bad-password', 'password-throttled']);
    expect(await guarded.check(attempt(PASSWORD, [chosen], { user: 'e', address: '192.0.2.2' }))).toEqual({ passedWith: chosen });
    const made = hashSecret(SECRET);
    expect(await guarded.check(attempt(SECRET, [made]))).toEqual({ passedWith: made });
    clock.at += 60_000;
    expect(await guess('d')).toBe('bad-password');
  });

  test('what came at once and waits is refused too once enough of it failed', async () => {
    const guarded = verifier({ passwordChecks: 1, passwordFailuresPerMinutePerAddress: 3 });
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => guarded.check(attempt('guess', [chosen], { user: `u${index}` }))),
    );
    expect(verdicts.filter((verdict) => verdict === 'bad-password')).toHaveLength(3);
    expect(verdicts.filter((verdict) => verdict === 'password-throttled')).toHaveLength(17);
  });

  test('nothing is checked for a connection that is gone', async () => {
    expect(await verifier().check(attempt(PASSWORD, [chosen], { isGone: () => true }))).toBe('gone');
  });
});

describe('signing in', () => {
  let staged: Stage;
  afterEach(() => staged.stop());

  test('a cold fleet with made passwords comes in at once, with the slow checks all taken', async () => {
    const passwordHash = hashSecret(PASSWORD);
    staged = await stage({
      credentials: { find: (device) => ({ device, passwordHash, stations: ['s1'] }) },
      limits: { passwordChecks: 0, passwordQueue: 0 },
    });
    const codes = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const client = await staged.raw();
        await client.signIn(`n${index}`);
        return (client.packets[0] as { returnCode: number }).returnCode;
      }),
    );
    expect(codes.every((code) => code === 0)).toBe(true);
    expect(staged.broker.stats()).toMatchObject({ clients: 500, refused: {} });
  });

  test('an address that guesses over known users keeps nobody else waiting', async () => {
    staged = await stage({
      credentials: { find: (device) => credential(device) },
      limits: { passwordFailuresPerMinutePerAddress: 5 },
    });
    const guesses = Array.from({ length: 50 }, async (_, index) => {
      const client = await RawClient.open(staged.port, '127.0.2.9');
      client.send(connectPacket(`v${index}`, { password: Buffer.from('guess') }));
      await client.closed;
    });
    await staged.connect('good');
    await Promise.all(guesses);
    const { 'bad-password': wrong = 0, 'password-throttled': throttled = 0 } = staged.broker.stats().refused;
    // Two are checked at a time.
    expect(wrong).toBeLessThanOrEqual(6);
    expect(wrong + throttled).toBe(50);
  });

  test('a CONNECT that nothing answers is refused in time, counted once, and its socket closed', async () => {
    staged = await stage({ accounts: { find: () => new Promise(() => {}) }, limits: { answerTimeoutMs: 100 } });
    const client = await staged.raw();
    client.send(connectPacket('officer'));
    await client.closed;
    expect(client.packets).toMatchObject([{ cmd: 'connack', returnCode: 3 }]);
    expect(staged.broker.stats()).toMatchObject({ connections: 0, refused: { 'connect-unanswered': 1 } });
  });

  test('who was answered in time stays', async () => {
    staged = await stage({ limits: { answerTimeoutMs: 200 } }, [account('officer')]);
    const client = await staged.connect('officer');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(client.connected).toBe(true);
    expect(staged.broker.stats().refused).toEqual({});
  });
});
