import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import type { FloodStation } from '@clearbay/domain/district.ts';
import type { Reading, Values } from '@clearbay/domain/reading.ts';

export const STANDARDS = loadFloodStandards();

/** 2026-06-10 08:00 local. */
export const EIGHT = Date.parse('2026-06-10T08:00:00+08:00');

export const GAUGE: FloodStation = {
  id: 'gauge',
  kind: 'flood',
  name: { zh: '试验站', en: 'test gauge' },
  town: 'town',
  position: { lon: 118.7, lat: 24.9 },
  state: 'service',
  grade: 'official',
  datum: { zh: '假定基面', en: 'assumed datum' },
  lines: { bed: 0, normal: 1, warning: 3.5, guaranteed: 4.5, highestOnRecord: 5.2 },
  basin: { zh: '试验流域', en: 'test basin' },
  tidal: false,
};

export function gaugeReading(at: number, values: Values, more: Partial<Reading> = {}): Reading {
  return {
    station: 'gauge',
    device: 'gauge-1',
    at,
    receivedAt: at,
    origin: 'measured',
    periodMs: 60_000,
    values,
    historical: false,
    correction: false,
    rev: 0,
    ...more,
  };
}
