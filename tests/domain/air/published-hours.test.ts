import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { assessHourRow } from '@clearbay/domain/kinds/air/row.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { describeWithRealData } from '../../harness/real-data.ts';

const { editions } = loadAirStandards();

const NAMES: Record<string, string> = {
  '颗粒物(PM10)': 'pm10',
  '细颗粒物(PM2.5)': 'pm25',
  二氧化氮: 'no2',
  二氧化硫: 'so2',
  一氧化碳: 'co',
  臭氧1小时: 'o3',
};

const number = (cell: string | undefined) =>
  cell === undefined || cell === '' || cell === 'NaN' || cell === '-;' ? undefined : Number(cell);
const pollutants = (cell: string, separator: RegExp) =>
  cell
    .split(separator)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'NaN' && name !== '-;')
    .map((name) => NAMES[name] ?? name)
    .sort();

describeWithRealData('published hourly AQI of 2020, items as published under the 2012 edition', (folder) => {
  test('AQI, category and primary pollutants match on every row that publishes an AQI', () => {
    const hours = join(folder, 'air_station_hourly_2020');
    let published = 0;
    const differing: string[] = [];
    for (const file of readdirSync(hours).filter((name) => name.endsWith('.csv'))) {
      const rows = parse(readFileSync(join(hours, file)), { columns: true, bom: true }) as Record<string, string>[];
      for (const row of rows) {
        const aqi = number(row.AQI);
        if (aqi === undefined) continue;
        published += 1;
        const values = {
          so2: number(row.SO2),
          no2: number(row.NO2),
          co: number(row.CO),
          o3: number(row.O3_1h),
          o3_8h: number(row.O3_8h),
          pm10: number(row.PM10),
          pm25: number(row['PM2.5']),
        };
        const date = `${row.Date?.slice(0, 4)}-${row.Date?.slice(4, 6)}-${row.Date?.slice(6, 8)}`;
        const ours = assessHourRow(values, editionFor(editions, date));
        const theirs = [aqi, row.Level, pollutants(row.PrimaryPollution ?? '', /\n/)];
        if (JSON.stringify([ours.aqi, ours.category?.name.zh, [...ours.primary].sort()]) !== JSON.stringify(theirs)) {
          differing.push(
            `${file} ${row.Date} ${row.Hour} ${row.WatchPoint}: ${ours.aqi} ${ours.primary} for ${theirs.join(' ')}`,
          );
        }
      }
    }
    console.log(`published hourly AQI of 2020: ${published - differing.length} of ${published} rows match`);
    expect(differing).toEqual([]);
    expect(published).toBeGreaterThan(10_000);
  });
});

describeWithRealData('national snapshot of 2018-02-20 07:00', (folder) => {
  test('AQI, category and primary pollutants match on every station that publishes an AQI', () => {
    const lines = readFileSync(join(folder, 'air_national_snapshot_20180220T07.jsonl'), 'utf8').trim().split('\n');
    let published = 0;
    const differing: string[] = [];
    for (const line of lines) {
      const row = JSON.parse(line) as Record<string, string>;
      const aqi = number(row.aqi);
      if (aqi === undefined) continue;
      published += 1;
      // The 1-hour O3 that the index used stands in the column o3_24h of this feed.
      const values = {
        so2: number(row.so2),
        no2: number(row.no2),
        co: number(row.co),
        o3: number(row.o3_24h),
        pm10: number(row.pm10),
        pm25: number(row.pm2_5),
      };
      const ours = assessHourRow(values, editionFor(editions, '2018-02-20'));
      const theirs = [aqi, row.quality, pollutants(row.primarypollutant ?? '', /,/)];
      if (JSON.stringify([ours.aqi, ours.category?.name.zh, [...ours.primary].sort()]) !== JSON.stringify(theirs)) {
        differing.push(`${row.stationcode}: ${ours.aqi} ${ours.primary} for ${theirs.join(' ')}`);
      }
    }
    console.log(`national snapshot of 2018: ${published - differing.length} of ${published} stations match`);
    expect(differing).toEqual([]);
    expect(published).toBeGreaterThan(500);
  });
});
