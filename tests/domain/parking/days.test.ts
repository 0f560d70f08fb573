import type { HourSum } from '@clearbay/domain/kinds/kind.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { expect, test } from 'vitest';
import { GATES, LOT, STANDARDS } from './lot.ts';

const MIDNIGHT = Date.parse('2026-06-10T00:00:00+08:00');
const SPAN = { from: MIDNIGHT, until: MIDNIGHT + DAY_MS };

function hour(metric: string, hours: number, sum: number, validCount = 4): HourSum {
  const at = MIDNIGHT + hours * HOUR_MS;
  return { metric, at, validCount, validMs: HOUR_MS, sumMicro: sum * 1e6, min: 0, max: 0, last: 0, simulated: true };
}

test('a day of a gate lot has the level of its busiest hour and the means of the day', () => {
  const hours = [
    hour('free', 9, 320),
    hour('free', 10, 36),
    hour('free', 11, 200),
    hour('entered', 9, 30),
    hour('left', 9, 12),
    hour('left', 30, 9),
  ];
  const [day] = parkingKind.days(GATES, hours, SPAN, STANDARDS);
  expect(day).toMatchObject({ rating: { code: 'scarce' }, figure: { value: 9 }, origin: 'simulated', level: 'day' });
  expect(day?.detail).toEqual({
    busiest: { free: 9, hour: MIDNIGHT + 10 * HOUR_MS },
    occupancy: (20 + 91 + 50) / 300,
    hours: 3,
    entered: 30,
    left: 12,
    turnover: 0.12,
  });
});

test('a lot whose bays report changes has no day from hourly means, and an empty day none either', () => {
  expect(parkingKind.days(LOT, [hour('occupied', 9, 3)], SPAN, STANDARDS)).toEqual([]);
  expect(parkingKind.days(GATES, [], SPAN, STANDARDS)).toEqual([]);
  expect(() => parkingKind.days(GATES, [], SPAN, STANDARDS, 'other')).toThrow(RangeError);
});

test('a lot whose gateway counts its bays has days from that count, and nobody counted its gates', () => {
  const [day] = parkingKind.days(LOT, [hour('free', 9, 8, 4), hour('occupied', 9, 3)], SPAN, STANDARDS);
  expect(day?.detail).toMatchObject({ busiest: { free: 2 }, hours: 1, entered: null, left: null, turnover: null });
});
