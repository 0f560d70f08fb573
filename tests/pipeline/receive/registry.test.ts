import type { District } from '@clearbay/domain/district.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { expect, test } from 'vitest';
import { metric } from './stage.ts';

const base = { name: { zh: '', en: '' }, town: '', position: { lon: 0, lat: 0 }, state: 'service', grade: 'official' } as const;

test('the registry of a district knows stations by their kind and devices by their stations', () => {
  const district: District = {
    id: 'x',
    name: { zh: '', en: '' },
    demonstration: true,
    towns: [],
    targets: [],
    stations: [
      { ...base, id: 'a1', kind: 'air', notMonitored: [] },
      { ...base, id: 'p1', kind: 'parking', capacity: 120, counting: 'bays', closedBays: 0, chargers: 0 },
      { ...base, id: 'p2', kind: 'parking', capacity: 80, counting: 'counter', closedBays: 0, chargers: 0 },
    ],
    devices: [
      { id: 'd1', station: 'a1', periodMs: 60_000, origin: 'simulated' },
      { id: 'gateway', station: 'p1', periodMs: 30_000, origin: 'measured' },
      { id: 'gateway', station: 'p2', periodMs: 30_000, origin: 'measured' },
    ],
  };
  const kinds = [
    { id: 'air', metrics: [metric('pm25')] },
    { id: 'parking', metrics: [metric('occupied', { perBay: true }), metric('free')] },
  ];
  const registry = districtRegistry(district, kinds);
  expect([...(registry.station('a1')?.metrics.keys() ?? [])]).toEqual(['pm25']);
  expect(registry.station('p1')).toMatchObject({ kind: 'parking', bays: 120, bayMetrics: new Set(['occupied']) });
  expect(registry.station('p2')).toMatchObject({ bays: 0, bayMetrics: new Set() });
  expect(registry.station('p9')).toBeUndefined();
  expect(registry.device('d1')).toMatchObject({ origin: 'simulated', periodMs: 60_000 });
  expect(registry.device('gateway')?.stations).toEqual(new Set(['p1', 'p2']));
});
