import type { District, FloodStation, ParkingStation } from '@clearbay/domain/district.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';

const base = {
  town: 'baiqi',
  position: { lon: 118.75, lat: 24.89 },
  state: 'service',
  grade: 'indicative',
} as const;

export const gauge: FloodStation = {
  ...base,
  id: 'flood-1',
  kind: 'flood',
  name: { zh: '水位站', en: 'gauge' },
  datum: { zh: '假定基面', en: 'assumed datum' },
  lines: { bed: 0, normal: 0.9, warning: 2.4, guaranteed: 3 },
  basin: { zh: '流域', en: 'basin' },
  tidal: false,
};

const lot: ParkingStation = {
  ...base,
  id: 'park-1',
  kind: 'parking',
  name: { zh: '停车场', en: 'car park' },
  capacity: 40,
  counting: 'bays',
  closedBays: 0,
  chargers: 4,
};

/** A gauge and a car park with bays, simulated, and a station that is only planned. */
export function smallDistrict(periodMs: number): District {
  return {
    id: 'small',
    name: { zh: '小区', en: 'small' },
    demonstration: true,
    towns: [],
    targets: [],
    stations: [gauge, lot, { ...gauge, id: 'flood-2', state: 'planned' }],
    devices: ['flood-1', 'park-1', 'flood-2'].map((station) => ({
      id: `${station}-a`,
      station,
      periodMs,
      origin: 'simulated' as const,
    })),
  };
}

export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['flood', floodKind as unknown as Kind],
  ['parking', parkingKind as unknown as Kind],
]);

export const passwords = new Map(['flood-1-a', 'park-1-a', 'flood-2-a'].map((device) => [device, `secret-${device}`]));
