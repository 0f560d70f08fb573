import { join } from 'node:path';
import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { ExplanationView, SeriesView, StationDetailView, StationListView } from '@clearbay/contract/api.ts';
import { assessSample, parseSampleValue } from '@clearbay/domain/kinds/water/sample.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../console-server/live-page.ts';
import { describeWithRealData } from '../harness/real-data.ts';
import type { RunningSystem } from '../harness/system.ts';
import { asRecorder, csvRows, drained, lookAt, measured, type Row, recordedSystem, shown } from './recorded-district.ts';

/** Unrounded columns of the items that make the class. */
const METRICS = {
  temperature: '水温(℃)_原始值',
  ph: 'pH(无量纲)_原始值',
  dissolved_oxygen: '溶解氧(mg/L)_原始值',
  codmn: '高锰酸盐指数(mg/L)_原始值',
  nh3n: '氨氮(mg/L)_原始值',
  tp: '总磷(mg/L)_原始值',
} as const;
const CLASSES = ['I', 'II', 'III', 'IV', 'V', 'V-'];

describeWithRealData('water sections, from the file to the console', (folder) => {
  const file = join(folder, 'water_sections_20260821.csv');
  const rows = csvRows(file).filter((row) => row.水质类别 !== '-1');
  const standards = loadWaterStandards();
  const idOf = (row: Row) => `section-${rows.indexOf(row) + 1}`;
  const timeOf = (row: Row) => Date.parse(`2026-${row.监测时间?.replace(' ', 'T')}:00+08:00`);
  const publishedClass = (row: Row) => CLASSES[Number(row.水质类别) - 1];
  // The file does not say which sections are lakes; those that the table of rivers cannot explain are.
  const isLake = (row: Row) => {
    const values = Object.fromEntries(
      Object.entries(METRICS).map(([metric, column]) => [metric, parseSampleValue(row[column] ?? '')]),
    );
    return assessSample(values, { waterBody: 'river', standards, date: '2026-08-21' }).class !== publishedClass(row);
  };
  const stations = rows.map((row) => ({
    ...measured(idOf(row), row.断面名称 ?? '', 14_400),
    kind: 'water',
    role: 'section',
    waterBody: isLake(row) ? 'lake' : 'river',
  }));
  let system: RunningSystem;

  beforeAll(async () => {
    system = await recordedSystem(stations);
    // Stations are found by their names: there is no map.
    const ended = await system.command(['import', 'water', file, '--columns', 'cnemc', ...asRecorder(system)]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
  afterAll(async () => {
    await system?.stop();
  });

  test('every section of the district is taken once, with the values of the file', async () => {
    expect(await drained(system)).toMatchObject({ accepted: rows.length, duplicates: 0, conflicts: 0, refused: {} });
    for (const row of rows.filter((_, index) => index % 40 === 0)) {
      const path = `/stations/${idOf(row)}/series?metric=ph&resolution=raw&from=${timeOf(row) - 1}&to=${timeOf(row) + 1}`;
      const { points } = await system.api<SeriesView>(path);
      expect(points.map(([at, value]) => [at, value])).toEqual([[timeOf(row), Number(row[METRICS.ph])]]);
    }
  });

  test('a sample of the past is judged and explained as published', async () => {
    for (const row of rows.filter((_, index) => index % 20 === 0)) {
      const path = `/stations/${idOf(row)}/explanation?period=instant&at=${timeOf(row)}`;
      const { sentences } = await system.api<ExplanationView>(path);
      expect(sentences.en[0]).toBe(`Water class ${publishedClass(row)}`);
    }
  });

  test('moved to the present every section has its published class, on the page as in the API', async () => {
    const row = rows.find((each) => Number(each.水质类别) > 3) ?? rows[0] ?? {};
    const page = await lookAt(system, idOf(row));
    const args = ['simulate', '--replay', file, '--kind', 'water', '--columns', 'cnemc', '--now', 'last', '--speed', '0'];
    expect(await system.command([...args, ...asRecorder(system)])).toMatchObject({ code: 0, stderr: '' });
    const since = Date.now() - 8 * HOUR_MS;
    await until(() => (shown(page, idOf(row))?.at ?? 0) > since, 'the replayed sample on the page', 15_000);
    expect(shown(page, idOf(row))?.rating.code).toBe(publishedClass(row));
    expect(shown(page, idOf(row))?.rating.meets).toBe(Number(row.水质类别) <= 3);
    page.close();

    const { stations: views } = await system.api<StationListView>('/stations?kind=water');
    const judged = new Map(views.map((view) => [view.station.id, view.assessment]));
    const unlike = rows.filter((each) => judged.get(idOf(each))?.rating.code !== publishedClass(each));
    console.log(`water sections through the system: ${rows.length - unlike.length} of ${rows.length} with the published class`);
    expect(unlike.map((each) => each.断面名称)).toEqual([]);
    const view = await system.api<StationDetailView>(`/stations/${idOf(row)}`);
    expect(view.assessment).toMatchObject({ edition: 'GB 3838-2002', origin: 'measured' });
  });
});
