import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { exactValue } from '@clearbay/domain/exact.ts';
import { indexColumn, indexOfMean, indexOfUnits } from '@clearbay/domain/kinds/air/iaqi.ts';
import { assessDayRow, assessHourRow } from '@clearbay/domain/kinds/air/row.ts';
import { POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const { editions } = loadAirStandards();
const columns = editions.flatMap((edition) =>
  Object.entries(edition.index.columns).map(([name, points]) => {
    const decimals = name.startsWith('co') ? 1 : 0;
    return {
      name: `${edition.id} ${name}`,
      points,
      steps: edition.index.steps,
      decimals,
      column: indexColumn(points, edition.index.steps, decimals),
    };
  }),
);
const concentration = fc.option(fc.double({ min: 0, max: 3000, noNaN: true }), { nil: null });
const row = fc.record({
  so2: concentration,
  no2: concentration,
  co: concentration,
  o3: concentration,
  pm10: concentration,
  pm25: concentration,
});

describe('index of one pollutant', () => {
  test.each(columns)('$name: a concentration on a breakpoint has the breakpoint’s index', ({ column, points, steps }) => {
    points.forEach((point, i) => {
      expect(indexOfMean(column, exactValue(point), true)).toBe(steps[i]);
      expect(indexOfMean(column, exactValue(point), false)).toBe(steps[i]);
    });
  });

  test.each(columns)('$name: never falls as the concentration rises', ({ column }) => {
    for (let unit = 1; unit < 5000; unit += 1) {
      expect(indexOfUnits(column, unit)).toBeGreaterThanOrEqual(indexOfUnits(column, unit - 1));
    }
  });

  test.each(columns)(
    '$name: agrees with rational arithmetic, rounded up, on any unrounded value',
    ({ column, points, steps, decimals }) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: (points.at(-1) ?? 0) * 10_000 }), (tenThousandths) => {
          const upper = points.findIndex((point) => tenThousandths <= point * 10_000);
          const [low, high] = [points[upper - 1] ?? 0, points[upper] ?? 0];
          const [from, to] = [steps[upper - 1] ?? 0, steps[upper] ?? 0];
          const numerator = BigInt(to - from) * (BigInt(tenThousandths) - BigInt(low) * 10_000n);
          const denominator = BigInt(Math.max(1, high - low)) * 10_000n;
          const expected = upper === 0 ? 0n : BigInt(from) + (numerator + denominator - 1n) / denominator;
          expect(BigInt(indexOfMean(column, { sumMicro: tenThousandths * 100, count: 1 }, false))).toBe(expected);
        }),
        { numRuns: 100 },
      );
      expect(decimals).toBe(column.decimals);
    },
  );

  test('a half is rounded to even before the index: 60.5 is 60, 61.5 is 62 (GB/T 8170)', () => {
    const pm25 = columns.find(({ name }) => name === 'gb3095-2026-transition pm25_24h')!.column;
    expect(indexOfMean(pm25, exactValue(60.5), true)).toBe(100);
    expect(indexOfMean(pm25, exactValue(61.5), true)).toBe(indexOfUnits(pm25, 62));
  });
});

describe('AQI of a row', () => {
  test('is the largest index, and all that share it are primary above 50', () => {
    fc.assert(
      fc.property(row, fc.constantFrom(...editions), (values, edition) => {
        const result = assessHourRow(values, edition);
        const indices = POLLUTANTS.map((pollutant) => result.iaqi[pollutant]);
        const largest = Math.max(-1, ...indices.map((index) => index ?? -1));
        if (result.aqi === null) return;
        expect(result.aqi).toBe(largest);
        expect(result.primary).toEqual(result.aqi > 50 ? POLLUTANTS.filter((_, i) => indices[i] === largest) : []);
      }),
    );
  });

  test('with something missing is published only above 100 under HJ 633-2026 (5.3.1)', () => {
    fc.assert(
      fc.property(row, (values) => {
        const result = assessDayRow(values, editions[1]!);
        const gap = POLLUTANTS.some((pollutant) => values[pollutant] === null);
        const largest = Math.max(-1, ...POLLUTANTS.map((pollutant) => result.iaqi[pollutant] ?? -1));
        expect(result.aqi === null).toBe(gap && largest <= 100);
        expect(result.validity).toBe(!gap ? 'complete' : result.aqi === null ? 'na' : 'partial');
      }),
    );
  });
});
