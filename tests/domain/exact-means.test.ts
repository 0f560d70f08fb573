import {
  approximate,
  compareWithLimit,
  type ExactMean,
  largestKept,
  meanOfMeans,
  roundHalfEven,
  roundToUnits,
} from '@clearbay/domain/exact.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const mean = fc.record({ sumMicro: fc.integer({ min: 0, max: 6e10 }), count: fc.integer({ min: 1, max: 60 }) });

/** The exact rational as BigInt numerator and denominator, millionths. */
function rational(means: readonly ExactMean[]): [bigint, bigint] {
  let [n, d] = [0n, 1n];
  for (const each of means) {
    n = n * BigInt(each.count) + BigInt(each.sumMicro) * d;
    d *= BigInt(each.count);
  }
  return [n, d * BigInt(means.length)];
}

describe('mean of means', () => {
  test('three hours of 1/3 make a whole, so that a tie stays a tie (GB/T 8170)', () => {
    const hours = [
      { sumMicro: 184_000_000, count: 3 },
      { sumMicro: 185_000_000, count: 3 },
      { sumMicro: 369_000_000, count: 6 },
    ];
    const result = meanOfMeans(hours) as ExactMean;
    expect(compareWithLimit(result, 61.5)).toBe(0);
    expect(roundToUnits(result, 0)).toBe(62);
  });

  test('of many means with a count of their own each still comes to an end', () => {
    const counts = Array.from({ length: 400 }, (_, index) => 30_001 + 2 * index);
    const result = meanOfMeans(counts.map((count) => ({ sumMicro: 25_000_000 * count, count }))) as ExactMean;
    expect(compareWithLimit(result, 25)).toBe(0);
  });

  test('of nothing is undefined', () => {
    expect(meanOfMeans([])).toBeUndefined();
  });

  test('rounding and comparing agree with exact rational numbers, whatever the counts', () => {
    fc.assert(
      fc.property(fc.array(mean, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 4 }), (means, decimals) => {
        const result = meanOfMeans(means) as ExactMean;
        const [n, d] = rational(means);
        const step = 10n ** BigInt(6 - decimals);
        const floor = n / (d * step);
        const twice = 2n * (n - floor * d * step);
        const up = twice > d * step || (twice === d * step && floor % 2n === 1n);
        expect(BigInt(roundToUnits(result, decimals))).toBe(floor + (up ? 1n : 0n));
        const limit = Number(floor) / 10 ** decimals;
        expect(Math.sign(compareWithLimit(result, limit))).toBe(n === floor * step * d ? 0 : 1);
      }),
    );
  });

  test('each mean weighs the same whatever its own count', () => {
    expect(
      approximate(
        meanOfMeans([
          { sumMicro: 60_000_000, count: 60 },
          { sumMicro: 3_000_000, count: 1 },
        ]) as ExactMean,
      ),
    ).toBe(2);
  });
});

describe('the largest value that is kept', () => {
  const upTo = (limit: number) => (value: ExactMean) => compareWithLimit(value, limit) <= 0;

  test.each([
    [15.769, 1, 15.7],
    [15.8, 1, 15.8],
    [-0.01, 1, -0.1],
    [3.999, 0, 3],
  ])('of at most %d with %d decimals is %d, also from an estimate a little off', (limit, decimals, kept) => {
    for (const off of [-0.15, 0, 0.15])
      expect(largestKept((limit + off) * 1_000_000, decimals, upTo(limit))).toBeCloseTo(kept, 9);
  });
});

describe('GB/T 8170', () => {
  test.each([
    [60.5, 0, 60],
    [61.5, 0, 62],
    [60.51, 0, 61],
    [2.05, 1, 2.0],
    [2.15, 1, 2.2],
    [0.25, 1, 0.2],
  ])('%d to %d decimals is %d', (value, decimals, rounded) => {
    expect(roundHalfEven(value, decimals)).toBe(rounded);
  });
});
