import type { AirStation } from '@clearbay/domain/district.ts';
import type { Reading, Values } from '@clearbay/domain/reading.ts';

export const STATION: AirStation = {
  kind: 'air',
  id: 'air-1',
  name: { zh: '一号站', en: 'Station one' },
  town: 'town',
  position: { lon: 118.8, lat: 24.9 },
  state: 'service',
  grade: 'indicative',
  notMonitored: [],
};

export function reading(at: number, values: Values, rest: Partial<Reading> = {}): Reading {
  return {
    station: STATION.id,
    device: 'd1',
    at,
    receivedAt: at,
    origin: 'measured',
    periodMs: 300_000,
    values,
    historical: false,
    correction: false,
    rev: 0,
    ...rest,
  };
}

export const CLEAN: Values = { so2: 6, no2: 20, co: 0.5, o3: 80, pm10: 40, pm25: 20 };

/** A seeded number source for tests that need many values. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
