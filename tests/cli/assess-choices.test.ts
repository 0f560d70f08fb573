import { describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { assessed, HOUR, judged } from './assessed.ts';

test('--edition judges every row by the edition of that name', async () => {
  const text = `${HOUR}a,2020-01-01 01:00,6,40,0.6,75,42,60\na,2031-01-01 01:00,6,40,0.6,75,42,60\n`;
  const rows = await judged('air', text, '--edition', 'HJ633-2012');
  // 50/40 x (60 - 35) + 50 = 81.25.
  expect(rows.map((row) => [row.edition, row.aqi])).toEqual([
    ['GB 3095-2012', '82'],
    ['GB 3095-2012', '82'],
  ]);
  const { code, stdout, stderr } = await clearbay(['assess', 'air', '--edition', '3'], { input: text });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^There is no edition "3"; there are: by-date, gb3095-2012, hj633-2012, /);
});

describe('--level', () => {
  const editions = async (level: string, labels: readonly string[]) => {
    const rows = await judged(
      'air',
      `${HOUR}${labels.map((label) => `a,${label},6,40,0.6,75,42,32\n`).join('')}`,
      '--level',
      level,
    );
    return rows.map((row) => row.edition);
  };
  const [OLD, NOW, FINAL] = ['GB 3095-2012', 'GB 3095-2026 transition', 'GB 3095-2026 final'];

  test('a year is judged by the edition of its last day', async () => {
    const labels = ['2025', '2025-12-31', '2026', '2026-01-01', '2026-01', '2031'];
    expect(await editions('year', labels)).toEqual([OLD, OLD, NOW, NOW, NOW, FINAL]);
  });

  test('a month likewise', async () => {
    expect(await editions('month', ['2026-02', '2026-02-01', '2026-3', '2030-12-01'])).toEqual([OLD, OLD, NOW, NOW]);
  });

  test('a year is no month', async () => {
    expect((await assessed('air', `${HOUR}a,2026,6,40,0.6,75,42,32\n`, '--level', 'month')).told).toEqual([
      'line 2: the time cannot be read',
    ]);
  });

  test.each(['air', 'water', 'flood', 'parking'])('an unknown one is refused for %s', async (kind) => {
    const { code, stdout, stderr } = await clearbay(['assess', kind, '--level', 'bogus'], { input: 'time,level\n' });
    expect([code, stdout, stderr]).toEqual([1, '', 'Level "bogus" is not known; there are: hour, day, month, year.\n']);
  });

  test.each([
    ['water', 'date,tp\n2026-05,0.06\n'],
    ['flood', 'date,level\n2026-05,4\n'],
    ['parking', 'date,capacity,free\n2026-05,10,4\n'],
  ])('%s reads months too', async (kind, text) => {
    expect(await judged(kind, text, '--level', 'month')).toHaveLength(1);
  });
});

describe('--area-class', () => {
  const TEXT = 'date,so2,no2,pm10,pm25,co,o3,so2_p98,no2_p98,pm10_p95,pm25_p95\n2026,10,20,38,16,1,90,20,40,48,34\n';

  test('class 1 areas have limits of their own (GB 3095-2026, table 1)', async () => {
    const [ordinary] = await judged('air', TEXT, '--level', 'year');
    const [protectedArea] = await judged('air', TEXT, '--level', 'year', '--area-class', '1');
    expect([ordinary?.compliant, ordinary?.exceeding]).toEqual(['yes', '']);
    // PM2.5 of the year: (16 - 15) / 15 = 0.07.
    expect([protectedArea?.compliant, protectedArea?.exceeding]).toEqual(['no', 'pm25(0.07)']);
  });

  test('there are two', async () => {
    const { code, stderr } = await clearbay(['assess', 'air', '--area-class', '3'], { input: TEXT });
    expect([code, stderr]).toEqual([1, 'Area class "3" is not known; there are: 1, 2.\n']);
  });
});

