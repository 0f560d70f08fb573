import { join } from 'node:path';
import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { DayListView, ExplanationView, SeriesView, StationDetailView } from '@clearbay/contract/api.ts';
import { assessHourRow } from '@clearbay/domain/kinds/air/row.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../console-server/live-page.ts';
import { describeWithRealData } from '../harness/real-data.ts';
import type { RunningSystem } from '../harness/system.ts';
import { asRecorder, csvRows, drained, lookAt, measured, type Row, recordedSystem, shown } from './recorded-district.ts';

const METRICS = { so2: 'SO2', no2: 'NO2', co: 'CO', o3: 'O3_1h', pm10: 'PM10', pm25: 'PM2.5' } as const;

/** The platform's names of primary pollutants. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  '颗粒物(PM10)': 'PM10',
  '细颗粒物(PM2.5)': 'PM2.5',
  二氧化氮: 'NO2',
  二氧化硫: 'SO2',
  一氧化碳: 'CO',
  臭氧1小时: 'O3',
};

/** `PM2.5, O3` as published, in a fixed order; empty for none. */
const publishedPrimary = (cell: string | undefined) =>
  (isNumber(cell) ? (cell ?? '').split('\n') : [])
    .map((name) => PUBLISHED_NAMES[name.trim()] ?? name)
    .sort()
    .join();
