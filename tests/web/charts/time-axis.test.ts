import { afterEach, describe, expect, test } from 'vitest';
import { timeTicks } from '../../../console/web/charts/time-axis.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2026-11-23 00:00 in Beijing. */
const MIDNIGHT = Date.UTC(2026, 10, 22, 16);
const zone = process.env.TZ;

afterEach(() => {
  process.env.TZ = zone ?? '';
  if (zone === undefined) delete process.env.TZ;
});

describe('ticks of the time axis', () => {
  test('a day has ticks on round Beijing hours and its date at midnight', () => {
    expect(timeTicks(MIDNIGHT, MIDNIGHT + DAY, 8).map(({ label }) => label)).toEqual([
      '11-23',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
      '11-24',
    ]);
  });

  test.each(['America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'])(
    'a machine in %s draws the same ticks',
    (machine) => {
      const expected = timeTicks(MIDNIGHT + 5 * HOUR, MIDNIGHT + 3 * DAY, 6);
      process.env.TZ = machine;
      expect(timeTicks(MIDNIGHT + 5 * HOUR, MIDNIGHT + 3 * DAY, 6)).toEqual(expected);
      expect(expected[0]?.label).toBe('12:00');
    },
  );

  test('minutes, weeks and months stand on round steps within the span', () => {
    expect(timeTicks(MIDNIGHT + 7 * 60_000, MIDNIGHT + HOUR, 6).map(({ label }) => label)).toEqual([
      '00:10',
      '00:20',
      '00:30',
      '00:40',
      '00:50',
      '01:00',
    ]);
    expect(timeTicks(MIDNIGHT, MIDNIGHT + 30 * DAY, 8).every(({ at }) => (at - MIDNIGHT) % DAY === 0)).toBe(true);
    const year = timeTicks(Date.UTC(2025, 11, 31, 16), MIDNIGHT, 12);
    expect(year[0]).toEqual({ at: Date.UTC(2025, 11, 31, 16), label: '2026-01' });
    expect(year.at(-1)?.label).toBe('2026-11');
  });

  test('an empty span or no room has no ticks', () => {
    expect(timeTicks(5, 5, 8)).toEqual([]);
    expect(timeTicks(0, 5, 0)).toEqual([]);
  });
});
