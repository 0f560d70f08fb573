import { describe, expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { assessed, HOUR, judged } from './assessed.ts';

describe('a cell of blanks is no figure', () => {
  test('air: the pollutant is missing, so an index up to 100 is not published', async () => {
    const [row] = await judged('air', `${HOUR}a,2026-05-01 01:00,6,40,0.6,75,120, \n`);
    expect(row).toMatchObject({ iaqi_pm10: '100', iaqi_pm25: 'NA', aqi: 'NA', category: 'NA', validity: 'na' });
  });

  test('flood: there is no stage', async () => {
    const [row] = await judged('flood', 'station,level,warning\ng, ,5\n');
    expect(row).toMatchObject({ stage: 'none', to_warning: 'NA' });
  });

  test('parking: there is no guidance', async () => {
    const [row] = await judged('parking', 'capacity,free\n100, \n');
    expect(row).toMatchObject({ occupancy: 'NA', guidance: 'none' });
  });

  test('blanks around a figure and around a mark of missing are left aside', async () => {
    const [row] = await judged('air', `${HOUR}a, 2026-05-01 01:00 , 6,40 ,0.6,75,120, NaN\n`);
    expect(row).toMatchObject({ iaqi_so2: '2', iaqi_no2: '20', iaqi_pm25: 'NA', validity: 'na' });
  });
});

describe('figures are decimal', () => {
  test('in any decimal notation', async () => {
    const figures = ['12', '+12', '12.', '1.2e1', '.12E+2'];
    const rows = await judged('air', `${HOUR}${figures.map((pm25) => `a,2026-05-01 01:00,6,40,0.6,75,20,${pm25}\n`).join('')}`);
    // 50/35 x 12 = 17.1, rounded up.
    expect(rows.map((row) => row.iaqi_pm25)).toEqual(figures.map(() => '18'));
  });

  test('in no other notation', async () => {
    const figures = ['0x10', 'Infinity', '1e999', '1_000'];
    const text = `${HOUR}${figures.map((pm25) => `a,2026-05-01 01:00,6,40,0.6,75,20,${pm25}\n`).join('')}`;
    const { rows, told } = await assessed('air', text);
    expect(told).toEqual(figures.map((pm25, index) => `line ${index + 2}: "${pm25}" in pm25 is not a number`));
    for (const row of rows) expect(row).toMatchObject({ iaqi_so2: '', aqi: '', edition: '' });
  });
});

describe('a figure that cannot be is told and counts as missing', () => {
  test('air below zero: the rest of the row is judged', async () => {
    const { rows, told } = await assessed('air', `${HOUR}a,2026-05-01 01:00,-6,40,0.6,75,42,130\n`);
    expect(told).toEqual(['line 2: "-6" in so2 is no concentration; taken as missing']);
    // 50/35 x (130 - 115) + 150 = 171.4, published above 100 although SO2 is missing (HJ 633-2026, 5.3.1).
    expect(rows[0]).toMatchObject({ iaqi_so2: 'NA', iaqi_pm25: '172', aqi: '172', validity: 'partial' });
  });

  test('true, lists and objects of JSON', async () => {
    const text = '{"time":"2026-05-01 01:00","pm25":true,"pm10":[4],"so2":{"v":1},"no2":null,"o3":210}\n';
    const { code, stdout, stderr } = await clearbay(['assess', 'air'], { input: text });
    expect(code).toBe(0);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 1: "{"v":1}" in so2 is not a number; taken as missing',
      'line 1: "[4]" in pm10 is not a number; taken as missing',
      'line 1: "true" in pm25 is not a number; taken as missing',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ pm25: true, pm10: [4], iaqi_pm25: 'NA', iaqi_o3: 105, aqi: 105 });
  });

  test('water: pH beyond 14 and a concentration below zero', async () => {
    const { rows, told } = await assessed(
      'water',
      'time,ph,tp,temperature\n2026-05-01 08:00,15,-0.1,-1\n2026-05-01 12:00,7,0.06,4\n',
    );
    expect(told).toEqual([
      'line 2: "15" in ph cannot have been measured; taken as missing',
      'line 2: "-0.1" in tp cannot have been measured; taken as missing',
    ]);
    expect(rows.map((row) => [row.class, row.items_assessed])).toEqual([
      ['NA', ''],
      ['II', 'ph;tp'],
    ]);
  });

  test('flood: rain below zero; a level may lie below the datum', async () => {
    const { rows, told } = await assessed('flood', 'level,warning,rain_24h\n-0.35,5,-3\n');
    expect(told).toEqual(['line 2: "-3" in rain_24h is no total of rain; taken as missing']);
    expect(rows[0]).toMatchObject({ stage: 'normal', to_warning: '5.35', rain_grade_24h: 'NA' });
  });

  test('parking: half bays and a capacity below zero', async () => {
    const { rows, told } = await assessed('parking', 'capacity,free\n100,2.5\n-100,5\n');
    expect(told).toEqual([
      'line 2: "2.5" in free is no number of bays; taken as missing',
      'line 3: "-100" in capacity is no number of bays; taken as missing',
    ]);
    expect(rows.map((row) => row.guidance)).toEqual(['none', 'none']);
  });
});

