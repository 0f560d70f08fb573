import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import { classRating } from '@clearbay/domain/kinds/water/rating.ts';
import { assessSample, itemList, type SampleValues } from '@clearbay/domain/kinds/water/sample.ts';
import { type WaterStandards, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { describe, expect, test } from 'vitest';

const standards = loadWaterStandards();
const { method } = waterEditions(standards, '2026-11-23');

function without(saturation: boolean): WaterStandards {
  return {
    ...standards,
    methods: standards.methods.map((method) => ({
      ...method,
      settings: { ...method.settings, oxygenSaturation: saturation },
    })),
  };
}

function assess(waterBody: WaterBody, values: SampleValues, used = standards) {
  return assessSample(values, { waterBody, standards: used, date: '2026-11-23' });
}

interface Vector {
  readonly id: string;
  readonly clause: string;
  readonly body: WaterBody;
  readonly values: SampleValues;
  readonly class: string;
  /** 水质状况 as the method names it. */
  readonly quality: string;
  readonly main: string;
}

const vectors: readonly Vector[] = [
  {
    id: 'W1',
    clause: 'GB 3838-2002 table 1, items 2 to 8',
    body: 'river',
    values: { ph: 7.4, dissolved_oxygen: 6.2, codmn: 3.8, cod: 14, bod5: 2.5, nh3n: 0.42, tp: 0.09 },
    class: 'II',
    quality: '优',
    main: '',
  },
  {
    id: 'W2',
    clause: '环办〔2011〕22号, main pollutants by class, then multiple over III',
    body: 'river',
    values: { ph: 7.1, dissolved_oxygen: 4.2, codmn: 7.2, cod: 32, bod5: 5, nh3n: 1.8, tp: 0.28 },
    class: 'V',
    quality: '中度污染',
    main: 'nh3n(0.8);cod(0.6);tp(0.4)',
  },
  {
    id: 'W3 as river',
    clause: 'GB 3838-2002 table 1, item 8, river',
    body: 'river',
    values: { tp: 0.06, codmn: 3 },
    class: 'II',
    quality: '优',
    main: '',
  },
  {
    id: 'W3 as lake',
    clause: 'GB 3838-2002 table 1, item 8, lake',
    body: 'lake',
    values: { tp: 0.06, codmn: 3 },
    class: 'IV',
    quality: '轻度污染',
    main: 'tp(0.2)',
  },
  {
    id: 'W4',
    clause: 'GB 3838-2002 table 1, item 2: pH outside 6 to 9, no multiple',
    body: 'river',
    values: { ph: 9.3, dissolved_oxygen: 8, codmn: 3 },
    class: 'V-',
    quality: '重度污染',
    main: 'ph',
  },
  {
    id: 'W5 with the saturation clause',
    clause: 'GB 3838-2002 table 1, item 3: 90 % saturation',
    body: 'river',
    values: { temperature: 25, dissolved_oxygen: 7.45, codmn: 1.8, nh3n: 0.1, tp: 0.02 },
    class: 'I',
    quality: '优',
    main: '',
  },
  {
    id: 'W6',
    clause: '环办〔2011〕22号, heavy metals over the limit come first',
    body: 'river',
    values: { nh3n: 2.6, cod: 45, lead: 0.06, tp: 0.22 },
    class: 'V-',
    quality: '重度污染',
    main: 'lead(0.2);nh3n(1.6);cod(1.2)',
  },
  {
    id: 'W7',
    clause: 'GB/T 8170, multiples rounded half to even; order by the unrounded multiple',
    body: 'river',
    values: { dissolved_oxygen: 1.8, nh3n: 2.01, tp: 0.41, codmn: 15.1 },
    class: 'V-',
    quality: '重度污染',
    main: 'codmn(1.5);tp(1.0);nh3n(1.0)',
  },
  {
    id: 'W8',
    clause: 'GB 3838-2002 table 1, items 11, 15, 20, 21',
    body: 'river',
    values: { mercury: 0.00008, volatile_phenol: 0.003, petroleum: 0.05, zinc: 0.6, dissolved_oxygen: 7.6, codmn: 2.0 },
    class: 'III',
    quality: '良好',
    main: '',
  },
  {
    id: 'W9',
    clause: 'GB 3838-2002 table 1: exactly on every class III limit',
    body: 'river',
    values: { codmn: 6.0, nh3n: 1.0, tp: 0.2, dissolved_oxygen: 5.0, cod: 20, bod5: 4 },
    class: 'III',
    quality: '良好',
    main: '',
  },
  {
    id: 'W10',
    clause: 'GB 3838-2002 table 1, item 4: a hundredth over the limit',
    body: 'river',
    values: { codmn: 6.01, nh3n: 1.0, tp: 0.2, dissolved_oxygen: 5.0 },
    class: 'IV',
    quality: '轻度污染',
    main: 'codmn(0.0)',
  },
];

describe('golden vectors of the water class', () => {
  test.each(vectors)('$id: $clause', ({ body, values, class: expected, quality, main }) => {
    const judged = assess(body, values);
    expect(judged.class).toBe(expected);
    expect(classRating(judged.classNo, 3, method).text.zh).toContain(`（${quality}）`);
    expect(itemList(judged.mainPollutants)).toBe(main);
    expect(judged.edition).toBe('GB 3838-2002');
  });

  test('W5 without the saturation clause is II (setting oxygenSaturation)', () => {
    const values = { temperature: 25, dissolved_oxygen: 7.45, codmn: 1.8, nh3n: 0.1, tp: 0.02 };
    expect(assess('river', values, without(false)).class).toBe('II');
    expect(assess('river', values, without(true)).class).toBe('I');
  });

  test('W5 without a temperature cannot use the saturation clause', () => {
    expect(assess('river', { dissolved_oxygen: 7.45, codmn: 1.8, nh3n: 0.1, tp: 0.02 }).class).toBe('II');
  });

  test('W2: the deciding items are the two of class V, with multiples of two decimals beside the printed ones', () => {
    const judged = assess('river', { cod: 32, nh3n: 1.8, tp: 0.28, codmn: 7.2 });
    expect(itemList(judged.deciding)).toBe('nh3n(0.8);cod(0.6)');
    expect(judged.deciding.map((item) => item.multiple)).toEqual([0.8, 0.6]);
    expect(judged.itemsAssessed).toEqual(['codmn', 'cod', 'nh3n', 'tp']);
  });

  test('W7: 1.05 over the limit prints as 1.0 and ranks above 1.01', () => {
    const judged = assess('river', { nh3n: 2.01, tp: 0.41 });
    expect(judged.mainPollutants.map((item) => item.multiple)).toEqual([1.05, 1.01]);
  });
});
