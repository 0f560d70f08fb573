import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';

/** Noon in the district ten days ago: a real InfluxDB judges retention by the real clock. */
export const T0 = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS + 4 * HOUR_MS;

/** A plausible reading; tests change what matters to them. */
export function reading(change: Partial<Reading> = {}): Reading {
  return {
    station: 'air-1',
    device: 'air-1-a',
    at: T0,
    receivedAt: T0 + 300,
    origin: 'measured',
    periodMs: 60_000,
    values: { pm25: 28.1 },
    historical: false,
    correction: false,
    rev: 0,
    ...change,
  };
}
