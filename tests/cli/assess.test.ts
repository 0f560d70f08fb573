import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clearbay, spawnClearbay } from '../harness/clearbay.ts';
import { assessed, HOUR, judged, type Row } from './assessed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-assess-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('clearbay assess air', () => {
  test('judges hours by the edition of their day, midnight belonging to the day before', async () => {
    const rows = await judged(
      'air',
      `${HOUR}a,2026-03-01 00:00,6,40,0.6,75,42,60\na,2026-03-01 01:00,6,40,0.6,75,42,60\na,2031-01-01 01:00,6,40,0.6,75,42,60\n`,
    );
    expect(rows.map((row) => row.edition)).toEqual(['GB 3095-2012', 'GB 3095-2026 transition', 'GB 3095-2026 final']);
    expect(rows[0]).toMatchObject({
      station: 'a',
      pm25: '60',
      iaqi_pm25: '82',
      aqi: '82',
      category: '良',
      primary: 'pm25',
      validity: 'complete',
    });
    expect(Number(rows[1]?.aqi)).toBeGreaterThanOrEqual(82);
  });

  test('an hour of 2026 with a pollutant missing has no figure up to 100, one of 2012 has', async () => {
    const rows = await judged('air', `${HOUR}a,2026-05-01 01:00,6,40,0.6,75,,60\na,2020-05-01 01:00,6,40,0.6,75,,60\n`);
    expect(rows.map(({ aqi, category, primary, validity, iaqi_pm10 }) => [aqi, category, primary, validity, iaqi_pm10])).toEqual([
      ['NA', 'NA', 'NA', 'na', 'NA'],
      ['82', '良', 'pm25', 'partial', 'NA'],
    ]);
  });

  test('--level day takes O3 as the daily maximum of 8 h', async () => {
    const [row] = await judged('air', `${HOUR}a,2020-05-01,6,40,0.6,160,42,35\n`, '--level', 'day');
    expect(row).toMatchObject({ iaqi_o3: '100', aqi: '100', category: '良', primary: 'o3' });
  });

  test.each(['month', 'year'])('--level %s tells compliance, exceeding pollutants and the composite index', async (level) => {
    const [row] = await judged('air', `${HOUR}a,2020-05-01,6,50,0.6,75,42,30\n`, '--level', level);
    expect(Object.keys(row ?? {}).slice(8)).toEqual(['compliant', 'exceeding', 'composite', 'edition']);
    expect(row?.compliant).toMatch(/^(yes|no|NA)$/);
    expect(row?.edition).toContain('2012');
  });

  test('--variant picks the list of items of 2012', async () => {
    const text = 'time,o3,o3_8h,so2,no2,co,pm10,pm25,pm10_24h,pm25_24h\n2020-05-01 01:00,50,200,6,20,0.5,20,10,20,10\n';
    const [published] = await judged('air', text, '--variant', 'published');
    const [byText] = await judged('air', text, '--variant', 'text');
    // PM10 and NO2 make 20 and 10; O3 of 8 h makes 50/55 x (200 - 160) + 100 = 136.4.
    expect([published?.aqi, byText?.aqi]).toEqual(['20', '137']);
  });

  test('ties share the primary place, and results keep their input columns as they were written', async () => {
    const text = 'note,time,so2,no2,co,o3,pm10,pm25\n"a ""quoted"", note",2020-05-01 01:00,6,20,0.5,20,80,44.0\n';
    const { stdout } = await clearbay(['assess', 'air'], { input: text });
    expect(stdout.split('\n')[1]).toContain('"a ""quoted"", note",2020-05-01 01:00,6,20,0.5,20,80,44.0,');
    const [row] = parse(stdout, { columns: true }) as Row[];
    expect(row?.iaqi_pm10).toBe('65');
    const [tie] = await judged('air', `${HOUR}a,2020-05-01 01:00,6,20,0.5,20,150,75\n`);
    expect(tie).toMatchObject({ aqi: '100', primary: 'pm10;pm25' });
  });
});

