import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@clearbay/config/faults.ts';
import { loadConfig } from '@clearbay/config/load.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearbay-config-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const name = { zh: '名', en: 'name' };
const air = { kind: 'air', name, town: 't', position: { lon: 118, lat: 24 } };

function loadDistrict(more: object) {
  const file = join(folder, 'clearbay.yaml');
  writeFileSync(file, stringify({ district: { id: 'd', name, towns: [{ id: 't', name }], ...more } }));
  return loadConfig(file, {}, {}).district;
}

const load = (...stations: object[]) => loadDistrict({ stations }).stations;

function faultsOf(...stations: object[]): readonly string[] {
  return faultsOfDistrict({ stations });
}

function faultsOfDistrict(more: object): readonly string[] {
  try {
    loadDistrict(more);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path }) => path);
    throw error;
  }
}

test('an air station may stand in a class 1 area (GB 3095); another class is a fault', () => {
  expect(load({ ...air, id: 'a', areaClass: 1 }, { ...air, id: 'b' })).toMatchObject([{ areaClass: 1 }, { id: 'b' }]);
  expect(faultsOf({ ...air, id: 'a', areaClass: 3 })).toEqual(['district.stations.0.areaClass']);
});

describe('installations of distance sensors', () => {
  test('are dated, and have the station’s datum unless they say another', () => {
    const datum = { zh: '黄海', en: 'Yellow Sea' };
    const flood = {
      ...air,
      id: 'f',
      kind: 'flood',
      datum,
      basin: datum,
      lines: { warning: 2, guaranteed: 3 },
      installations: [{ from: '2026-05-01T00:00:00+08:00', reference: 8.35 }],
    };
    expect(load(flood)[0]).toMatchObject({
      installations: [{ from: Date.parse('2026-05-01T00:00:00+08:00'), reference: 8.35, datum }],
    });
    expect(faultsOf({ ...flood, installations: [{ from: '2026-05-01', reference: 8.35 }] })).toContain(
      'district.stations.0.installations.0.from',
    );
  });
});

describe('calibration and maintenance windows', () => {
  test('are read as instants, in order of their beginning', () => {
    const windows = [
      { from: '2026-11-20T09:00:00+08:00', to: '2026-11-20T10:30:00+08:00', reason: 'maintenance' },
      { from: '2026-11-01T01:00:00Z', to: '2026-11-01T01:20:00Z', reason: 'calibration', note: name },
    ];
    expect(load({ ...air, id: 'a', windows })[0]?.windows).toEqual([
      { from: Date.UTC(2026, 10, 1, 1), to: Date.UTC(2026, 10, 1, 1, 20), reason: 'calibration', note: name },
      { from: Date.UTC(2026, 10, 20, 1), to: Date.UTC(2026, 10, 20, 2, 30), reason: 'maintenance' },
    ]);
  });

  test('without a zone, and those that end before they begin, are faults', () => {
    const windows = [
      { from: '2026-11-20T09:00:00', to: '2026-11-20T10:30:00+08:00', reason: 'maintenance' },
      { from: '2026-11-20T09:00:00+08:00', to: '2026-11-20T08:00:00+08:00', reason: 'calibration' },
    ];
    const faults = faultsOf({ ...air, id: 'a', windows });
    expect(faults).toContain('district.stations.0.windows.0.from');
    expect(faults).toContain('district.stations.0.windows.1.to');
  });
});

describe('neighbours', () => {
  const flood = { kind: 'flood', name, town: 't', position: air.position, datum: name, basin: name };

  test('of the same kind are taken with their tolerance', () => {
    const neighbours = { stations: ['b'], tolerance: { pm25: 40 } };
    expect(load({ ...air, id: 'a', neighbours }, { ...air, id: 'b' })[0]).toMatchObject({ neighbours });
  });

  test('that are itself, unknown, of another kind or have a tolerance for an unknown metric are faults', () => {
    const gauge = { ...flood, id: 'f', lines: { warning: 1, guaranteed: 2 } };
    const neighbours = { stations: ['a', 'nowhere', 'f'], tolerance: { pm52: 1 } };
    expect(faultsOf({ ...air, id: 'a', neighbours }, gauge)).toEqual([
      'district.stations.0.neighbours.tolerance.pm52',
      'district.stations.0.neighbours.stations.0',
      'district.stations.0.neighbours.stations.1',
      'district.stations.0.neighbours.stations.2',
    ]);
  });

  test('of a gauge are a fault: a flood is believed without them', () => {
    const gauge = { ...flood, lines: { warning: 1, guaranteed: 2 } };
    const faults = faultsOf({ ...gauge, id: 'f', neighbours: { stations: ['g'] } }, { ...gauge, id: 'g' });
    expect(faults).toEqual(['district.stations.0']);
  });
});

describe('days of exceptional events', () => {
  const stations = [{ ...air, id: 'a' }];

  test('are read oldest first', () => {
    const exceptionalDays = ['2026-04-02', '2026-03-27'].map((date) => ({ date, reason: name }));
    expect(loadDistrict({ stations, exceptionalDays }).exceptionalDays).toEqual([
      { date: '2026-03-27', reason: name },
      { date: '2026-04-02', reason: name },
    ]);
  });

  test('that are no dates, or listed twice, are faults', () => {
    expect(faultsOfDistrict({ stations, exceptionalDays: [{ date: '2026-02-30', reason: name }] })).toEqual([
      'district.exceptionalDays.0.date',
    ]);
    const twice = { date: '2026-03-27', reason: name };
    expect(faultsOfDistrict({ stations, exceptionalDays: [twice, twice] })).toEqual(['district.exceptionalDays']);
  });
});