const primaryIn = ({ sentences }: ExplanationView) =>
  (/primary pollutant: (.*) \[/.exec(sentences.en.join('\n'))?.[1] ?? '').split(', ').sort().join();

const isNumber = (cell: string | undefined) => cell !== undefined && cell !== '' && cell !== 'NaN';
const timeOf = ({ Date: date = '', Hour: hour = '' }: Row) =>
  Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${hour}:00:00+08:00`);

describeWithRealData('hourly air of 泉州, from the file to the console', (folder) => {
  const file = join(folder, 'air_station_hourly_2020', '泉州.csv');
  const rows = csvRows(file);
  const names = [...new Set(rows.map((row) => row.WatchPoint ?? ''))];
  const idOf = (name: string) => `air-${names.indexOf(name) + 1}`;
  const stations = names.map((name) => ({ ...measured(idOf(name), name, 3600), kind: 'air' }));
  const told = rows.filter((row) => Object.values(METRICS).some((column) => isNumber(row[column])));
  const rowsOf = (name: string) => rows.filter((row) => row.WatchPoint === name);
  let system: RunningSystem;

  beforeAll(async () => {
    system = await recordedSystem(stations);
    const map = names.map((name) => `${name}=${idOf(name)}`).join(',');
    const ended = await system.command(['import', 'air', file, '--columns', 'cnemc', '--map', map, ...asRecorder(system)]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await drained(system);
  });
  afterAll(async () => {
    await system?.stop();
  });

  test('every row with a value is taken once: repeated rows are duplicates, nothing is refused', async () => {
    const distinct = new Set(told.map((row) => `${row.WatchPoint} ${timeOf(row)}`));
    const status = await drained(system);
    expect(status).toMatchObject({ accepted: distinct.size, duplicates: told.length - distinct.size, conflicts: 0, refused: {} });
    expect(status.ledger.lastSeq).toBe(distinct.size);
  });

  test('each published hour has the published AQI, category and primary pollutants, with its derivation', async () => {
    const published = rows.filter((row) => isNumber(row.AQI));
    const differing: string[] = [];
    for (const row of published) {
      const path = `/stations/${idOf(row.WatchPoint ?? '')}/explanation?period=hour&at=${timeOf(row)}`;
      const explained = await system.api<ExplanationView>(path);
      const { derivation } = explained;
      const ours = `${derivation.figure.zh} ${primaryIn(explained)}`;
      if (ours !== `AQI ${row.AQI}，${row.Level} ${publishedPrimary(row.PrimaryPollution)}`) differing.push(`${path}: ${ours}`);
      expect(derivation.edition).toBe('GB 3095-2012');
      for (const { metric, value } of derivation.inputs) expect(value).toBe(Number(row[METRICS[metric as keyof typeof METRICS]]));
    }
    console.log(
      `泉州, hours through the system: ${published.length - differing.length} of ${published.length} with the published AQI`,
    );
    expect(differing).toEqual([]);
    expect(published.length).toBeGreaterThan(50);
  });

  test('the series gives back the values of the file, hour by hour', async () => {
    const from = Math.min(...rows.map(timeOf)) - HOUR_MS;
    const to = Math.max(...rows.map(timeOf)) + HOUR_MS;
    for (const name of names) {
      const path = `/stations/${idOf(name)}/series?metric=pm25&resolution=hour&from=${from}&to=${to}`;
      const { points } = await system.api<SeriesView>(path);
      const expected = new Map(
        rowsOf(name).flatMap((row) => (isNumber(row['PM2.5']) ? [[timeOf(row), Number(row['PM2.5'])]] : [])),
      );
      expect(new Map(points.map(([at, mean]) => [at, mean]))).toEqual(expected);
    }
  });

  test('a day counts the hours of the file, and short of 20 of them it gives no figure', async () => {
    for (const name of names) {
      const hours = new Map<string, Set<number>>();
      for (const row of rowsOf(name)) {
        const date = dateOf(dayStart(timeOf(row)));
        if (isNumber(row['PM2.5'])) hours.set(date, (hours.get(date) ?? new Set()).add(timeOf(row)));
      }
      const { days } = await system.api<DayListView>(`/stations/${idOf(name)}/days?year=2020`);
      const judged = days.flatMap(({ date, assessment }) => (assessment === null ? [] : [[date, assessment] as const]));
      for (const [date, { detail, edition }] of judged) {
        const { pm25 } = (detail as { pollutants: Record<string, { validHours: number; value: number | null }> }).pollutants;
        const valid = hours.get(date)?.size ?? 0;
        expect([date, pm25?.validHours, pm25?.value === null]).toEqual([date, valid, valid < 20]);
        expect(edition).toBe('GB 3095-2012');
      }
      expect(judged.map(([date]) => date)).toEqual(expect.arrayContaining([...hours.keys()]));
    }
  });

  test('moved to the present it is judged live by the edition in force, on the page as in the API', async () => {
    const newest = told.toSorted((a, b) => timeOf(a) - timeOf(b)).at(-1) ?? {};
    const name = newest.WatchPoint ?? '';
    const page = await lookAt(system, idOf(name));
    const args = ['simulate', '--replay', file, '--kind', 'air', '--columns', 'cnemc', '--now', 'last', '--speed', '0'];
    expect(await system.command([...args, ...asRecorder(system)])).toMatchObject({ code: 0, stderr: '' });

    const values = Object.fromEntries(
      Object.entries(METRICS).flatMap(([metric, column]) => (isNumber(newest[column]) ? [[metric, Number(newest[column])]] : [])),
    );
    const endedHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await until(() => (shown(page, idOf(name))?.at ?? 0) >= endedHour - HOUR_MS, 'the replayed hour on the page', 15_000);
    const view = await system.api<StationDetailView>(`/stations/${idOf(name)}`);
    const hourEnd = view.assessment?.end ?? 0;
    const expected = assessHourRow(values, editionFor(loadAirStandards().editions, dateOf(dayStart(hourEnd))));
    expect(shown(page, idOf(name))?.figure.value).toBe(expected.aqi);
    expect(view.assessment?.figure.value).toBe(expected.aqi);
    expect(view.assessment?.edition).toBe(expected.edition);
    expect(view.simulated).toBe(false);
    expect(view.latest.find((latest) => latest.metric === 'pm25')?.value).toBe(values.pm25);
    expect(hourEnd).toBeGreaterThan(Date.now() - 2 * HOUR_MS - DAY_MS / 24);
    page.close();
  });
});
