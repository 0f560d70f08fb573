import type { DeviceListView, StationDetailView, StatusView } from '@clearbay/contract/api.ts';
import { connectAsync } from 'mqtt';
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

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ config: CONFIG });
});
afterAll(async () => {
  await system?.stop();
});

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

describe('clearbay device add', () => {
  test('prints credentials with which the device reports at once for its stations, and for no other', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout } = await clearbay(own('device', 'add', 'logger-7', '--station', 'air-1'));
    expect(code).toBe(0);
    const { device, password, stations } = JSON.parse(stdout) as { device: string; password: string; stations: string[] };
    expect([device, stations]).toEqual(['logger-7', ['air-1']]);

    // A running system looks for new devices every two seconds.
    const { devices } = await system.api<DeviceListView>('/devices');
    expect(devices.map((each) => each.device)).toContain('logger-7');
    await new Promise((resolve) => setTimeout(resolve, 2200));
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
