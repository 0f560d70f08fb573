import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSecret } from '@clearbay/broker/access/password-hash.ts';
import { Broker } from '@clearbay/broker/broker.ts';
import { DeviceProvisioning } from '@clearbay/pipeline/provision/device-provisioning.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoredCredentials } from '../../cli/device-credentials.ts';

const HOUR_MS = 3_600_000;

describe('credentials of a device at the running broker', () => {
  let folder: string;
  let state: SqliteState;
  let credentials: StoredCredentials;
  let broker: Broker;
  let provisioning: DeviceProvisioning;
  let url: string;
  const clock = { at: Date.now(), now: () => clock.at };
  const clients: MqttClient[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbay-provision-'));
    state = new SqliteState(join(folder, 'state.sqlite'));
    await state.start();
    credentials = new StoredCredentials(state.devices, () => undefined, clock);
    await credentials.start();
    broker = new Broker({
      listen: { tcp: { host: '127.0.0.1', port: 0 } },
      gate: { take: (_incoming, done) => setImmediate(done, true) },
      credentials,
    });
    const { tcp } = await broker.start();
    url = `mqtt://127.0.0.1:${tcp?.port}`;
    provisioning = new DeviceProvisioning({
      state,
      clock,
      hasStation: (id) => id === 'air-1',
      isConfigured: () => false,
      hashSecret,
      refresh: () => credentials.refresh(),
      disconnect: (user) => broker.revoke(user),
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await broker.stop();
    credentials.stop();
    await state.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Connected, or the broker's return code. */
  function connect(device: string, password: string): Promise<MqttClient | number> {
    const client = mqtt.connect(url, { username: device, clientId: device, password, reconnectPeriod: 0 });
    clients.push(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('error', (error) => ('code' in error ? resolve(Number(error.code)) : reject(error)));
    });
  }

  const publish = (client: MqttClient) =>
    client.publishAsync('clearbay/v1/readings/air/air-1/box-1', '{"values":{"pm25":1}}', { qos: 1 });

  async function claimed(device: string): Promise<string> {
    const { code } = await provisioning.createClaim({ stations: ['air-1'], lifeMs: HOUR_MS, person: 'op' });
    const { secret } = await provisioning.redeem({ code, device, address: '127.0.0.1' });
    await provisioning.decide(device, 'approved', 'op');
    return (await provisioning.collect(secret)).password ?? '';
  }

  test('a claimed and approved device may publish at once', async () => {
    const client = await connect('box-1', await claimed('box-1'));
    await publish(client as MqttClient);
    expect(broker.stats().readings).toBe(1);
  });

  test('a rotation leaves no gap: both passwords hold, the former one until its end, however often it is used', async () => {
    const former = await claimed('box-1');
    const live = (await connect('box-1', former)) as MqttClient;
    const { password } = await provisioning.rotate('box-1', HOUR_MS);
    await publish(live);
    live.end(true);
    for (let again = 0; again < 12; again += 1) ((await connect('box-1', former)) as MqttClient).end(true);
    const renewed = (await connect('box-1', password)) as MqttClient;
    await publish(renewed);
    renewed.end(true);
    const left = (await connect('box-1', former)) as MqttClient;
    const closed = new Promise<void>((resolve) => left.once('close', () => resolve()));
    clock.at += HOUR_MS + 1;
    await closed;
    expect(await connect('box-1', former)).toBe(4);
    await publish((await connect('box-1', password)) as MqttClient);
  });

  test('a revoked device is cut off and stays out', async () => {
    const password = await claimed('box-1');
    const live = (await connect('box-1', password)) as MqttClient;
    const closed = new Promise<void>((resolve) => live.once('close', () => resolve()));
    expect(await provisioning.revoke('box-1')).toEqual({ device: 'box-1', connections: 1 });
    await closed;
    expect(await connect('box-1', password)).toBe(4);
  });
});
