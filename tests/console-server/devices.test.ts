import type {
  AuditPageView,
  ClaimListView,
  ClaimView,
  CollectedView,
  NewClaimView,
  PendingView,
  Problem,
  RedeemedView,
  RevokedView,
  RotatedView,
} from '@clearbay/contract/api.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { AIR } from './staged-district.ts';

const HOUR_MS = 3_600_000;

describe('a device that asks for credentials', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.stop());

  const json = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const open = (path: string, body: unknown) => fetch(`${stage.url}/api/v1${path}`, json(body));
  const operator = (path: string, body: unknown = {}) => stage.as('operator', `/api/v1${path}`, json(body));
  const view = async <View>(response: Promise<Response>) => (await (await response).json()) as View;
  const claim = () => view<NewClaimView>(operator('/devices/claims', { stations: [AIR.id] }));
  const redeem = async (device: string) => view<RedeemedView>(open('/devices/claim', { code: (await claim()).code, device }));
  const collect = (secret: string) => view<CollectedView>(open('/devices/claim/credentials', { secret }));

  test('redeems a code once, waits for a person, and gets its password once', async () => {
    const { code, stations } = await claim();
    expect(stations).toEqual([AIR.id]);
    const first = await open('/devices/claim', { code: code.toLowerCase().replaceAll('-', ' '), device: 'box-7' });
    const { secret } = (await first.json()) as RedeemedView;
    expect((await open('/devices/claim', { code, device: 'box-8' })).status).toBe(404);
    expect(await collect(secret)).toEqual({ device: 'box-7', state: 'pending' });
    expect((await view<PendingView>(stage.as('operator', '/api/v1/pending'))).devices).toMatchObject([{ device: 'box-7' }]);

    expect(await view<ClaimView>(operator('/devices/box-7/approve'))).toMatchObject({
      state: 'approved',
      decidedBy: expect.any(String),
    });
    expect(await stage.state.devices.all()).toEqual([]);
    const { password, ...outcome } = await collect(secret);
    expect(outcome).toEqual({ device: 'box-7', state: 'collected', stations: [AIR.id] });
    expect(await stage.state.devices.all()).toMatchObject([{ device: 'box-7', passwordHash: `hash of ${password}` }]);
    expect(await collect(secret)).toEqual({ device: 'box-7', state: 'collected' });

    const { entries } = await view<AuditPageView>(stage.as('admin', '/api/v1/audit'));
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['claim.created', 'claim.redeemed', 'device.approved', 'device.collected']),
    );
    expect(JSON.stringify(entries)).not.toContain(password);
    expect(JSON.stringify(entries)).not.toContain(code);
  });

  test('is told that it was rejected, and may come with another code', async () => {
    const { secret } = await redeem('box-1');
    await operator('/devices/box-1/reject');
    expect(await collect(secret)).toEqual({ device: 'box-1', state: 'rejected' });
    expect((await operator('/devices/box-1/approve')).status).toBe(404);
    expect((await redeem('box-1')).device).toBe('box-1');
  });

  test('cannot take a name that is there, nor use an old code, nor guess one', async () => {
    await redeem('box-1');
    for (const device of ['box-1', 'configured']) {
      const { code } = await claim();
      expect((await open('/devices/claim', { code, device })).status, device).toBe(409);
      expect((await open('/devices/claim', { code: 'AAAA-AAAA-AAAA-AAAA', device })).status).toBe(404);
    }
    const { code } = await claim();
    for (const device of ['claims', 'Box', '../x', '盒'])
      expect((await open('/devices/claim', { code, device })).status).toBe(400);
    stage.clock.at += 25 * HOUR_MS;
    expect((await open('/devices/claim', { code, device: 'box-2' })).status).toBe(404);
    const { claims } = await view<ClaimListView>(stage.as('operator', '/api/v1/devices/claims'));
    expect(claims.filter(({ state }) => state === 'expired')).toHaveLength(3);
  });

  test('is held to a few tries a minute', async () => {
    const tries: number[] = [];
    for (let count = 0; count < 25; count += 1) tries.push((await open('/devices/claim', { code: 'X', device: 'box' })).status);
    expect(tries.slice(0, 20)).toEqual(Array(20).fill(404));
    expect(tries.slice(20)).toEqual(Array(5).fill(429));
  });

  test('a claim for a station that does not exist is refused', async () => {
    const response = await operator('/devices/claims', { stations: ['nowhere'] });
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([404, 'station.unknown']);
  });

  test('gets a new password while the former one holds for a while', async () => {
    await stage.state.devices.save({ device: 'd1', passwordHash: 'first', stations: [AIR.id] });
    const rotated = await view<RotatedView>(operator('/devices/d1/rotate', { graceMinutes: 60 }));
    expect(rotated.formerUntil).toBe(stage.clock.at + HOUR_MS);
    expect(await stage.state.devices.all()).toEqual([
      {
        device: 'd1',
        passwordHash: `hash of ${rotated.password}`,
        formerPasswordHash: 'first',
        formerUntil: rotated.formerUntil,
        stations: [AIR.id],
      },
    ]);
    expect((await operator('/devices/d2/rotate')).status).toBe(404);
  });

  test('that is revoked loses its credentials first and its connections then', async () => {
    await stage.state.devices.save({ device: 'd1', passwordHash: 'first', stations: [AIR.id] });
    const response = stage.as('operator', '/api/v1/devices/d1', { method: 'DELETE' });
    expect(await view<RevokedView>(response)).toEqual({ device: 'd1', connections: 1 });
    expect(await stage.state.devices.all()).toEqual([]);
    expect((await stage.as('operator', '/api/v1/devices/d1', { method: 'DELETE' })).status).toBe(404);
  });
});