describe('below detection', () => {
  const samples = (cells: readonly string[]) =>
    `time,tp,nh3n\n${cells.map((cell) => `2026-05-01 08:00,0.15,${cell}\n`).join('')}`;

  test('a value below a named limit is of class I', async () => {
    const rows = await judged('water', samples(['<0.01', '< 0.01', '＜0.01', '0.01L', '0.01 l', '<1e-2']));
    // Total phosphorus alone makes class III.
    expect(rows.map((row) => [row.class, row.deciding, row.items_assessed])).toEqual(rows.map(() => ['III', 'tp', 'nh3n;tp']));
  });

  test('without a limit there is nothing to put in its place: it is told and counts as missing', async () => {
    const cells = ['未检出', 'ND', 'n.d.', '<DL'];
    const { rows, told } = await assessed('water', samples(cells));
    expect(told).toEqual(
      cells.map((cell, index) => `line ${index + 2}: "${cell}" in nh3n names no detection limit; taken as missing`),
    );
    expect(rows.map((row) => [row.class, row.items_assessed])).toEqual(cells.map(() => ['III', 'tp']));
  });

  test('anything else spoils the row', async () => {
    const cells = ['<0x10', '<-1', 'L', '0.01 M'];
    const { told } = await assessed('water', samples(cells));
    expect(told).toEqual(cells.map((cell, index) => `line ${index + 2}: "${cell}" in nh3n is not a number`));
  });
});

describe('"/" is not monitored by plan (HJ 633-2026, 5.3.2)', () => {
  test('hour: the index of the others is published and the mark is kept', async () => {
    const text = `${HOUR}a,2026-05-01 01:00,/,45,0.9,95,48,33\na,2026-05-01 02:00,,45,0.9,95,48,33\n`;
    const rows = await judged('air', text);
    expect(rows.map((row) => [row.iaqi_so2, row.aqi, row.category, row.primary, row.validity])).toEqual([
      ['/', '48', '优', '', 'complete'],
      ['NA', 'NA', 'NA', 'NA', 'na'],
    ]);
  });

  test('day: with O3 as its daily maximum of 8 h', async () => {
    const text = 'date,so2,no2,co,o3_8h,pm10,pm25\n2026-05-01,/,38,0.9,95,48,33\n2026-05-02,8,38,0.9,/,48,33\n';
    const rows = await judged('air', text, '--level', 'day');
    expect(rows.map((row) => [row.iaqi_so2, row.iaqi_o3, row.aqi])).toEqual([
      ['/', '48', '48'],
      ['8', '/', '48'],
    ]);
  });
});

describe('times', () => {
  // The transition columns hold from 2026-03-01 in Beijing; an hour belongs to the day in which it began.
  test('choose the edition, in whatever form they stand', async () => {
    const [before, after] = ['GB 3095-2012', 'GB 3095-2026 transition'];
    const cases = [
      ['2026-02-28 24:00', before],
      ['2026-03-01 00:00', before],
      ['2026-03-01 00:00:01', after],
      ['2026-03-01 01:00:00+08:00', after],
      ['2026-03-01T01:00:00 +08:00', after],
      ['2026-03-01T01:00:00+0900', before],
      ['2026-02-28T17:00:00Z', after],
      ['2026/3/1 1:00', after],
      ['1772298000000', after],
      ['1772294400000', before],
    ];
    const rows = await judged('air', `${HOUR}${cases.map(([time]) => `a,${time},6,40,0.6,75,42,60\n`).join('')}`);
    expect(rows.map((row) => [row.time, row.edition])).toEqual(cases);
  });

  test('that no calendar has are told', async () => {
    const times = ['2026-02-29 01:00', '2026-02-30', '2026-04-31T01:00', '2026-05-01 25:00', '2026-05', '1772298000'];
    const { rows, told } = await assessed('air', `${HOUR}${times.map((time) => `a,${time},6,40,0.6,75,42,60\n`).join('')}`);
    expect(told).toEqual(times.map((_time, index) => `line ${index + 2}: the time cannot be read`));
    for (const row of rows) expect(row).toMatchObject({ aqi: '', edition: '' });
  });

  test('of JSON lines may be epoch ms as a number', async () => {
    const { stdout, stderr } = await clearbay(['assess', 'air'], { input: '{"at":1772298000000,"pm25":70}\n' });
    expect(stderr).toBe('');
    // 50/55 x (70 - 60) + 100 = 109.1, rounded up.
    expect(JSON.parse(stdout)).toMatchObject({ edition: 'GB 3095-2026 transition', iaqi_pm25: 110 });
  });
});
