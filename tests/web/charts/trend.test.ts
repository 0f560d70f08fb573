import { describe, expect, test } from 'vitest';
import { livePoint } from '../../../console/web/charts/points.ts';
import { changePerHour } from '../../../console/web/charts/trend.ts';

const MINUTE = 60_000;
const rising = Array.from({ length: 30 }, (_, minute) => livePoint(minute * MINUTE, 1 + minute * 0.01, 0));

describe('the trend of a course', () => {
  test('is its change per hour', () => {
    expect(changePerHour(rising, 15 * MINUTE)).toBeCloseTo(0.6);
  });

  test('is of the last span alone: a fall after a rise is a fall', () => {
    const fallen = [
      ...rising,
      ...Array.from({ length: 15 }, (_, minute) => livePoint((30 + minute) * MINUTE, 1.3 - minute * 0.02, 0)),
    ];
    expect(changePerHour(fallen, 15 * MINUTE)).toBeLessThan(0);
  });

  test('needs three points that count', () => {
    expect(changePerHour([], MINUTE)).toBeNull();
    expect(changePerHour(rising.slice(0, 2), 60 * MINUTE)).toBeNull();
    expect(
      changePerHour(
        rising.map((point) => ({ ...point, validCount: 0 })),
        60 * MINUTE,
      ),
    ).toBeNull();
  });
});
