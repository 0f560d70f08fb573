import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type ConfigFault } from '@clearbay/config/faults.ts';
import { loadConfig, type Overrides } from '@clearbay/config/load.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const NAME = { zh: '区', en: 'district' };
const STATION = { id: 'air-1', kind: 'air', name: NAME, town: 't', position: { lon: 118.75, lat: 24.9 } };
const DISTRICT = {
  id: 'd',
  name: NAME,
  towns: [{ id: 't', name: NAME }],
  stations: [{ ...STATION, devices: [{ id: 'air-1-a', periodSeconds: 60 }] }],
};

function settingsOf(settings: Readonly<Record<string, unknown>>, options: Overrides = {}, environment: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'clearbay.yaml');
  writeFileSync(file, stringify({ ...settings, district: DISTRICT }));
  return loadConfig(file, options, environment).settings;
}

function faultsOf(...args: Parameters<typeof settingsOf>): readonly ConfigFault[] {
  try {
    settingsOf(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('a broker outside', () => {
  test('is absent by default, and needs no more than its address', () => {
    expect(settingsOf({}).mqtt.external).toBeUndefined();
    expect(settingsOf({ mqtt: { external: { url: 'mqtts://broker.example:8883' } } }).mqtt.external).toEqual({
      url: 'mqtts://broker.example:8883',
      clientId: 'clearbay',
    });
  });

  test('is named by an option before the environment before the file; the rest of the file stays', () => {
    const inFile = { mqtt: { host: '127.0.0.2', external: { url: 'mqtt://file', username: 'u', password: 'file' } } };
    const environment = { CLEARBAY_BROKER_URL: 'mqtt://environment', CLEARBAY_BROKER_PASSWORD: 'environment' };
    expect(settingsOf(inFile, {}, environment).mqtt).toMatchObject({
      host: '127.0.0.2',
      external: { url: 'mqtt://environment', username: 'u', password: 'environment' },
    });
    expect(settingsOf(inFile, { brokerUrl: 'mqtt://option' }, environment).mqtt.external?.url).toBe('mqtt://option');
    expect(settingsOf({}, { brokerUrl: 'ws://option:8080/mqtt' }).mqtt.external?.url).toBe('ws://option:8080/mqtt');
  });

  test('is not made up from a password alone', () => {
    expect(settingsOf({}, {}, { CLEARBAY_BROKER_PASSWORD: 'secret' }).mqtt.external).toBeUndefined();
  });

  test('of another protocol is refused in a sentence, wherever it was named', () => {
    const expected = [{ path: 'settings.mqtt.external.url', reason: expect.stringContaining('mqtt://127.0.0.1:1883') }];
    for (const url of ['http://127.0.0.1:1883', 'broker', 'tcp://127.0.0.1', ''])
      expect(faultsOf({ mqtt: { external: { url } } })).toEqual(expected);
    expect(faultsOf({}, { brokerUrl: 'http://127.0.0.1' })).toEqual(expected);
    expect(faultsOf({}, {}, { CLEARBAY_BROKER_URL: 'kafka://127.0.0.1' })).toEqual(expected);
  });

  test('takes a client id that every broker takes', () => {
    for (const clientId of ['', 'a b', 'x'.repeat(41), '湾'])
      expect(faultsOf({ mqtt: { external: { url: 'mqtt://b', clientId } } })).toEqual([
        { path: 'settings.mqtt.external.clientId', reason: expect.stringContaining('client id') },
      ]);
  });
});

describe('InfluxDB', () => {
  test('is absent by default and is named by option, environment or file', () => {
    expect(settingsOf({}).series).toMatchObject({ influxUrl: null, influxDatabase: 'clearbay' });
    const inFile = { series: { rawDays: 7, influxUrl: 'http://file:8086', influxUsername: 'u' } };
    const environment = { CLEARBAY_INFLUX_URL: 'https://environment', CLEARBAY_INFLUX_PASSWORD: 'secret' };
    expect(settingsOf(inFile, {}, environment).series).toMatchObject({
      rawDays: 7,
      influxUrl: 'https://environment',
      influxUsername: 'u',
      influxPassword: 'secret',
    });
    expect(settingsOf(inFile, { influxUrl: 'http://option' }, environment).series.influxUrl).toBe('http://option');
  });

  test('is reached over http or https, and the sentence says so', () => {
    const expected = [{ path: 'settings.series.influxUrl', reason: expect.stringContaining('http://127.0.0.1:8086') }];
    for (const influxUrl of ['tcp://127.0.0.1:8086', 'influx', '127.0.0.1:8086'])
      expect(faultsOf({ series: { influxUrl } })).toEqual(expected);
    expect(faultsOf({}, { influxUrl: 'udp://127.0.0.1' })).toEqual(expected);
  });

  test('takes a database name that needs no quoting', () => {
    expect(faultsOf({ series: { influxDatabase: 'a"; DROP' } })[0]?.path).toBe('settings.series.influxDatabase');
  });
});

test('settings that are no mapping are named as such beside a server that is', () => {
  expect(faultsOf({ mqtt: 'broker' }, { influxUrl: 'http://i' }).map(({ path }) => path)).toEqual(['settings.mqtt']);
  expect(faultsOf({ series: [] }, { brokerUrl: 'mqtt://b' }).map(({ path }) => path)).toEqual(['settings.series']);
});
