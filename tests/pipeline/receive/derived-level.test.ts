import type { FloodStation } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { districtRegistry } from '@clearbay/pipeline/receive/registry.ts';
import { expect, test } from 'vitest';
import { NOW, stageReceiver } from './stage.ts';

const name = { zh: '名', en: 'name' };
const datum = { zh: '1985 国家高程基准', en: '1985 national height datum' };
const gauge: FloodStation = {
  id: 'f1',
  kind: 'flood',
  name,
  town: 't',
  position: { lon: 118, lat: 24 },
  state: 'service',
  grade: 'official',
  datum,
  lines: { warning: 3, guaranteed: 4 },
  basin: name,
  tidal: false,
  installations: [
    { from: NOW - 3_600_000, reference: 8.35, datum },
    { from: 0, reference: 6.1, datum },
  ],
};
const district = {
  id: 'd',
  name,
  demonstration: false,
  towns: [],
  targets: [],
  stations: [gauge],
  devices: [{ id: 'radar', station: 'f1', periodMs: 60_000, origin: 'measured' as const }],
};

test('a distance is committed with its level, by the installation of its own time, and both are judged', async () => {
  const staged = stageReceiver({ registry: districtRegistry(district, [...KINDS.values()]) });
  const send = (at: number, distance: number) =>
    staged.send({ at, values: { distance } }, { kind: 'flood', station: 'f1', device: 'radar' });
  await send(NOW - 2 * 3_600_000, 4.05);
  await send(NOW, 4.05);
  expect(staged.ledger.readings.map(({ values }) => values)).toEqual([
    { distance: 4.05, level: 2.05 },
    { distance: 4.05, level: 4.3 },
  ]);
  await send(NOW + 1000, 300);
  expect((staged.last().quality?.distance ?? 0) & QUALITY.range).toBe(QUALITY.range);
  expect(staged.last().values.level).toBe(-291.65);
});
