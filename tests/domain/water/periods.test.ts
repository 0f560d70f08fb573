import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { approximate, exactValue, meanOfMeans } from '@clearbay/domain/exact.ts';
import { judgeLongPeriod } from '@clearbay/domain/kinds/water/long-period.ts';
import { judgePeriods, type PeriodValue, waterMonthStart, waterPeriodEnd } from '@clearbay/domain/kinds/water/period.ts';
import type { ItemMean } from '@clearbay/domain/kinds/water/sample.ts';
import { type WaterSettings, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const editions = waterEditions(loadWaterStandards(), '2026-11-23');
const day = startOfDate('2026-11-23');

function withSettings(settings: Partial<WaterSettings>) {
  return { ...editions, method: { ...editions.method, settings: { ...editions.method.settings, ...settings } } };
}

function value(metric: string, hours: number, amount: PeriodValue['value'], manual = false): PeriodValue {
  return { metric, at: day + hours * HOUR_MS, value: amount, manual };
}

describe('day (HJ 915-2017)', () => {
  test('a value labelled 24:00 belongs to the day and month that end', () => {
    const midnight = startOfDate('2026-12-01');
    const [judged] = judgePeriods([{ metric: 'codmn', at: midnight, value: 3, manual: false }], 'day', 'river', editions);
    expect(judged).toMatchObject({ start: midnight - DAY_MS, end: midnight });
    expect(waterMonthStart(midnight)).toBe(startOfDate('2026-11-01'));
    expect(waterMonthStart(midnight + 1)).toBe(midnight);
    expect(waterPeriodEnd('month', startOfDate('2026-11-01'))).toBe(midnight);
  });

  test('the six groups of a day make one valid day', () => {
    const values = [4, 8, 12, 16, 20, 24].map((hour) => value('codmn', hour, 3));
    const [judged] = judgePeriods(values, 'day', 'river', editions);
    expect(judged).toMatchObject({ start: day, end: day + DAY_MS, samples: 6, insufficient: [] });
    expect(judged?.judgement.class).toBe('II');
  });

  test('four of six groups are enough, three are not', () => {
    const four = [4, 8, 12, 16].map((hour) => value('codmn', hour, 3));
    const three = [4, 8, 12].map((hour) => value('nh3n', hour, 0.3));
    const [judged] = judgePeriods([...four, ...three], 'day', 'river', editions);
    expect(judged?.judgement.itemsAssessed).toEqual(['codmn']);
    expect(judged?.insufficient).toEqual(['nh3n']);
  });

  test('many samples in one group are one group', () => {
    const values = Array.from({ length: 24 }, (_, index) => value('codmn', (index + 1) / 10, 3));
    const [judged] = judgePeriods(values, 'day', 'river', editions);
    expect(judged?.judgement.class).toBeNull();
  });

  test('a mean exactly on the limit meets it: 0.9, 1.0, 1.1 and 1.0 mg/L of ammonia are class III', () => {
    const values = [0.9, 1.0, 1.1, 1.0].map((amount, index) => value('nh3n', index * 4 + 4, amount));
    expect(judgePeriods(values, 'day', 'river', editions)[0]?.judgement.class).toBe('III');
  });

  test('the order of the values does not matter', () => {
    const values = [4, 8, 12, 16, 20, 24].flatMap((hour) => [
      value('codmn', hour, 2 + hour / 7),
      value('ph', hour, 6.9 + hour / 13),
      value('tp', hour, hour === 8 ? { below: 0.01 } : 0.1 + hour / 301),
    ]);
    for (const phMean of ['arithmetic', 'hydrogen'] as const) {
      const used = withSettings({ phMean });
      const inOrder = judgePeriods(values, 'day', 'river', used);
      fc.assert(
        fc.property(fc.shuffledSubarray(values, { minLength: values.length }), (shuffled) => {
          const [judged] = judgePeriods(shuffled, 'day', 'river', used);
          expect(judged?.judgement).toEqual(inOrder[0]?.judgement);
        }),
        { numRuns: 20 },
      );
    }
  });

  test('pH is averaged as pH, or as hydrogen ion where the setting says so', () => {
    const values = [6, 6, 8, 8].map((ph, index) => value('ph', index * 4 + 4, ph));
    const mean = (phMean: WaterSettings['phMean']) =>
      judgePeriods(values, 'day', 'river', withSettings({ phMean }))[0]?.judgement.items[0]?.value;
    expect(mean('arithmetic')).toBe(7);
    expect(mean('hydrogen')).toBeCloseTo(6.2967, 4);
  });
});

describe('values below detection in means', () => {
  test('they count with half the limit', () => {
    const values = [value('nh3n', 4, { below: 0.2 }), value('nh3n', 8, 0.5), value('nh3n', 12, 0.5), value('nh3n', 16, 0.5)];
    expect(judgePeriods(values, 'day', 'river', editions)[0]?.judgement.items[0]?.value).toBe(0.4);
  });

  test('a high detection limit cannot make the class worse than what was detected', () => {
    const values = [4, 8, 12, 16].map((hour) => value('nh3n', hour, hour === 4 ? 0.1 : { below: 4 }));
    expect(judgePeriods(values, 'day', 'river', editions)[0]?.judgement.class).toBe('I');
  });
});

describe('month, quarter and year (环办〔2011〕22号)', () => {
  test('one sample is enough for a month', () => {
    expect(judgePeriods([value('codmn', 9, 7)], 'month', 'river', editions)[0]?.judgement.class).toBe('IV');
  });

  test('hand samples alone make the month where the setting says so', () => {
    const values = [value('codmn', 9, 3, true), value('codmn', 10, 9), value('codmn', 11, 9)];
    const classOf = (manualOutranks: boolean) =>
      judgePeriods(values, 'month', 'river', withSettings({ manualOutranks }))[0]?.judgement.class;
    expect(classOf(true)).toBe('II');
    expect(classOf(false)).toBe('IV');
  });

  const months = (amounts: readonly number[]): Map<string, ItemMean>[] =>
    amounts.map((amount) => new Map([['codmn', { mean: exactValue(amount) }]]));

  test('a year needs eight months and weighs them equally', () => {
    expect(judgeLongPeriod('year', months([4, 4, 4, 4, 4, 4, 4]), 'river', editions)).toMatchObject({
      judgement: { class: null },
      insufficient: ['codmn'],
      months: 7,
    });
    expect(judgeLongPeriod('year', months([4, 4, 4, 4, 4, 4, 4, 4]), 'river', editions).judgement.class).toBe('II');
  });

  test('a quarter needs two samples', () => {
    expect(judgeLongPeriod('quarter', months([3]), 'river', editions).judgement.class).toBeNull();
    expect(judgeLongPeriod('quarter', months([3, 5]), 'river', editions).judgement.class).toBe('II');
  });

  test('a year in which an item is never detected is class I in it', () => {
    const undetected = Array.from(
      { length: 12 },
      () => new Map([['mercury', { mean: exactValue(0.0005), detectedMaxMicro: null }]]),
    );
    expect(judgeLongPeriod('year', undetected, 'river', editions).judgement.class).toBe('I');
  });

  test('the mean of means compares exactly with a limit', () => {
    // 6 and a third of a hundred-millionth: over the limit by less than a millionth.
    const thirds = [
      { sumMicro: 18_000_001, count: 3 },
      { sumMicro: 6_000_000, count: 1 },
    ];
    const mean = meanOfMeans(thirds);
    expect(
      judgeLongPeriod(
        'quarter',
        thirds.map((one) => new Map([['codmn', { mean: one }]])),
        'river',
        editions,
      ).judgement.class,
    ).toBe('IV');
    expect(mean && approximate(mean)).toBeCloseTo(6, 6);
    expect(meanOfMeans([])).toBeUndefined();
  });

  test('the mean of means of one-value means is their mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000_000 }), { minLength: 1, maxLength: 12 }), (micros) => {
        const mean = meanOfMeans(micros.map((sumMicro) => ({ sumMicro, count: 1 })));
        const sum = micros.reduce((total, micro) => total + micro, 0);
        expect(Math.abs((mean?.sumMicro ?? 0) * micros.length - sum * (mean?.count ?? 0))).toBeLessThanOrEqual(2 * micros.length);
      }),
    );
  });
});