describe('--variant text', () => {
  const WITH = 'time,so2,no2,co,o3,o3_8h,pm10,pm25,pm10_24h,pm25_24h\n';

  test('reads the sliding means of 2012', async () => {
    const [row] = await judged('air', `${WITH}2018-02-20 07:00,3,17,0.7,62,37,90,38,120,134\n`, '--variant', 'text');
    // PM2.5: 50/35 x (134 - 115) + 150 = 177.1; PM10: 50/100 x (120 - 50) + 50 = 85.
    expect(row).toMatchObject({ iaqi_pm25: '178', iaqi_pm10: '85', aqi: '178', primary: 'pm25' });
  });

  test('is refused where the file has no columns for them', async () => {
    const text = 'time,so2,no2,co,o3,o3_8h,pm10,pm25\n2018-02-20 07:00,3,17,0.7,62,37,90,38\n';
    const { code, stdout, stderr } = await clearbay(['assess', 'air', '--variant', 'text'], { input: text });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('Variant "text" of HJ 633-2012 also needs pm10_24h, pm25_24h, which this file has no columns for.\n');
  });

  test('of JSON lines the rows without them are refused', async () => {
    const text = '{"time":"2018-02-20 07:00","pm25":38}\n{"time":"2018-02-20 07:00","o3_8h":37,"pm10_24h":120,"pm25_24h":134}\n';
    const { code, stdout, stderr } = await clearbay(['assess', 'air', '--variant', 'text'], { input: text });
    expect([code, stderr]).toEqual([0, 'line 1: Variant "text" of HJ 633-2012 also needs o3_8h, pm10_24h, pm25_24h\n']);
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([first?.aqi, second?.aqi]).toEqual([null, 178]);
  });

  test('needs none of them in 2026, whose text reads the means of the hour', async () => {
    const [row] = await judged('air', `${HOUR}a,2026-05-01 01:00,20,60,1.1,210,95,70\n`, '--variant', 'text');
    expect(row).toMatchObject({ aqi: '110', primary: 'pm25' });
  });
});

describe('water bodies', () => {
  test('a column of the file names them in Chinese or English', async () => {
    const cells = ['lake', 'Lake', ' lake ', '湖库', '水库', 'RIVER', '河流', ''];
    const rows = await judged('water', `time,tp,water_body\n${cells.map((cell) => `2026-05-01 08:00,0.06,${cell}\n`).join('')}`);
    expect(rows.map((row) => [row.class, row.water_body])).toEqual([
      ...Array.from({ length: 5 }, () => ['IV', 'lake']),
      ...Array.from({ length: 3 }, () => ['II', 'river']),
    ]);
  });

  test('another word is told, and the row is judged as if it said nothing', async () => {
    const { rows, told } = await assessed('water', 'time,tp,water_body\n2026-05-01 08:00,0.06,pond\n', '--water-body', 'lake');
    expect(told).toEqual(['line 2: "pond" in water_body is neither a river nor a lake; taken as missing']);
    expect(rows[0]).toMatchObject({ input_water_body: 'pond', water_body: 'lake', class: 'IV' });
  });
});

describe('figures of flood and parking', () => {
  test('a stage below a line that is not known says so', async () => {
    const rows = await judged('flood', 'level,warning,guaranteed,highest_on_record\n5.2,5,,7\n5.2,5,6,7\n');
    expect(rows.map((row) => [row.stage, row.at_least])).toEqual([
      ['above-warning', 'yes'],
      ['above-warning', 'no'],
    ]);
  });

  test('distances are rounded half to even (GB/T 8170)', async () => {
    const rows = await judged('flood', 'level,warning\n4.9995,5\n4.9985,5\n');
    // 0.0005 and 0.0015 m.
    expect(rows.map((row) => row.to_warning)).toEqual(['0', '0.002']);
  });

  test('occupancy is rounded once from the counts, half to even', async () => {
    const rows = await judged('parking', 'capacity,free\n20000,19999\n20000,19997\n3,1\n');
    // 0.00005, 0.00015 and 2/3.
    expect(rows.map((row) => row.occupancy)).toEqual(['0', '0.0002', '0.6667']);
  });
});
