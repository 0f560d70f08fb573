import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { describeWithRealData } from '../harness/real-data.ts';

type Row = Readonly<Record<string, string | undefined>>;

/** Points in lakes and reservoirs among the published sections, in the order of the file. */
const LAKES = ['南刘庄', '三道', '电视塔', '锡东水厂', '湖滨', '龟山'];

const NAMES: Readonly<Record<string, string>> = {
  '颗粒物(PM10)': 'pm10',
  '细颗粒物(PM2.5)': 'pm25',
  二氧化氮: 'no2',
  二氧化硫: 'so2',
  一氧化碳: 'co',
  臭氧1小时: 'o3',
};

const isGiven = (cell: string | undefined) => cell !== undefined && !['', 'NaN', '-;'].includes(cell);
const published = (cell: string | undefined, separator: string) =>
  (isGiven(cell) ? (cell ?? '') : '')
    .split(separator)
    .filter((name) => name.trim() !== '')
    .map((name) => NAMES[name.trim()] ?? name)
    .sort()
    .join(';');
const ours = (primary: string | undefined) => (primary ?? '').split(';').sort().join(';');

async function judged(kind: string, path: string, ...options: string[]) {
  const ended = await clearbay(['assess', kind, path, '--columns', 'cnemc', ...options], { within: 60_000 });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

describeWithRealData('clearbay assess --columns cnemc', (folder) => {
  test('hourly air of 2020: AQI, category and primary pollutants of every row that publishes one', {
    timeout: 120_000,
  }, async () => {
    const hours = join(folder, 'air_station_hourly_2020');
    const files = readdirSync(hours).filter((name) => name.endsWith('.csv'));
    const counts = { rows: 0, same: 0 };
    const compare = async (file: string) => {
      const output = await judged('air', join(hours, file));
      for (const row of parse(output, { columns: true, bom: true }) as Row[]) {
        if (!isGiven(row.AQI)) continue;
        counts.rows += 1;
        const [theirs, mine] = [
          [row.AQI, row.Level, published(row.PrimaryPollution, '\n')],
          [row.aqi, row.category, ours(row.primary)],
        ];
        expect([file, row.WatchPoint, row.Date, row.Hour, ...mine]).toEqual([
          file,
          row.WatchPoint,
          row.Date,
          row.Hour,
          ...theirs,
        ]);
        counts.same += 1;
      }
      const raw = readFileSync(join(hours, file), 'utf8').trimEnd().split('\n');
      const kept = output.trimEnd().split('\n');
      expect(kept).toHaveLength(raw.length);
    };
    // Two at a time: the machine has other work.
    const queue = [...files];
    const worker = async () => {
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) await compare(file);
    };
    await Promise.all([worker(), worker()]);
    console.log(`clearbay assess air, hours of 2020: ${counts.same} of ${counts.rows}`);
    expect(counts.rows).toBeGreaterThan(10_000);
  });

  test('the national snapshot of 2018 as JSON lines', async () => {
    const output = await judged('air', join(folder, 'air_national_snapshot_20180220T07.jsonl'));
    const rows = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | number>);
    const told = rows.filter((row) => isGiven(String(row.input_aqi ?? '')));
    for (const row of told) {
      const theirs = [Number(row.input_aqi), row.quality, published(String(row.primarypollutant ?? ''), ',')];
      expect([row.stationcode, row.aqi, row.category, ours(String(row.primary))]).toEqual([row.stationcode, ...theirs]);
    }
    console.log(`clearbay assess air, snapshot of 2018: ${told.length} of ${told.length}`);
    expect(told.length).toBeGreaterThan(500);
  });

  test('the sliding means of the snapshot, as the text of 2012 reads them', async () => {
    const output = await judged('air', join(folder, 'air_national_snapshot_20180220T07.jsonl'), '--variant', 'text');
    const first = JSON.parse(output.slice(0, output.indexOf('\n'))) as Record<string, unknown>;
    // 万寿西宫: PM2.5 of 24 h is 134 µg/m³, 50/35 x (134 - 115) + 150 = 177.1; PM10 is missing.
    expect(first).toMatchObject({ stationcode: '1001A', iaqi_pm25: 178, iaqi_pm10: 'NA', aqi: 178, primary: 'pm25' });
  });

  test('that text is refused for the hours of 2020, which have no mean of 24 h', async () => {
    const file = join(folder, 'air_station_hourly_2020', '泉州.csv');
    const ended = await clearbay(['assess', 'air', file, '--columns', 'cnemc', '--variant', 'text']);
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Variant "text" of HJ 633-2012 also needs pm10_24h, pm25_24h, which this file has no columns for.\n',
    });
  });

  test('water sections: the class of all, by the lake table where the mapping names a lake', async () => {
    const output = await judged('water', join(folder, 'water_sections_20260821.csv'));
    const rows = (parse(output, { columns: true, bom: true }) as Row[]).filter((row) => row.水质类别 !== '-1');
    const same = rows.filter((row) => row.class_no === row.水质类别);
    console.log(`clearbay assess water: ${same.length} of ${rows.length}`);
    expect([same.length, rows.length]).toEqual([228, 228]);
    expect(rows.filter((row) => row.water_body === 'lake').map((row) => row.断面名称)).toEqual(LAKES);
  });
});

