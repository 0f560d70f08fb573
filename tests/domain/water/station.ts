import type { WaterStation } from '@clearbay/domain/district.ts';
import type { Reading } from '@clearbay/domain/reading.ts';

export const station: WaterStation = {
  id: 'w1',
  kind: 'water',
  name: { zh: '测试断面', en: 'test section' },
  town: 'luoyang',
  position: { lon: 118.7, lat: 24.9 },
  state: 'service',
  grade: 'official',
  waterBody: 'river',
  role: 'section',
  targetClass: 3,
};

export function reading(at: number, values: Reading['values'], more: Partial<Reading> = {}): Reading {
  return {
    station: station.id,
    device: 'd1',
    at,
    receivedAt: at + 60_000,
    origin: 'measured',
    periodMs: 14_400_000,
    values,
    historical: false,
    correction: false,
    rev: 0,
    ...more,
  };
}