describe('clearbay assess water, flood, parking', () => {
  test('water: class, deciding items with multiples, items assessed, below detection', async () => {
    const text = 'station,time,ph,dissolved_oxygen,codmn,nh3n,tp\ns,2026-05-01 08:00,7.5,8,3.2,<0.025,0.32\n';
    const [row] = await judged('water', text);
    expect(row).toMatchObject({
      class: 'V',
      class_no: '5',
      deciding: 'tp(0.6)',
      items_assessed: 'ph;dissolved_oxygen;codmn;nh3n;tp',
    });
  });

  test('--water-body, --lakes and a column of the file choose the table', async () => {
    const text = 'station,time,tp\na,2026-05-01 08:00,0.06\nb,2026-05-01 08:00,0.06\n';
    expect((await judged('water', text)).map((row) => row.class)).toEqual(['II', 'II']);
    expect((await judged('water', text, '--water-body', 'lake')).map((row) => row.class)).toEqual(['IV', 'IV']);
    expect((await judged('water', text, '--lakes', 'b, c')).map((row) => row.class)).toEqual(['II', 'IV']);
    const own = 'station,time,tp,water_body\na,2026-05-01 08:00,0.06,lake\nb,2026-05-01 08:00,0.06,river\n';
    const rows = await judged('water', own, '--water-body', 'lake');
    expect(rows.map((row) => [row.class, row.water_body])).toEqual([
      ['IV', 'lake'],
      ['II', 'river'],
    ]);
  });

  test('flood: stage, distances and rain grades by the lines in the row', async () => {
    const text = 'station,time,level,warning,guaranteed,rain_24h\ng,2026-05-01 08:00,5.25,5,6,60\ng,2026-05-01 09:00,4,5,6,\n';
    const rows = await judged('flood', text);
    expect(rows.map((row) => [row.stage, row.warning_level, row.to_warning, row.to_guaranteed])).toEqual([
      ['above-warning', '3', '-0.25', '0.75'],
      ['normal', '', '1', '2'],
    ]);
    expect(rows[0]?.rain_grade_24h).not.toBe('NA');
    expect(rows[1]?.rain_grade_24h).toBe('NA');
  });

  test('parking: occupancy, free bays and guidance; impossible counts are clamped and say so', async () => {
    const text = 'station,time,capacity,free\np,2026-05-01 08:00,100,25\np,2026-05-01 09:00,100,-3\np,2026-05-01 10:00,,5\n';
    const rows = await judged('parking', text);
    expect(rows.map((row) => [row.occupancy, row.free_bays, row.guidance, row.clamped])).toEqual([
      ['0.75', '25', 'tight', '0'],
      ['1', '0', 'full', '-3'],
      ['NA', 'NA', 'none', '0'],
    ]);
  });
});

