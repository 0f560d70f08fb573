import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';
import { describeWithRealData } from '../harness/real-data.ts';

type Row = Readonly<Record<string, string | undefined>>;

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

  test('water sections: all but the lakes with the table of rivers, all with --lakes', async () => {
    const file = join(folder, 'water_sections_20260821.csv');
    const rowsWith = async (...options: string[]) =>
      (parse(await judged('water', file, ...options), { columns: true, bom: true }) as Row[]).filter(
        (row) => row.水质类别 !== '-1',
      );
    const byRiver = await rowsWith();
    const lakes = byRiver.filter((row) => row.class_no !== row.水质类别).map((row) => row.断面名称);
    const named = await rowsWith('--lakes', lakes.join(','));
    const same = named.filter((row) => row.class_no === row.水质类别);
    console.log(
      `clearbay assess water: ${byRiver.length - lakes.length} of ${byRiver.length} with the river table, ` +
        `${same.length} with --lakes ${lakes.join(',')}`,
    );
    expect(lakes.length / byRiver.length).toBeLessThan(0.05);
    expect(same).toHaveLength(byRiver.length);
  });
});
