import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import type { ParkingStation } from '@clearbay/domain/district.ts';
import type { Reading, Values } from '@clearbay/domain/reading.ts';

export const STANDARDS = loadParkingStandards();

/** A Wednesday, 08:00 local. */
export const EIGHT = Date.parse('2026-06-10T08:00:00+08:00');

export const LOT: ParkingStation = {
  id: 'lot',
  kind: 'parking',
  name: { zh: '试验停车场', en: 'test car park' },
  town: 'town',
  position: { lon: 118.7, lat: 24.9 },
  state: 'service',
  grade: 'official',
  capacity: 10,
  counting: 'bays',
  closedBays: 0,
  chargers: 0,
};

export const GATES: ParkingStation = { ...LOT, capacity: 100, counting: 'counter' };

export function lotReading(at: number, values: Values, more: Partial<Reading> = {}): Reading {
  return {
    station: 'lot',
    device: 'lot-1',
    at,
    receivedAt: at,
    origin: 'measured',
    periodMs: 15_000,
    values,
    historical: false,
    correction: false,
    rev: 0,
    ...more,
  };
}

export function bayReading(at: number, bay: number, occupied: 0 | 1, more: Partial<Reading> = {}): Reading {
  return lotReading(at, { occupied }, { bay: `A-${String(bay).padStart(3, '0')}`, ...more });
}

/** Every bay of a lot at one moment, the first `taken` of them occupied. */
export function allBays(at: number, taken: number, capacity = 10): Reading[] {
  return Array.from({ length: capacity }, (_, bay) => bayReading(at, bay, bay < taken ? 1 : 0));
}
