import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import { assessSample, parseSampleValue, type SampleValues } from '@clearbay/domain/kinds/water/sample.ts';
import { waterBodyOf, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const standards = loadWaterStandards();
const { limits, method } = waterEditions(standards, '2026-11-23');
const assess = (values: SampleValues, waterBody: WaterBody = 'river') =>
  assessSample(values, { waterBody, standards, date: '2026-11-23' });

const concentration = fc.integer({ min: 0, max: 60_000_000 }).map((micro) => micro / 1_000_000);
const upperItems = limits.table1.filter(({ metric, rule }) => rule === 'at-most' && !method.outsideClass.includes(metric));
const body = fc.constantFrom<WaterBody>('river', 'lake');

describe('class of an item', () => {
  test.each(limits.table1.flatMap((item) => (['river', 'lake'] as const).map((waterBody) => ({ ...item, waterBody }))))(
    'GB 3838-2002 table 1 item $item $metric ($waterBody): every limit is met exactly on it and missed a billionth beyond',
    ({ metric, rule, waterBody, river, lake }) => {
      const five = waterBody === 'river' ? river : lake;
      if (five === null || method.outsideClass.includes(metric)) return;
      five.forEach((limit, place) => {
        const reached = rule === 'at-most' ? five.indexOf(limit) + 1 : place + 1;
        expect(assess({ [metric]: limit }, waterBody).classNo).toBe(reached);
        const beyond = rule === 'at-most' ? limit + 0.000000001 : limit - 0.000000001;
        expect(assess({ [metric]: beyond }, waterBody).classNo).toBeGreaterThan(place + 1);
      });
    },
  );

  test.each([
    [0.00005, 'I'],
    [0.0000504, 'III'],
    [0.000050001, 'III'],
    [0.0001, 'III'],
    [0.000100001, 'IV'],
  ])('GB 3838-2002 table 1 item 15: %d mg/L of mercury is class %s', (mercury, expected) => {
    expect(assess({ mercury }).class).toBe(expected);
  });

  test('pH is class I from 6 to 9 and inferior to V outside', () => {
    const classes = [5.99, 6, 7.5, 9, 9.01].map((ph) => assess({ ph }).class);
    expect(classes).toEqual(['V-', 'I', 'I', 'I', 'V-']);
  });

  test('more of a pollutant never betters the class', () => {
    fc.assert(
      fc.property(fc.constantFrom(...upperItems), body, concentration, concentration, ({ metric }, waterBody, one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        const better = assess({ [metric]: low }, waterBody).classNo ?? 0;
        expect(assess({ [metric]: high }, waterBody).classNo).toBeGreaterThanOrEqual(better);
      }),
    );
  });

  test('more dissolved oxygen never worsens the class, at any temperature', () => {
    fc.assert(
      fc.property(concentration, concentration, fc.integer({ min: 0, max: 40 }), (one, other, temperature) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        const worse = assess({ dissolved_oxygen: low, temperature }).classNo ?? 0;
        expect(assess({ dissolved_oxygen: high, temperature }).classNo).toBeLessThanOrEqual(worse);
      }),
    );
  });

  test('an added item never betters the class', () => {
    fc.assert(
      fc.property(body, concentration, concentration, (waterBody, codmn, nh3n) => {
        const alone = assess({ codmn }, waterBody).classNo ?? 0;
        expect(assess({ codmn, nh3n }, waterBody).classNo).toBeGreaterThanOrEqual(alone);
      }),
    );
  });
});

describe('what takes part', () => {
  test('total nitrogen, temperature and faecal coliforms never enter the class', () => {
    const judged = assess({ tp: 0.03, tn: 9, temperature: 30, faecal_coliforms: 90_000 }, 'lake');
    expect(judged.class).toBe('III');
    expect(judged.itemsAssessed).toEqual(['tp']);
    expect(judged.outsideClass.map(({ metric, class: code }) => [metric, code])).toEqual([
      ['tn', 'V-'],
      ['faecal_coliforms', 'V-'],
    ]);
  });

  test('a river has no limit for total nitrogen', () => {
    expect(assess({ tp: 0.03, tn: 9 }).outsideClass).toEqual([]);
  });

  test('without a single item of the class nothing is said', () => {
    const judged = assess({ temperature: 20, conductivity: 300, turbidity: 12 });
    expect(judged).toMatchObject({ class: null, classNo: null, deciding: [], itemsAssessed: [] });
  });

  test('missing, negative and non-finite values are not assessed', () => {
    const judged = assess({ codmn: null, nh3n: undefined, tp: -0.01, cod: Number.NaN, ph: 15, bod5: 2 });
    expect(judged.itemsAssessed).toEqual(['bod5']);
  });

  test('main pollutants are at most three and only where worse than III', () => {
    expect(assess({ codmn: 16, cod: 50, bod5: 12, nh3n: 3, tp: 0.5 }).mainPollutants).toHaveLength(3);
    expect(assess({ codmn: 6, cod: 20 }).mainPollutants).toEqual([]);
  });

  test('cyanide over its limit comes before a worse class of another item', () => {
    const judged = assess({ cyanide: 0.21, nh3n: 9, cadmium: 0.006 });
    expect(judged.mainPollutants.map((item) => item.metric)).toEqual(['cyanide', 'cadmium', 'nh3n']);
  });

  test('dissolved oxygen has no multiple and stands behind items of its class that have one', () => {
    const judged = assess({ dissolved_oxygen: 2.5, nh3n: 1.6 });
    expect(judged.deciding.map(({ metric, multiplePrinted }) => [metric, multiplePrinted])).toEqual([
      ['nh3n', '0.6'],
      ['dissolved_oxygen', null],
    ]);
  });
});

describe('values below detection', () => {
  test.each([
    ['<0.02', { below: 0.02 }],
    ['＜0.02', { below: 0.02 }],
    ['0.02L', { below: 0.02 }],
    ['0.5', 0.5],
    ['', undefined],
    ['--', undefined],
  ])('%j is read', (text, expected) => {
    expect(parseSampleValue(text)).toEqual(expected);
  });

  test('a detection limit above a class limit does not worsen the class', () => {
    expect(assess({ mercury: { below: 0.01 }, codmn: 1 }).class).toBe('I');
    expect(assess({ nh3n: { below: 9 } }).class).toBe('I');
  });

  test('an undetected item is assessed, at half its limit', () => {
    const judged = assess({ nh3n: { below: 0.02 } });
    expect(judged.itemsAssessed).toEqual(['nh3n']);
    expect(judged.items[0]?.value).toBe(0.01);
  });
});

describe('editions and settings', () => {
  test('an edition is found by name and an unknown one is refused', () => {
    const options = { waterBody: 'river', standards, date: '2026-11-23' } as const;
    expect(assessSample({ codmn: 3 }, { ...options, edition: 'gb3838-2002' }).class).toBe('II');
    expect(() => assessSample({ codmn: 3 }, { ...options, edition: 'gb3838-1988' })).toThrow(RangeError);
  });

  test('a section is a lake where the setting names it, else a river', () => {
    expect(waterBodyOf('湖心', { lakeSections: ['湖心'] })).toBe('lake');
    expect(waterBodyOf('大桥', { lakeSections: ['湖心'] })).toBe('river');
  });
});
