import { loadConfig } from '@clearbay/config/load.ts';
import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { Station } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { describe, expect, test } from 'vitest';

const standards: Readonly<Record<string, unknown>> = loadStandards();
const stations = loadConfig(undefined, {}, {}).district.stations;

function stationOf<K extends Station['kind']>(kind: K): Extract<Station, { kind: K }> {
  const found = stations.find((station) => station.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} station`);
  return found as Extract<Station, { kind: K }>;
}

function marks(station: Station, metric: string, date = '2026-11-24') {
  const found = KINDS.get(station.kind)?.marks?.(station, metric, standards[station.kind], date) ?? [];
  return found.map(({ value, side, label, edition }) => ({ value, side, en: label.en, edition }));
}

describe('lines that a course is held against', () => {
  test('of air are the class 2 limits of GB 3095 in force on the day', () => {
    const air = stationOf('air');
    const edition = 'GB 3095-2026 transition';
    expect(marks(air, 'pm25')).toEqual([{ value: 60, side: 'at-most', en: '24 h limit', edition }]);
    expect(marks(air, 'o3')).toEqual([
      { value: 200, side: 'at-most', en: '1 h limit', edition },
      { value: 160, side: 'at-most', en: '8 h limit', edition },
    ]);
    expect(marks(air, 'pm25', '2026-02-28')).toMatchObject([{ value: 75, edition: 'GB 3095-2012' }]);
    expect(marks(air, 'pm25', '2031-01-01')).toMatchObject([{ value: 50 }]);
    expect(marks(air, 'temperature')).toEqual([]);
  });

  test('of air in a class 1 area are the class 1 limits', () => {
    const reserve = { ...stationOf('air'), areaClass: 1 as const };
    expect(marks(reserve, 'pm25').map(({ value }) => value)).toEqual([35]);
    expect(marks(reserve, 'o3').map(({ value }) => value)).toEqual([160, 100]);
  });

  test('of water are those of class III by the water body, a floor for oxygen and a band for pH', () => {
    const river = { ...stationOf('water'), waterBody: 'river' as const, targetClass: 3 as const };
    const edition = 'GB 3838-2002';
    expect(marks(river, 'tp')).toEqual([{ value: 0.2, side: 'at-most', en: 'class III limit', edition }]);
    expect(marks({ ...river, waterBody: 'lake' }, 'tp')).toMatchObject([{ value: 0.05 }]);
    expect(marks(river, 'dissolved_oxygen')).toMatchObject([{ value: 5, side: 'at-least' }]);
    expect(marks(river, 'ph')).toMatchObject([
      { value: 9, side: 'at-most' },
      { value: 6, side: 'at-least' },
    ]);
    expect(marks(river, 'tn')).toEqual([]);
    expect(marks(river, 'conductivity')).toEqual([]);
  });

  test('of water with another class to meet stand beside class III', () => {
    const canal = { ...stationOf('water'), waterBody: 'river' as const, targetClass: 4 as const };
    expect(marks(canal, 'nh3n')).toMatchObject([
      { value: 1, en: 'class III limit' },
      { value: 1.5, en: 'class IV limit' },
    ]);
  });

  test('of gauges and car parks are their own', () => {
    const gauge = stationOf('flood');
    expect(marks(gauge, 'level').map(({ value, edition }) => [value, edition])).toEqual([
      [gauge.lines.warning, null],
      [gauge.lines.guaranteed, null],
    ]);
    expect(marks(gauge, 'rainfall')).toEqual([]);
    const lot = stationOf('parking');
    expect(marks(lot, 'free')).toMatchObject([{ value: lot.capacity }]);
  });
});
