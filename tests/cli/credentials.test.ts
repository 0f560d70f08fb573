import { join } from 'node:path';
import type { DeviceListView, StationDetailView, StatusView } from '@clearbay/contract/api.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { type RunningSystem, startSystem } from '../harness/system.ts';

const CONFIG = {
  district: {
    id: 'd',
    name: { zh: '区', en: 'district' },
    towns: [{ id: 'a', name: { zh: '镇', en: 'town' } }],
    stations: ['air-1', 'air-2'].map((id) => ({
      id,
      kind: 'air',
      name: { zh: id, en: id },
      town: 'a',
      position: { lon: 118, lat: 25 },
    })),
  },
};

const ADMIN_PASSWORD = 'the admin’s own password';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ config: CONFIG, adminPassword: ADMIN_PASSWORD });
});
afterAll(async () => {
  await system?.stop();
});

/** When the connection ended. */
const endOf = (client: MqttClient) => new Promise<number>((resolve) => client.once('close', () => resolve(Date.now())));

const own = (...args: string[]) => [...args, '--data', system.data, '--config', system.configFile];

describe('clearbay token', () => {
  test.each(['viewer', 'duty', 'officer', 'operator', 'tester', 'admin'])(
    'prints a token of a %s that the running system takes',
    async (role) => {
      const { code, stdout, stderr } = await clearbay(own('token', '--role', role));
      expect([code, stderr]).toEqual([0, '']);
      const response = await fetch(`${system.url}/api/v1/overview`, { headers: { authorization: `Bearer ${stdout.trim()}` } });
      expect(response.status).toBe(200);
    },
  );

  test('knows its roles', async () => {
    expect(await clearbay(own('token', '--role', 'king'))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no role "king"; there are: viewer, duty, officer, operator, tester, admin.\n',
    });
  });
});

describe('an account', () => {
  test('whose role another process changes loses its connection within a second, and comes back with the new rights', {
    timeout: 60_000,
  }, async () => {
    const connect = async () =>
      await connectAsync(system.mqttUrl, {
        username: 'admin',
        password: ADMIN_PASSWORD,
        clientId: 'admin',
        protocolVersion: 4,
        reconnectPeriod: 0,
      });
    const live = await connect();
    await live.subscribeAsync('clearbay/v1/readings/+/+/+');
    const ended = endOf(live);
    const state = new SqliteState(join(system.data, 'state.sqlite'));
    await state.start();
    try {
      const admin = await state.accounts.user('admin');
      if (admin === undefined) throw new Error('there is no administrator');
      await state.accounts.saveUser({ ...admin, role: 'viewer' });
      const changed = Date.now();
      expect((await ended) - changed).toBeLessThan(1000);
      const viewer = await connect();
      await expect(viewer.subscribeAsync('clearbay/v1/readings/+/+/+')).rejects.toThrow();
      await viewer.endAsync(true);
      await state.accounts.saveUser(admin);
    } finally {
      await state.stop();
    }
  });
});

describe('clearbay device add', () => {
  test('prints credentials with which the device reports at once for its stations, and for no other', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout } = await clearbay(own('device', 'add', 'logger-7', '--station', 'air-1'));
    expect(code).toBe(0);
    const { device, password, stations } = JSON.parse(stdout) as { device: string; password: string; stations: string[] };
    expect([device, stations]).toEqual(['logger-7', ['air-1']]);

    // A running system sees new devices within a second.
    const { devices } = await system.api<DeviceListView>('/devices');
    expect(devices.map((each) => each.device)).toContain('logger-7');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const client = await connectAsync(system.mqttUrl, { username: device, password, clientId: device, reconnectPeriod: 0 });
    const payload = JSON.stringify({ at: Date.now(), values: { pm25: 28.1 } });
    await client.publishAsync('clearbay/v1/readings/air/air-1/logger-7', payload, { qos: 1 });
    await expect
      .poll(async () => (await system.api<StationDetailView>('/stations/air-1')).latest.map((latest) => latest.value))
      .toEqual([28.1]);
    await client.publishAsync('clearbay/v1/readings/air/air-2/logger-7', payload, { qos: 1 });
    await client.endAsync(true);
    expect((await system.api<StationDetailView>('/stations/air-2')).latest).toEqual([]);
    expect((await system.api<StatusView>('/status')).refused).toMatchObject({ 'foreign-station': 1 });
  });

  test('again gives a new password, and whoever is connected with the former one is put out within a second', {
    timeout: 60_000,
  }, async () => {
    const added = async () => {
      const { stdout } = await clearbay(own('device', 'add', 'logger-6', '--station', 'air-1'));
      return (JSON.parse(stdout) as { password: string }).password;
    };
    const connect = async (password: string) =>
      await connectAsync(system.mqttUrl, { username: 'logger-6', password, clientId: 'logger-6', reconnectPeriod: 0 });
    const former = await added();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const live = await connect(former);
    const ended = endOf(live);
    const renewed = await added();
    const changed = Date.now();
    expect((await ended) - changed).toBeLessThan(1000);
    await expect(connect(former)).rejects.toMatchObject({ code: 4 });
    await (await connect(renewed)).endAsync(true);
  });

  test.each([
    ['an unknown station', ['logger-8', '--station', 'air-9'], 'The district has no station "air-9".\n'],
    [
      'an id that topics cannot hold',
      ['Logger 8', '--station', 'air-1'],
      '"Logger 8" cannot be a device id: lower-case letters, digits and hyphens, at most 64.\n',
    ],
  ])('%s is refused', async (_case, args, stderr) => {
    expect(await clearbay(own('device', 'add', ...args))).toEqual({ code: 1, stdout: '', stderr });
  });

  test('a data folder that cannot be written is told in a sentence', async () => {
    const ended = await clearbay([
      'device',
      'add',
      'logger-9',
      '--station',
      'air-1',
      '--config',
      system.configFile,
      '--data',
      '/sys/clearbay',
    ]);
    expect([ended.code, ended.stdout, ended.stderr.trimEnd().split('\n').length]).toEqual([1, '', 1]);
  });
});
