import type { Weather } from '@clearbay/domain/kinds/kind.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';
import { assessParkingRow } from '@clearbay/domain/kinds/parking/rows.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, GATES, LOT, lotReading, STANDARDS } from './lot.ts';

describe('one row of a file', () => {
  test('gets occupancy and guidance', () => {
    expect(assessParkingRow({ free: 9, capacity: 30 }, STANDARDS)).toEqual({
      occupancy: 0.7,
      free: 9,
      occupied: 21,
      open: 30,
      guidance: 'tight',
      colour: '#6EC6FF',
      clamped: 0,
      edition: '停车诱导 / parking guidance (ClearBay)',
    });
    expect(assessParkingRow({ occupied: 70, closed: 10, unknown: 5, capacity: 100 }, STANDARDS)).toMatchObject({
      free: 15,
      occupancy: 70 / 85,
    });
  });

  test('negative and too many free bays are clamped and told', () => {
    expect(assessParkingRow({ free: -2, capacity: 30 }, STANDARDS)).toMatchObject({ free: 0, guidance: 'full', clamped: -2 });
    expect(assessParkingRow({ free: 33, capacity: 30 }, STANDARDS)).toMatchObject({ free: 30, guidance: 'ample', clamped: 3 });
  });

  test('without capacity or count nothing is claimed; too much unknown gives no level', () => {
    expect(assessParkingRow({ free: 3 }, STANDARDS)).toMatchObject({ occupancy: null, guidance: 'none' });
    expect(assessParkingRow({ capacity: 3 }, STANDARDS)).toMatchObject({ occupancy: null, guidance: 'none' });
    expect(assessParkingRow({ free: 50, unknown: 11, capacity: 100 }, STANDARDS).guidance).toBe('none');
    expect(() => assessParkingRow({ free: 1 }, STANDARDS, 'other')).toThrow(RangeError);
  });
});

const WEATHER: Weather = {
  rainfall: 0,
  rainRate: 0,
  temperature: 22,
  humidity: 70,
  pressure: 1013,
  windSpeed: 2,
  windDirection: 90,
  airMass: 0,
  stagnation: 0.3,
  sunshine: 0.5,
  tide: 0,
};

/** A week at one-minute steps through the live judgement: free share at every full hour, and messages sent. */
function week(station: typeof LOT, seed: number) {
  const model = parkingKind.model(station, seed);
  const live = parkingKind.live(station, STANDARDS);
  const hours: number[] = [];
  let messages = 0;
  let full = 0;
  const start = EIGHT - 8 * HOUR_MS;
  for (let minute = 0; minute <= 7 * 24 * 60; minute += 1) {
    const at = start + minute * MINUTE_MS;
    for (const { values, bay } of model.step(at, WEATHER)) {
      live.accept(lotReading(at, values, bay === undefined ? {} : { bay }));
      messages += 1;
    }
    if (minute % 60 !== 0) continue;
    const { detail } = live.assess(at);
    expect(detail.reliable).toBe(true);
    hours.push(1 - (detail.occupancy ?? Number.NaN));
    if (detail.guidance === 'full') full += 1;
  }
  return { hours, messages, full, detail: live.assess(start + 7 * DAY_MS).detail };
}

describe('simulated lots', () => {
  const lot = { ...LOT, capacity: 250, chargers: 30 };

  test('bays: the same seed gives the same cars; day and night differ; few messages', () => {
    const one = week(lot, 3);
    expect(week(lot, 3)).toEqual(one);
    expect(week(lot, 4).hours).not.toEqual(one.hours);
    expect(Math.max(...one.hours) - Math.min(...one.hours)).toBeGreaterThan(0.4);
    // Far below every bay at every minute.
    expect(one.messages).toBeLessThan(250 * 7 * 30);
    expect(one.detail.count.unknown).toBe(0);
    expect(one.detail.charging).toMatchObject({ total: 30, offline: 0, fault: 0 });
    expect(one.detail.turnover.value).toBeGreaterThan(0.5);
    expect(one.detail.meanStay.value).toBeGreaterThan(15 * MINUTE_MS);
    expect(one.detail.meanStay.value).toBeLessThan(12 * HOUR_MS);
  });

  test('gates: counts stay near the lot and drift a little, as gates do', () => {
    const gates = { ...GATES, capacity: 420, chargers: 12 };
    const { detail, hours } = week(gates, 3);
    expect(Math.abs(detail.drift.clamped)).toBeLessThan(20);
    expect(Math.max(...hours) - Math.min(...hours)).toBeGreaterThan(0.3);
    expect(detail.charging).toMatchObject({ total: 12, offline: 0 });
  });

  test('steps of an hour work too, and every value lies in the range of its metric', () => {
    for (const station of [lot, { ...GATES, chargers: 5 }]) {
      const model = parkingKind.model(station, 8);
      for (let hour = 0; hour < 100; hour += 1) {
        for (const { values } of model.step(EIGHT + hour * HOUR_MS, WEATHER)) {
          for (const [id, value] of Object.entries(values)) {
            const metric = parkingKind.metrics.find((each) => each.id === id);
            expect(value).toBeGreaterThanOrEqual(metric?.range[0] ?? Number.NaN);
            expect(value).toBeLessThanOrEqual(metric?.range[1] ?? Number.NaN);
            expect(Number.isInteger(value)).toBe(true);
          }
        }
      }
    }
  });

  test('rain keeps visitors away from a park, not from work', () => {
    const occupied = (id: string, rainRate: number): number => {
      const model = parkingKind.model({ ...lot, id }, 3);
      return model.step(EIGHT + 6 * HOUR_MS, { ...WEATHER, rainRate }).filter(({ values }) => values.occupied === 1).length;
    };
    const lots = Array.from({ length: 12 }, (_, index) => `lot-${index}`);
    const shares = lots.map((id) => occupied(id, 20) / occupied(id, 0));
    expect(shares.some((share) => share < 0.2)).toBe(true);
    expect(shares.some((share) => share > 0.95)).toBe(true);
  });
});
