import { describe, expect, test } from 'vitest';
import { livePoint } from '../../../console/web/charts/points.ts';
import { rainBars, steadyStart } from '../../../console/web/charts/rain-bars.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('bars of rain', () => {
  test('sum the reports of (from, to], a report at the full hour belonging to the hour that ends', () => {
    const reports = [20, 60, 61, 120].map((minute) => livePoint(minute * MINUTE, 1.5, 0));
    expect(rainBars(reports, steadyStart(HOUR), HOUR)).toEqual([
      { from: 0, to: HOUR, mm: 3 },
      { from: HOUR, to: 2 * HOUR, mm: 3 },
    ]);
  });

  test('take the mean of a bucket as often as it was reported', () => {
    const bucket = { ...livePoint(HOUR, 0.2, 0), count: 12, validCount: 10 };
    expect(rainBars([bucket], steadyStart(HOUR), HOUR)[0]?.mm).toBeCloseTo(2);
  });

  test('leave out what was excluded and keep hours without rain apart from hours without a report', () => {
    const reports = [livePoint(HOUR, 0, 0), livePoint(3 * HOUR, 9, 1)];
    expect(rainBars(reports, steadyStart(HOUR), HOUR).map(({ from, mm }) => [from / HOUR, mm])).toEqual([
      [0, 0],
      [2, 0],
    ]);
  });
});
