import type { FloodDay } from '@clearbay/domain/kinds/flood/days.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import type { HourSum } from '@clearbay/domain/kinds/kind.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { GAUGE, STANDARDS } from './gauge.ts';

const MIDNIGHT = Date.parse('2026-06-10T00:00:00+08:00');

function hour(metric: string, hours: number, sum: number, max = sum): HourSum {
  return {
    metric,
    at: MIDNIGHT + hours * HOUR_MS,
    validCount: 1,
    validMs: HOUR_MS,
    sumMicro: Math.round(sum * 1e6),
    min: sum,
    max,
    last: sum,
    simulated: false,
  };
}

const days = (hours: readonly HourSum[], count = 1, edition?: string) =>
  floodKind.days(GAUGE, hours, { from: MIDNIGHT, until: MIDNIGHT + count * DAY_MS }, STANDARDS, edition);
const detail = (hours: readonly HourSum[], count?: number): FloodDay => days(hours, count)[0]?.detail as FloodDay;

describe('a day of a gauge', () => {
  test('has the stage of its highest level, 24:00 included and 00:00 not', () => {
    const [day] = days([hour('level', 0, 9), hour('level', 12, 3, 3.6), hour('level', 24, 4.5), hour('level', 25, 9)]);
    expect(day).toMatchObject({ level: 'day', start: MIDNIGHT, rating: { code: 'above-guaranteed' }, figure: { value: 4.5 } });
    expect(detail([hour('level', 12, 3, 3.6)])).toMatchObject({
      highest: { level: 3.6, hour: MIDNIGHT + 12 * HOUR_MS },
      lowest: 3,
    });
  });

  test('has the rain of 08:00 to 08:00 of the next date', () => {
    const hours = [
      hour('rainfall', 8, 100),
      hour('rainfall', 9, 20),
      hour('rainfall', 24, 10),
      hour('rainfall', 32, 19.9),
      hour('rainfall', 33, 50),
    ];
    expect(detail(hours)).toMatchObject({ rain: { mm: 49.9, hours: 3 }, grade: { code: 'heavy' } });
  });

  test('an incomplete rain day says at least', () => {
    expect(days([hour('rainfall', 9, 20)])[0]?.reason.en).toBe('at least 20.0 mm of rain from 08:00');
    const whole = Array.from({ length: 24 }, (_, index) => hour('rainfall', 9 + index, 1));
    expect(days(whole)[0]?.reason.en).toBe('24.0 mm of rain from 08:00');
  });

  test('without any value there is no entry, with rain alone no stage', () => {
    expect(days([], 3)).toEqual([]);
    expect(days([{ ...hour('level', 3, 1), validCount: 0, min: null, max: null }])).toEqual([]);
    expect(days([hour('rainfall', 9, 20)])[0]?.rating.rank).toBe(-1);
  });

  test('an edition that does not exist is refused', () => {
    expect(() => days([], 1, 'other')).toThrow(RangeError);
    expect(days([hour('level', 1, 1)], 1, 'by-date')).toHaveLength(1);
  });
});
