import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import { exactValue } from '@clearbay/domain/exact.ts';
import { type BasinSection, classShares, qualityOfShares, rateBasin } from '@clearbay/domain/kinds/water/basin.ts';
import { itemsOfClass, sourceCompliance, sourceRates, zoneCompliance } from '@clearbay/domain/kinds/water/compliance.ts';
import { type ItemMean, judgeMeans } from '@clearbay/domain/kinds/water/sample.ts';
import { type ClassNo, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { basinTrend, sectionTrend } from '@clearbay/domain/kinds/water/trend.ts';
import { trophicIndex } from '@clearbay/domain/kinds/water/trophic.ts';
import { describe, expect, test } from 'vitest';

const editions = waterEditions(loadWaterStandards(), '2026-11-23');
const { method } = editions;
const { settings } = method;

function sections(good: number, inferior: number, of: number): ClassNo[] {
  return Array.from({ length: of }, (_, index) => (index < good ? 3 : index < good + inferior ? 6 : 4));
}

function section(id: string, values: Readonly<Record<string, number>>, body: WaterBody = 'river'): BasinSection {
  const means = new Map<string, ItemMean>(Object.entries(values).map(([metric, value]) => [metric, { mean: exactValue(value) }]));
  return { id, means, judgement: judgeMeans((metric) => means.get(metric), body, editions) };
}

describe('basin rating (环办〔2011〕22号, 断面水质类别比例法)', () => {
  test.each([
    [18, 0, 'excellent'],
    [15, 1, 'good'],
    [14, 3, 'light'],
    [14, 4, 'moderate'],
    [11, 8, 'heavy'],
  ])('20 sections, %i at I to III and %i inferior to V: %s', (good, inferior, quality) => {
    expect(qualityOfShares(classShares(sections(good, inferior, 20)), settings)).toEqual({ quality, gap: false });
  });

  test('60 % with 40 % matches no row: heavily polluted by decision, and marked as a gap', () => {
    const shares = classShares(sections(12, 8, 20));
    expect(qualityOfShares(shares, settings)).toEqual({ quality: 'heavy', gap: true });
    expect(qualityOfShares(shares, { basinGap: 'moderate' })).toEqual({ quality: 'moderate', gap: true });
  });

  test('every mix of classes gets a quality', () => {
    for (let of = 1; of <= 30; of += 1) {
      for (let good = 0; good <= of; good += 1) {
        for (let inferior = 0; inferior + good <= of; inferior += 1) {
          const { quality, gap } = qualityOfShares({ assessed: of, excellentOrGood: good, inferior }, settings);
          expect(quality).not.toBeNull();
          expect(gap).toBe(good * 5 === of * 3 && inferior * 5 === of * 2);
        }
      }
    }
  });

  test('fewer than five sections are judged by their averaged items, pollutants by section', () => {
    const rated = rateBasin([section('a', { nh3n: 0.4 }), section('b', { nh3n: 1.8 })], 'river', editions);
    expect(rated).toMatchObject({ method: 'item-means', quality: 'light', averaged: { class: 'IV' } });
    expect(rated.bySection.map(({ id, mainPollutants }) => [id, mainPollutants.map((item) => item.metric)])).toEqual([
      ['a', []],
      ['b', ['nh3n']],
    ]);
  });

  test('main pollutants of a basin go by the share of sections exceeding, three at most', () => {
    const many = [
      section('a', { nh3n: 1.8, tp: 0.3, codmn: 7, cod: 25 }),
      section('b', { nh3n: 1.8, tp: 0.3, codmn: 7, cod: 15 }),
      section('c', { nh3n: 1.8, tp: 0.3, codmn: 3, cod: 15 }),
      section('d', { nh3n: 1.8, tp: 0.1, codmn: 3, cod: 15 }),
      section('e', { nh3n: 0.5, tp: 0.1, codmn: 3, cod: 15 }),
    ];
    expect(rateBasin(many, 'river', editions).mainPollutants).toEqual([
      { metric: 'nh3n', sections: 4, of: 5 },
      { metric: 'tp', sections: 3, of: 5 },
      { metric: 'codmn', sections: 2, of: 5 },
    ]);
  });

  test('a lake is the mean of its points however many there are: four at 0.01 and one at 0.3 mg/L of TP make 0.068, class IV', () => {
    const points = [0.01, 0.01, 0.01, 0.01, 0.3].map((tp, index) => section(`p${index}`, { tp }, 'lake'));
    const rated = rateBasin(points, 'lake', editions);
    expect(rated).toMatchObject({ method: 'item-means', quality: 'light', gap: false, averaged: { class: 'IV' } });
    expect(rated.averaged?.items[0]?.value).toBe(0.068);
    expect(rated.bySection.at(-1)?.mainPollutants.map((item) => item.metric)).toEqual(['tp']);
  });

  test('the share of exceeding sections is of all assessed ones, or by setting of those that measured the item', () => {
    const many = [
      section('a', { nh3n: 1.8, cod: 25 }),
      section('b', { nh3n: 1.8 }),
      section('c', { nh3n: 1.8 }),
      section('d', { nh3n: 0.5 }),
      section('e', { nh3n: 0.5 }),
    ];
    expect(rateBasin(many, 'river', editions).mainPollutants).toEqual([
      { metric: 'nh3n', sections: 3, of: 5 },
      { metric: 'cod', sections: 1, of: 5 },
    ]);
    const measured = { ...editions, method: { ...method, settings: { ...settings, exceedingShareOf: 'measured' as const } } };
    expect(rateBasin(many, 'river', measured).mainPollutants).toEqual([
      { metric: 'cod', sections: 1, of: 1 },
      { metric: 'nh3n', sections: 3, of: 5 },
    ]);
  });

  test('a basin without a judged section has no quality', () => {
    expect(rateBasin([], 'river', editions).quality).toBeNull();
    expect(qualityOfShares(classShares([null]), settings).quality).toBeNull();
  });
});

describe('trophic index TLI(Σ)', () => {
  const index = (chlorophyll_a: number, tp: number, tn: number, transparency: number, codmn: number) =>
    trophicIndex({ chlorophyll_a, tp, tn, transparency, codmn }, method);

  test.each([
    [[10, 0.05, 1.0, 1.0, 4.0], 48.018, 'mesotrophic'],
    [[2, 0.01, 0.3, 4, 1.5], 25.082, 'oligotrophic'],
    [[26, 0.1, 1.8, 0.6, 6.5], 58.866, 'light-eutrophic'],
    [[60, 0.15, 2.5, 0.4, 8], 65.973, 'moderate-eutrophic'],
  ] as const)('%j gives %f, %s', ([chl, tp, tn, sd, codmn], expected, grade) => {
    const result = index(chl, tp, tn, sd, codmn);
    expect(result.index).toBeCloseTo(expected, 3);
    expect(result.grade?.code).toBe(grade);
  });

  test('a missing or zero item gives no index and says which', () => {
    expect(trophicIndex({ chlorophyll_a: 10, tp: 0.05, tn: 1, codmn: 4 }, method)).toMatchObject({
      index: null,
      grade: null,
      missing: ['transparency'],
    });
    expect(index(10, 0, 1, 1, 4).missing).toEqual(['tp']);
  });
});

describe('compliance', () => {
  const from = (values: Readonly<Record<string, number>>) => (metric: string) =>
    values[metric] === undefined ? undefined : { mean: exactValue(values[metric]) };

  test('a source complies where no assessed item is over class III or over table 2', () => {
    expect(sourceCompliance(from({ codmn: 6, iron: 0.3, tn: 9 }), 'river', editions)).toEqual({
      complies: true,
      exceeding: [],
      itemsAssessed: ['codmn', 'iron'],
    });
    expect(sourceCompliance(from({ codmn: 4, iron: 0.36 }), 'river', editions).exceeding).toEqual([
      { metric: 'iron', multiple: 0.2 },
    ]);
    expect(sourceCompliance(from({}), 'river', editions).complies).toBeNull();
  });

  test('a function zone needs 80 % of its measurements (SL 395-2007)', () => {
    const { settings } = editions.method;
    expect(zoneCompliance([3, 3, 3, 3, 4], 3, settings)).toMatchObject({ complies: true, measurements: { met: 4, of: 5 } });
    expect(zoneCompliance([3, 3, 3, 4, 4], 3, settings).complies).toBe(false);
    expect(zoneCompliance([null], 3, settings).complies).toBeNull();
  });

  test('a limit below a millionth decides (GB 3838 table 3, benzo[a]pyrene 2.8e-6 mg/L)', () => {
    const picked = { table: 3, metric: 'benzo_a_pyrene', unit: 'mg/L', limit: 2.8e-6 } as const;
    const withTable3 = { ...editions, limits: { ...editions.limits, sources: [picked] } };
    const judge = (value: number) => sourceCompliance(from({ benzo_a_pyrene: value }), 'river', withTable3);
    expect(judge(2.8e-6).complies).toBe(true);
    expect(judge(2.801e-6).complies).toBe(false);
    expect(judge(3.4e-6).exceeding).toEqual([{ metric: 'benzo_a_pyrene', multiple: 0.21 }]);
  });

  test('sources are counted by number, and by volume where every one gives it', () => {
    const both = sourceRates([{ complies: true, volume: 300 }, { complies: false, volume: 100 }, { complies: null }]);
    expect(both).toEqual({ byNumber: { met: 1, of: 2, share: 0.5 }, byVolume: { met: 300, of: 400, share: 0.75 } });
    expect(sourceRates([{ complies: true }]).byVolume).toBeNull();
  });

  test('a full class covers 21 items', () => {
    expect(itemsOfClass('river', editions)).toBe(21);
    expect(itemsOfClass('lake', editions)).toBe(21);
  });
});

describe('trend between two periods', () => {
  test('a section: one quality level is some change, two are a clear one, I to II is none', () => {
    expect(sectionTrend(4, 3, method)).toEqual({ direction: 'better', degree: 'some', change: 1 });
    expect(sectionTrend(2, 4, method)).toEqual({ direction: 'worse', degree: 'clear', change: -2 });
    expect(sectionTrend(1, 2, method).direction).toBe('steady');
  });

  test('a basin: exactly 10 points are no clear change, exactly 20 some', () => {
    const shares = (good: number, inferior: number) => ({ assessed: 10, excellentOrGood: good, inferior });
    expect(basinTrend(shares(6, 1), shares(7, 1), method)).toEqual({ direction: 'steady', degree: 'none', change: 10 });
    expect(basinTrend(shares(6, 1), shares(7, 0), method)).toEqual({ direction: 'better', degree: 'some', change: 20 });
    expect(basinTrend(shares(6, 1), shares(4, 2), method)).toEqual({ direction: 'worse', degree: 'clear', change: -30 });
    expect(basinTrend({ assessed: 0, excellentOrGood: 0, inferior: 0 }, shares(1, 0), method)).toBeNull();
  });
});