describeWithRealData('clearbay assess of other recorded files', (folder) => {
  const lots = join(folder, 'parking_de');

  test('wide tables of free bays: one row for each lot that has a cell', async () => {
    const file = join(lots, '2023-11-14.csv');
    const cells = (parse(readFileSync(file), { bom: true }) as string[][]).slice(1).map(([, ...free]) => free);
    const given = cells.flat().filter((cell) => cell.trim() !== '').length;
    const args = ['assess', 'parking', file, '--columns', 'parking-wide'];
    const ended = await clearbay([...args, '--lots', join(lots, 'meta-data.csv')], { within: 60_000 });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const rows = parse(ended.stdout, { columns: true }) as Row[];
    expect(rows).toHaveLength(given);
    expect(Object.keys(rows[0] ?? {}).slice(0, 3)).toEqual(['timestamp', 'station', 'free']);
    const capacities = new Map(
      (parse(readFileSync(join(lots, 'meta-data.csv')), { columns: true, bom: true }) as Row[]).map((row) => [
        row.place_id,
        row.num_all,
      ]),
    );
    const judgedRows = rows.filter((row) => row.guidance !== 'none');
    console.log(`clearbay assess parking: ${rows.length} rows, ${judgedRows.length} with a capacity`);
    expect(judgedRows.length).toBeGreaterThan(10_000);
    for (const { station, free, occupancy, free_bays } of judgedRows) {
      const capacity = Number(capacities.get(station));
      const held = Math.min(capacity, Math.max(0, Number(free)));
      expect([station, free_bays]).toEqual([station, String(held)]);
      expect(Number(occupancy)).toBeCloseTo((capacity - held) / capacity, 4);
    }
  });

  test('without the capacities there is no guidance, and the file of lots alone has no rows to judge', async () => {
    const plain = await clearbay(['assess', 'parking', join(lots, '2023-11-14.csv'), '--columns', 'parking-wide']);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(new Set((parse(plain.stdout, { columns: true }) as Row[]).map((row) => row.guidance))).toEqual(new Set(['none']));
    const meta = await clearbay(['assess', 'parking', join(lots, 'meta-data.csv'), '--columns', 'parking-wide']);
    expect(meta.code).toBe(0);
    expect(meta.stderr.split('\n')[0]).toBe('line 2: no column of the mapping is in this row');
  });

  test('lines of gauges in feet, beside a level in metres', async () => {
    const [header, first] = readFileSync(join(folder, 'river_us_thresholds_nwps.csv'), 'utf8').split(/\r?\n/);
    // Action 3206, flood 3207, moderate 3209, major 3211 ft; 977.49 m lies above 3206.9 ft, 977.5 m above 3207 ft (977.4936 m).
    const text = `${header},level\n${first},977.49\n${first},977.5\n${first},978.72\n`;
    const ended = await clearbay(['assess', 'flood', '--columns', 'nwps'], { input: text });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect((parse(ended.stdout, { columns: true }) as Row[]).map((row) => [row.stage, row.to_warning])).toEqual([
      ['near-warning', '0.004'],
      ['above-warning', '-0.006'],
      ['above-record', '-1.226'],
    ]);
  });

  test('levels and flows of rivers are read without a fault', async () => {
    for (const [columns, file] of [
      ['yangtze', 'river_yangtze_hourly_202006.csv'],
      ['usgs-daily', 'river_usgs_03062500_daily_flow.csv'],
      ['nwps', 'river_us_thresholds_nwps.csv'],
    ] as const) {
      const ended = await clearbay(['assess', 'flood', join(folder, file), '--columns', columns], { within: 60_000 });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const rows = parse(ended.stdout, { columns: true, bom: true }) as Row[];
      expect(new Set(rows.map((row) => row.stage))).toEqual(new Set(['none']));
    }
  });
});
