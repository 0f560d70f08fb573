import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { categoryOf } from '@clearbay/domain/kinds/air/aqi.ts';
import { assessDayRow, assessHourRow } from '@clearbay/domain/kinds/air/row.ts';
import { POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import { editionById } from '@clearbay/domain/standards.ts';
import { describe, expect, test } from 'vitest';

const { editions } = loadAirStandards();
const old = editionById(editions, 'gb3095-2012')!;
const now = editionById(editions, 'gb3095-2026-transition')!;

const ORDER = ['so2', 'no2', 'co', 'o3', 'pm10', 'pm25'] as const;
const row = (values: readonly (number | null)[]) => Object.fromEntries(ORDER.map((metric, i) => [metric, values[i]]));
const iaqiOf = (result: ReturnType<typeof assessDayRow>) => ORDER.map((metric) => result.iaqi[metric]);

interface DayVector {
  id: string;
  values: number[];
  iaqi: number[];
  aqi: number;
  category: string;
  primary: string[];
  aqi2012?: number;
}

const DAYS: DayVector[] = [
  {
    id: 'D1',
    values: [10, 40, 0.8, 160, 120, 60],
    iaqi: [10, 50, 20, 100, 100, 100],
    aqi: 100,
    category: '良',
    primary: ['o3', 'pm10', 'pm25'],
    aqi2012: 100,
  },
  {
    id: 'D2',
    values: [10, 40, 0.8, 100, 80, 75],
    iaqi: [10, 50, 20, 50, 72, 114],
    aqi: 114,
    category: '轻度污染',
    primary: ['pm25'],
    aqi2012: 100,
  },
  {
    id: 'D3',
    values: [8, 38, 0.9, 95, 48, 33],
    iaqi: [8, 48, 23, 48, 48, 48],
    aqi: 48,
    category: '优',
    primary: [],
    aqi2012: 48,
  },
  {
    id: 'D4',
    values: [12, 85, 1.2, 172, 139, 88],
    iaqi: [12, 103, 30, 111, 108, 126],
    aqi: 126,
    category: '轻度污染',
    primary: ['pm25'],
    aqi2012: 117,
  },
  {
    id: 'D5',
    values: [20, 60, 1.5, 120, 600, 160],
    iaqi: [20, 75, 38, 67, 500, 210],
    aqi: 500,
    category: '严重污染',
    primary: ['pm10'],
    aqi2012: 500,
  },
  {
    id: 'D6',
    values: [10, 20, 0.5, 900, 60, 30],
    iaqi: [10, 25, 13, 300, 58, 43],
    aqi: 300,
    category: '重度污染',
    primary: ['o3'],
  },
  {
    id: 'D7',
    values: [49, 40, 2.0, 100, 50, 35],
    iaqi: [49, 50, 50, 50, 50, 50],
    aqi: 50,
    category: '优',
    primary: [],
    aqi2012: 50,
  },
  {
    id: 'D8',
    values: [51, 41, 2.1, 101, 51, 36],
    iaqi: [51, 52, 53, 51, 51, 52],
    aqi: 53,
    category: '良',
    primary: ['co'],
    aqi2012: 53,
  },
  {
    id: 'D10',
    values: [10, 20, 4.4, 60, 30, 20],
    iaqi: [10, 25, 102, 30, 30, 29],
    aqi: 102,
    category: '轻度污染',
    primary: ['co'],
    aqi2012: 102,
  },
  { id: 'D11', values: [9, 30, 0.6, 60, 55, 60.5], iaqi: [9, 38, 15, 30, 54, 100], aqi: 100, category: '良', primary: ['pm25'] },
  {
    id: 'D12',
    values: [9, 30, 0.6, 60, 55, 60.51],
    iaqi: [9, 38, 15, 30, 54, 101],
    aqi: 101,
    category: '轻度污染',
    primary: ['pm25'],
  },
];

describe('daily AQI, HJ 633-2026 table 3 and annex A', () => {
  test.each(DAYS)('$id gives AQI $aqi', ({ values, iaqi, aqi, category, primary }) => {
    const result = assessDayRow(row(values), now);
    expect(iaqiOf(result)).toEqual(iaqi);
    expect(result.aqi).toBe(aqi);
    expect(result.category?.name.zh).toBe(category);
    expect(result.primary).toEqual(primary);
    expect(result.validity).toBe('complete');
    expect(result.edition).toBe('GB 3095-2026 transition');
  });
});

describe('daily AQI, HJ 633-2012 table 1, O3 maximum 1 h not given', () => {
  test.each(DAYS.filter((vector) => vector.aqi2012 !== undefined))('$id gives AQI $aqi2012', ({ values, aqi2012 }) => {
    expect(assessDayRow(row(values), old).aqi).toBe(aqi2012);
  });

  test('D1 has PM10 85 and PM2.5 82 and O3 as primary pollutant', () => {
    const result = assessDayRow(row(DAYS[0]!.values), old);
    expect([result.iaqi.pm10, result.iaqi.pm25, result.primary]).toEqual([85, 82, ['o3']]);
  });

  test('D2 is good with PM2.5 as primary pollutant', () => {
    const result = assessDayRow(row(DAYS[1]!.values), old);
    expect([result.category?.name.zh, result.primary]).toEqual(['良', ['pm25']]);
  });

  test('D4 has PM10 95 and PM2.5 117', () => {
    const result = assessDayRow(row(DAYS[3]!.values), old);
    expect([result.iaqi.pm10, result.iaqi.pm25]).toEqual([95, 117]);
  });

  test('D6 needs the O3 maximum 1 h: without it no AQI, with it its index (table 1, note c)', () => {
    expect(assessDayRow(row(DAYS[5]!.values), old)).toMatchObject({ aqi: null, validity: 'na' });
    const given = assessDayRow({ ...row(DAYS[5]!.values), o3_1h: 1000 }, old);
    expect([given.iaqi.o3, given.aqi, given.primary]).toEqual([400, 400, ['o3']]);
  });
});

describe('hourly AQI, HJ 633-2026 table 3', () => {
  test.each([
    {
      id: 'H1',
      values: [20, 60, 1.1, 210, 95, 70],
      iaqi: [7, 30, 11, 105, 83, 110],
      aqi: 110,
      word: '轻度污染',
      primary: ['pm25'],
    },
    {
      id: 'H2',
      values: [900, 60, 1.1, 100, 50, 35],
      iaqi: [200, 30, 11, 32, 50, 50],
      aqi: 200,
      word: '中度污染',
      primary: ['so2'],
    },
    {
      id: 'H3',
      values: [12, 45, 0.9, 161, 119, 61],
      iaqi: [4, 23, 9, 52, 100, 101],
      aqi: 101,
      word: '轻度污染',
      primary: ['pm25'],
    },
    { id: 'H4', values: [150, 100, 5.0, 160, 50, 35], iaqi: [50, 50, 50, 50, 50, 50], aqi: 50, word: '优', primary: [] },
    {
      id: 'H5',
      values: [151, 101, 5.1, 161, 51, 36],
      iaqi: [51, 51, 51, 52, 51, 52],
      aqi: 52,
      word: '良',
      primary: ['o3', 'pm25'],
    },
  ])('$id gives AQI $aqi $word', ({ values, iaqi, aqi, word, primary }) => {
    const result = assessHourRow(row(values), now);
    expect(result.category?.name.zh).toBe(word);
    expect(iaqiOf(result)).toEqual(iaqi);
    expect(result.aqi).toBe(aqi);
    expect(result.primary).toEqual(primary);
  });
});

describe('exact rounding up: CO is the trap of binary floats', () => {
  test('a day of CO 2.2 mg/m³ is 55, not 56', () => {
    expect(assessDayRow({ co: 2.2 }, now).iaqi.co).toBe(55);
  });

  test.each([
    [1.1, 11],
    [2.2, 22],
    [4.4, 44],
    [4.9, 49],
    [65.4, 218],
    [129.3, 431],
  ])('an hour of CO %d mg/m³ is %d', (co, index) => {
    expect(assessHourRow({ co }, now).iaqi.co).toBe(index);
  });
});

describe('missing pollutants', () => {
  const without = (values: number[], metric: string) => ({ ...row(values), [metric]: null });

  test('D3 without PM10 has no AQI, primary pollutant or category (HJ 633-2026, 5.3.1)', () => {
    const result = assessDayRow(without(DAYS[2]!.values, 'pm10'), now);
    expect(result).toMatchObject({
      aqi: null,
      lowerBound: 48,
      primary: [],
      category: undefined,
      validity: 'na',
      missing: ['pm10'],
    });
    expect(result.iaqi).toMatchObject({ pm10: null, pm25: 48 });
  });

  test('D2 without PM10 is published as 114 (HJ 633-2026, 5.3.1)', () => {
    const result = assessDayRow(without(DAYS[1]!.values, 'pm10'), now);
    expect(result).toMatchObject({ aqi: 114, primary: ['pm25'], validity: 'partial' });
  });

  test('exactly 100 is not above 100 and stays NA (HJ 633-2026, 5.3.1)', () => {
    expect(assessDayRow(without(DAYS[0]!.values, 'no2'), now).aqi).toBeNull();
  });

  test('a pollutant not monitored by plan does not block (HJ 633-2026, 5.3.2)', () => {
    const result = assessDayRow(without(DAYS[2]!.values, 'pm10'), now, { notMonitored: ['pm10'] });
    expect(result).toMatchObject({ aqi: 48, validity: 'complete', missing: [] });
  });

  test('the 2012 edition takes the AQI from the others', () => {
    expect(assessDayRow(without(DAYS[2]!.values, 'pm10'), old)).toMatchObject({ aqi: 48, validity: 'partial' });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, null, undefined])('%s is missing, never a number', (pm25) => {
    expect(assessDayRow({ pm25 }, old)).toMatchObject({ aqi: null, validity: 'na' });
  });
});

describe('special cases above the table', () => {
  test('SO2 1h above 800 is 200 in 2026, at 800 it is on the table', () => {
    expect([800, 801, 5000].map((so2) => assessHourRow({ so2 }, now).iaqi.so2)).toEqual([200, 200, 200]);
    expect(assessHourRow({ so2: 799 }, now).iaqi.so2).toBe(200);
  });

  test('SO2 1h above 800 reports the index of the 24h mean in 2012 (table 1, note b); without it the others count above 100', () => {
    expect(assessHourRow({ so2: 900, so2_24h: 475 }, old).iaqi.so2).toBe(150);
    const others = { no2: 20, co: 0.5, o3: 80, pm25: 20 };
    const heavy = assessHourRow({ ...others, so2: 900, pm10: 700 }, old);
    expect(heavy).toMatchObject({ aqi: 500, primary: ['pm10'], missing: ['so2'], validity: 'partial' });
    expect(assessHourRow({ ...others, so2: 900, pm10: 40 }, old)).toMatchObject({ aqi: null, validity: 'na' });
  });

  test('O3 8h above 800 is 300 in 2026', () => {
    expect([800, 800.4, 800.6, 1100].map((o3) => assessDayRow({ o3 }, now).iaqi.o3)).toEqual([300, 300, 300, 300]);
  });

  test('above the last breakpoint the index is 500', () => {
    expect(assessDayRow({ pm10: 5000 }, now).aqi).toBe(500);
  });
});

describe('items of the hourly report under the 2012 edition', () => {
  const values = { so2: 5, no2: 20, co: 0.5, o3: 80, o3_8h: 110, pm10: 60, pm25: 40, pm10_24h: 90, pm25_24h: 75 };

  test('as published: 1h means of all six, particles against their 24h column', () => {
    expect(assessHourRow(values, old)).toMatchObject({ aqi: 57, primary: ['pm25'] });
  });

  test('as written: O3 8h and sliding 24h particles, 1h particles without an index', () => {
    expect(assessHourRow(values, old, 'text')).toMatchObject({ aqi: 100, primary: ['pm25'], iaqi: { o3: 59, pm10: 70 } });
  });
});

describe('categories, HJ 633 annex A', () => {
  test.each([
    [0, '优', '#00E400'],
    [50, '优', '#00E400'],
    [51, '良', '#FFFF00'],
    [100, '良', '#FFFF00'],
    [101, '轻度污染', '#FF7E00'],
    [150, '轻度污染', '#FF7E00'],
    [151, '中度污染', '#FF0000'],
    [200, '中度污染', '#FF0000'],
    [201, '重度污染', '#99004C'],
    [300, '重度污染', '#99004C'],
    [301, '严重污染', '#7E0023'],
    [500, '严重污染', '#7E0023'],
  ])('AQI %d is %s %s', (aqi, name, colour) => {
    for (const edition of editions) expect(categoryOf(edition.index, aqi)).toMatchObject({ name: { zh: name }, colour });
  });

  test('NA has no category', () => {
    expect(categoryOf(now.index, -1)).toBeUndefined();
  });

  test('every pollutant names its sensitive groups', () => {
    for (const pollutant of POLLUTANTS) expect(now.index.sensitiveGroups[pollutant].zh).not.toBe('');
  });
});
