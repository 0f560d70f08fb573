import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';

const STATION = {
  id: 'air-1',
  kind: 'air',
  name: { zh: '一站', en: 'one' },
  town: 'a',
  position: { lon: 118, lat: 25 },
  devices: [{ id: 'air-1-a' }],
};
const DISTRICT = {
  id: 'd',
  name: { zh: '区', en: 'district' },
  towns: [{ id: 'a', name: { zh: '镇', en: 'town' } }],
  stations: [STATION],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function checked(text: string, environment: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'clearbay.yaml');
  await writeFile(file, text);
  return clearbay(['check-config', file], { environment });
}

describe('clearbay check-config', () => {
  test('says what a sound configuration holds', async () => {
    expect(await checked(JSON.stringify({ district: DISTRICT }))).toEqual({
      code: 0,
      stdout: 'The configuration is sound: 1 stations, 1 devices, 0 targets.\n',
      stderr: '',
    });
    expect(await clearbay(['check-config'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('names every fault of file, district and environment together, as path and reason', async () => {
    const district = {
      ...DISTRICT,
      stations: [
        { ...STATION, town: 'nowhere', position: { lon: 200, lat: 25 } },
        { ...STATION, devices: [{ id: 'air-1-a' }, { id: 'UPPER' }] },
      ],
    };
    const { code, stdout, stderr } = await checked(JSON.stringify({ http: { port: 70_000 }, datta: './x', district }), {
      CLEARBAY_MQTT_PORT: 'many',
    });
    expect([code, stdout]).toEqual([1, '']);
    const [title, ...faults] = stderr.trimEnd().split('\n');
    expect(title).toBe('The configuration has faults:');
    const paths = faults.map((line) => line.trim().split(': ')[0]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'settings.http.port',
        'settings',
        'district.stations.0.position.lon',
        'district.stations.1.devices.1.id',
        'CLEARBAY_MQTT_PORT',
      ]),
    );
    expect(stderr).toContain('datta');
    expect(stderr).not.toContain('    at ');
  });

  test('faults between the parts of a district are told together', async () => {
    const district = { ...DISTRICT, stations: [{ ...STATION, town: 'nowhere' }, STATION] };
    const { code, stderr } = await checked(JSON.stringify({ district }));
    expect(code).toBe(1);
    expect(stderr).toContain('there is no town "nowhere"');
    expect(stderr).toContain('station id "air-1" is used twice');
    expect(stderr).toContain('device id "air-1-a" is used twice');
  });

  test.each([
    ['YAML that is none', 'district: [1, 2', /clearbay\.yaml: /],
    ['a list instead of settings', '- 1\n- 2\n', /a mapping of settings is expected/],
    ['no district', 'http: { port: 0 }\n', /district: a district is required/],
    ['a district file that is not there', 'district: other.yaml\n', /other\.yaml: the file does not exist/],
  ])('%s', async (_case, text, reason) => {
    const { code, stderr } = await checked(text);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain('    at ');
  });

  test('a configuration that is not there', async () => {
    const { code, stderr } = await clearbay(['check-config', '/nowhere/clearbay.yaml']);
    expect([code, stderr]).toEqual([1, 'The configuration has faults:\n  /nowhere/clearbay.yaml: the file does not exist\n']);
  });
});
