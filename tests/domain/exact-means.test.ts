import {
  addMicro,
  approximate,
  compareWithLimit,
  type ExactMean,
  exactValue,
  excessUnits,
  largestKept,
  meanOfMeans,
  roundHalfEven,
  roundToUnits,
  toMicro,
} from '@clearbay/domain/exact.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const count = fc.integer({ min: 1, max: 60 });
const mean = fc.oneof(
  fc.record({ sumMicro: fc.integer({ min: 0, max: 6e10 }), count }),
  // Sums of values with nine decimals.
  fc.record({ sumMicro: fc.integer({ min: 0, max: 6e13 }).map((nano) => nano / 1000), count }),
);

/** The exact rational as BigInt numerator and denominator, billionths. */
function rational(means: readonly ExactMean[]): [bigint, bigint] {
  let [n, d] = [0n, 1n];
  for (const each of means) {
    n = n * BigInt(each.count) + BigInt(Math.round(each.sumMicro * 1000)) * d;
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
        const step = 10n ** BigInt(9 - decimals);
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

describe('values of nine decimals', () => {
  const nano = fc.integer({ min: 0, max: 2e12 });
  const written = (billionths: number) => Number(`${Math.floor(billionths / 1e9)}.${String(billionths % 1e9).padStart(9, '0')}`);

  test('a sum is the same in any order, and exact', () => {
    fc.assert(
      fc.property(fc.array(nano, { maxLength: 60 }), (billionths) => {
        const micros = billionths.map((each) => toMicro(written(each)));
        const sum = micros.reduce(addMicro, 0);
        expect(sum).toBe(micros.toReversed().reduce(addMicro, 0));
        expect(Math.round(sum * 1000)).toBe(billionths.reduce((total, each) => total + each, 0));
      }),
    );
  });

  test('a value lies on the side of its limit that its ninth decimal says', () => {
    fc.assert(
      fc.property(nano, (billionths) => {
        const limit = written(billionths);
        expect(compareWithLimit(exactValue(limit), limit)).toBe(0);
        expect(compareWithLimit(exactValue(written(billionths + 1)), limit)).toBeGreaterThan(0);
      }),
    );
  });

  test('three values of which one is a billionth too high exceed their limit, three on it do not', () => {
    const sum = [2.8e-6, 2.8e-6, 2.801e-6].map(toMicro).reduce(addMicro, 0);
    expect(compareWithLimit({ sumMicro: sum, count: 3 }, 2.8e-6)).toBeGreaterThan(0);
    const onIt = [2.8e-6, 2.8e-6, 2.8e-6].map(toMicro).reduce(addMicro, 0);
    expect(compareWithLimit({ sumMicro: onIt, count: 3 }, 2.8e-6)).toBe(0);
  });

  test('a multiple over a small limit is rounded once: (3.4 − 2.8) / 2.8 = 0.214…', () => {
    expect(excessUnits(exactValue(3.4e-6), toMicro(2.8e-6), 2)).toBe(21);
    expect(excessUnits(exactValue(3.43e-6), toMicro(2.8e-6), 2)).toBe(22);
    expect(excessUnits(exactValue(3.5e-6), toMicro(2.8e-6), 2)).toBe(25);
  });
});

describe('GB/T 8170', () => {
  test('half of the last digit kept goes to the even one, any more up, any less down', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500_000 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 100 }),
        (kept, decimals, rest) => {
          const at = (billionths: number) => {
            const all = BigInt(kept) * 10n ** BigInt(9 - decimals) + BigInt(billionths);
            return Number(`${all / 1_000_000_000n}.${String(all % 1_000_000_000n).padStart(9, '0')}`);
          };
          const half = 5 * 10 ** (8 - decimals);
          const even = kept % 2 === 0 ? kept : kept + 1;
          expect(roundToUnits(exactValue(at(half)), decimals)).toBe(even);
          expect(roundToUnits(exactValue(at(half + rest)), decimals)).toBe(kept + 1);
          expect(roundToUnits(exactValue(at(half - rest)), decimals)).toBe(kept);
        },
      ),
    );
  });

  test.each([
    [60.5, 0, 60],
    [61.5, 0, 62],
    [60.51, 0, 61],
    [60.500000001, 0, 61],
    [60.5000004, 0, 61],
    [60.4999996, 0, 60],
    [2.05, 1, 2.0],
    [2.15, 1, 2.2],
    [0.25, 1, 0.2],
  ])('%d to %d decimals is %d', (value, decimals, rounded) => {
    expect(roundHalfEven(value, decimals)).toBe(rounded);
  });
});