describe('input and output', () => {
  test('faults go by line and reason, their rows stay with empty results, the command succeeds', async () => {
    const text = `${HOUR}a,2020-05-01 01:00,6,40,0.6,75,42,60\na,2020-13-01 01:00,6,40,0.6,75,42,60\na,2020-05-01 03:00,six,40,0.6,75,42,60\na,2020-05-01 04:00,6\n`;
    const ended = await clearbay(['assess', 'air', '-'], { input: text });
    expect(ended.code).toBe(0);
    expect(ended.stderr.trimEnd().split('\n')).toEqual([
      'line 3: the time cannot be read',
      'line 4: "six" in so2 is not a number',
      'line 5: 3 cells where the header has 8',
    ]);
    const lines = ended.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toBe(`a,2020-13-01 01:00,6,40,0.6,75,42,60${','.repeat(11)}`);
  });

  test('a row with cells too many or too few keeps its own columns and has no results', async () => {
    const text = 'station,time,so2,no2,co,o3,pm10\na,2026-05-01 01:00,6,40,0.6,75,60,999\n"b, c",2026-05-01 02:00,6\n';
    const { rows, told } = await assessed('air', text);
    expect(told).toEqual(['line 2: 8 cells where the header has 7', 'line 3: 3 cells where the header has 7']);
    expect(rows[0]).toMatchObject({ station: 'a', pm10: '60', iaqi_so2: '', aqi: '', edition: '' });
    expect(rows[1]).toMatchObject({ station: 'b, c', so2: '6', no2: '', iaqi_so2: '', edition: '' });
  });

  test('a quote that is not closed spoils its own row only', async () => {
    const { rows, told } = await assessed(
      'air',
      `${HOUR}"a,2020-05-01 01:00,6,40,0.6,75,42,60\nb,2020-05-01 02:00,6,40,0.6,75,42,60\n`,
    );
    expect(told).toEqual(['line 2: a quote is not closed']);
    expect(rows.map((row) => [row.station, row.aqi])).toEqual([
      ['"a,2020-05-01 01:00,6,40,0.6,75,42,60', ''],
      ['b', '82'],
    ]);
  });

  test.each(['', '\n\n'])('an empty input has nothing to judge and is no failure', async (text) => {
    const ended = await clearbay(['assess', 'air'], { input: text });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: 'Standard input is empty: a header line is expected.\n' });
  });

  test('JSON lines come back as JSON lines; a row that is none is told and left out', async () => {
    const text = '{"time":"2020-05-01 01:00","pm25":60,"nested":{"a":[1]}}\nnonsense\n\n{"pm10":42,"time":"2020-05-01 02:00"}\n';
    const ended = await clearbay(['assess', 'air'], { input: text });
    expect(ended).toMatchObject({ code: 0, stderr: 'line 2: not a JSON object\n' });
    const rows = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows[0]).toMatchObject({ nested: { a: [1] }, pm25: 60, iaqi_pm25: 82, aqi: 82, category: '良', primary: 'pm25' });
    expect(rows[1]).toMatchObject({ pm10: 42, iaqi_pm10: 42, aqi: 42, primary: '' });
  });

  test('an input column with the name of a result keeps its values under another name', async () => {
    const [csv] = await judged('air', `aqi,${HOUR}99,a,2020-05-01 01:00,6,40,0.6,75,42,60\n`);
    expect(csv).toMatchObject({ input_aqi: '99', aqi: '82' });
    const { stdout } = await clearbay(['assess', 'air'], { input: '{"aqi":"99","time":"2020-05-01 01:00","pm25":60}\n' });
    expect(JSON.parse(stdout)).toMatchObject({ input_aqi: '99', aqi: 82 });
  });

  test.each([
    ['a byte order mark and Windows line ends', `\uFEFF${HOUR}a,2020-05-01 01:00,6,40,0.6,75,42,60\n`.replaceAll('\n', '\r\n')],
    ['line ends of an old Mac', `${HOUR}a,2020-05-01 01:00,6,40,0.6,75,42,60\n`.replaceAll('\n', '\r')],
    ['blank lines, and none at the end', `\n${HOUR}\na,2020-05-01 01:00,6,40,0.6,75,42,60`],
  ])('%s', async (_case, text) => {
    expect(await judged('air', text)).toMatchObject([{ station: 'a', aqi: '82' }]);
  });

  test('a file and standard input give the same', async () => {
    const path = join(folder, 'hours.csv');
    const text = `${HOUR}${'a,2020-05-01 01:00,6,40,0.6,75,42,60\n'.repeat(50_000)}`;
    await writeFile(path, text);
    const [fromFile, fromInput] = [await clearbay(['assess', 'air', path]), await clearbay(['assess', 'air'], { input: text })];
    expect(fromFile).toMatchObject({ code: 0, stderr: '' });
    expect(fromFile.stdout.split('\n')).toHaveLength(50_002);
    expect(fromInput.stdout).toBe(fromFile.stdout);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('a reader that closes early is no failure', async () => {
    const path = join(folder, 'many.csv');
    await writeFile(path, `${HOUR}${'a,2020-05-01 01:00,6,40,0.6,75,42,60\n'.repeat(200_000)}`);
    const child = spawnClearbay(['assess', 'air', path]);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'exit');
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect([(await ended)[0], stderr]).toEqual([0, '']);
  });

  test.each([
    ['a kind that is none', ['noise'], 'There is no kind "noise"; there are: air, water, flood, parking.'],
    ['an unknown water body', ['water', '--water-body', 'sea'], 'Water body "sea" is not known; there are: river, lake.'],
    ['an unknown variant', ['air', '--variant', 'new'], 'Variant "new" is not known; there are: text, published.'],
    ['unknown columns', ['air', '--columns', 'mine'], 'There is no mapping "mine" for air; there are: clearbay, cnemc.'],
    ['a file that is not there', ['air', '/nowhere/x.csv'], /^\/nowhere\/x\.csv cannot be read: ENOENT/],
    ['a folder', ['air', '.'], /^\. cannot be read: EISDIR/],
  ])('%s is one sentence and exit code 1', async (_case, args, sentence) => {
    const ended = await clearbay(['assess', ...args]);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    const lines = ended.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    if (typeof sentence === 'string') expect(lines[0]).toBe(sentence);
    else expect(lines[0]).toMatch(sentence);
  });
});
