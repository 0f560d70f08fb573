import { setTimeout as pause } from 'node:timers/promises';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import { type AccountPrincipal, stillHolds } from '@clearbay/broker/access/principal.ts';
import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import type { IClientOptions, MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { account, credential, PASSWORD, type Stage, stage } from './stage.ts';

const WITHIN_MS = 1000;

let staged: Stage | undefined;
afterEach(async () => {
  await staged?.stop();
  staged = undefined;
});

const enter = (user: string, options: IClientOptions = {}) => (staged as Stage).connect(user, options);

/** Whether the connection ended within a second. */
async function ends(client: MqttClient): Promise<boolean> {
  const closed = new Promise<true>((resolve) => client.once('close', () => resolve(true)));
  return (await Promise.race([closed, pause(WITHIN_MS, false)])) || !client.connected;
}

describe('a device that is connected', () => {
  const known = new Map<string, DeviceCredential>();
  const begin = async (...devices: readonly DeviceCredential[]) => {
    known.clear();
    for (const each of devices) known.set(each.device, each);
    staged = await stage({ credentials: { find: (user) => known.get(user) } });
  };

  test('is put out within a second when it is removed, and nobody else', async () => {
    await begin(credential('d1'), credential('d2'));
    const [one, other] = [await enter('d1'), await enter('d2')];
    known.delete('d1');
    expect(await ends(one)).toBe(true);
    expect(other.connected).toBe(true);
    expect(staged?.broker.stats().refused).toEqual({ 'rights-ended': 1 });
  });

  test('is put out when its password is replaced, and comes back with the new one', async () => {
    await begin(credential('d1'));
    const client = await enter('d1');
    known.set('d1', { ...credential('d1'), passwordHash: hashSecret('the new one') });
    expect(await ends(client)).toBe(true);
    await enter('d1', { password: 'the new one' });
  });

  test('stays through a rotation while the former password holds, and not after it', async () => {
    await begin(credential('d1'));
    const client = await enter('d1');
    const rotated = { ...credential('d1'), passwordHash: hashSecret('the new one') };
    known.set('d1', { ...rotated, formerPasswordHash: credential('d1').passwordHash, formerUntil: Date.now() + 60_000 });
    const renewed = await enter('d1', { password: 'the new one', clientId: 'd1/renewed' });
    expect(await ends(client)).toBe(false);
    known.set('d1', rotated);
    expect(await ends(client)).toBe(true);
    expect(renewed.connected).toBe(true);
  });

  test('stays when only its stations change: they are asked for with every reading', async () => {
    await begin(credential('d1'));
    const client = await enter('d1');
    known.set('d1', { ...credential('d1'), stations: ['s2'] });
    expect(await ends(client)).toBe(false);
  });
});

describe('an account that is connected', () => {
  let now: AccountPrincipal | undefined;
  let isAway = false;
  const OFFICER = account('officer', { subscribe: ['clearbay/v1/alerts/+'], publish: ['clearbay/v1/commands/+'] });
  const begin = async () => {
    now = OFFICER;
    isAway = false;
    const find = async (user: string) => {
      if (isAway) throw new Error('the store is away');
      return user === 'officer' ? now : undefined;
    };
    staged = await stage({ accounts: { find } });
    return await enter('officer');
  };

  test.each<[what: string, change: AccountPrincipal | undefined]>([
    ['it is removed', undefined],
    ['it may watch less', { ...OFFICER, subscribe: [] }],
    ['it may no longer publish', { ...OFFICER, publish: [] }],
    ['it may do more', { ...OFFICER, system: true }],
    ['its password is changed', { ...OFFICER, passwordHash: hashSecret('another') }],
  ])('is put out within a second when %s', async (_what, change) => {
    const client = await begin();
    now = change;
    expect(await ends(client)).toBe(true);
    expect(staged?.broker.stats().refused).toEqual({ 'rights-ended': 1 });
  });

  test('stays while nothing changed, also while the store cannot say', async () => {
    const client = await begin();
    now = { ...OFFICER };
    expect(await ends(client)).toBe(false);
    isAway = true;
    expect(await ends(client)).toBe(false);
    isAway = false;
    now = undefined;
    expect(await ends(client)).toBe(true);
  });

  test('is another user than a device that takes its name', () => {
    const officer = { type: 'account', user: 'd1', account: account('d1') } as const;
    const device = { type: 'device', user: 'd1', credential: credential('d1') } as const;
    expect([stillHolds(officer, device), stillHolds(device, officer)]).toEqual([false, false]);
  });
});

test('who came by certificate stays when the password changes, and goes with the device', () => {
  const then = { type: 'device', user: 'd1', credential: credential('d1') } as const;
  const changed = { ...then, credential: { ...credential('d1'), passwordHash: hashSecret(PASSWORD) } };
  expect([stillHolds(then, changed), stillHolds(then, undefined)]).toEqual([true, false]);
});
