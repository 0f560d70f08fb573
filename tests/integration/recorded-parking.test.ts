import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DayListView, SeriesView, StationDetailView } from '@clearbay/contract/api.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../console-server/live-page.ts';
import { describeWithRealData } from '../harness/real-data.ts';
import type { RunningSystem } from '../harness/system.ts';
import { asRecorder, csvRows, drained, lookAt, measured, type Row, recordedSystem, shown } from './recorded-district.ts';

const LOTS = 12;

describeWithRealData('free bays of German car parks, from the file to the console', (folder) => {
  const lotFolder = join(folder, 'parking_de');
  const day = readdirSync(lotFolder).find((name) => /^\d{4}-\d\d-\d\d\.csv$/.test(name)) ?? '';
  const file = join(lotFolder, day);
  const rows = csvRows(file);
  const timeOf = (row: Row) => Date.parse(row.timestamp ?? '');
  const capacities = new Map(csvRows(join(lotFolder, 'meta-data.csv')).map((row) => [row.place_id ?? '', Number(row.num_all)]));
  const told = (lot: string) => rows.filter((row) => row[lot] !== '' && row[lot] !== undefined);
  // The lots that report most, of those whose capacity is known and holds.
  const lots = Object.keys(rows[0] ?? {})
    .filter((lot) => told(lot).every((row) => Number(row[lot]) >= 0 && Number(row[lot]) <= (capacities.get(lot) ?? 0)))
    .toSorted((a, b) => told(b).length - told(a).length)
    .slice(0, LOTS);
  const idOf = (lot: string) => `lot-${lots.indexOf(lot) + 1}`;
  const freeOf = (lot: string) => Number(told(lot).at(-1)?.[lot]);
  const stations = lots.map((lot) => ({
    ...measured(idOf(lot), lot, 900),
    kind: 'parking',
    counting: 'counter',
    capacity: capacities.get(lot),
  }));
  const map = lots.map((lot) => `${lot}=${idOf(lot)}`).join(',');
  const command = ['--columns', 'parking-wide', '--map', map];
  let system: RunningSystem;

  beforeAll(async () => {
    system = await recordedSystem(stations);
    const ended = await system.command(['import', 'parking', file, ...command, ...asRecorder(system)]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/\d+ readings sent, \d+ of \d+ other stations left out/);
  });
  afterAll(async () => {
    await system?.stop();
  });

  test('each cell of a mapped column is one reading, and the series gives it back', async () => {
    const cells = lots.flatMap((lot) => told(lot).map((row) => `${lot} ${timeOf(row)}`));
    expect(await drained(system)).toMatchObject({ accepted: new Set(cells).size, conflicts: 0, refused: {} });
    const span = `from=${timeOf(rows[0] ?? {})}&to=${timeOf(rows.at(-1) ?? {}) + 1}`;
    for (const lot of lots) {
      const { points } = await system.api<SeriesView>(`/stations/${idOf(lot)}/series?metric=free&resolution=raw&${span}`);
      expect(points.map(([at, free]) => [at, free])).toEqual(told(lot).map((row) => [timeOf(row), Number(row[lot])]));
    }
  });

  test('a day is judged by the fewest free bays of an hour', async () => {
    const lot = lots[0] ?? '';
    const { days } = await system.api<DayListView>(`/stations/${idOf(lot)}/days?year=${day.slice(0, 4)}`);
    const judged = days.flatMap(({ assessment }) => (assessment === null ? [] : [assessment]));
    expect(judged.length).toBeGreaterThan(0);
    const least = Math.min(...judged.map((assessment) => assessment.figure.value ?? Number.POSITIVE_INFINITY));
    const frees = told(lot).map((row) => Number(row[lot]));
    expect(least).toBeGreaterThanOrEqual(Math.min(...frees));
    expect(least).toBeLessThanOrEqual(frees.reduce((sum, free) => sum + free, 0) / frees.length);
  });

  test('moved to the present the page sees every count as it comes, and the last one stands', async () => {
    const lot = lots[0] ?? '';
    const page = await lookAt(system, idOf(lot));
    const args = ['simulate', '--replay', file, '--kind', 'parking', '--now', 'last', '--speed', '0'];
    expect(await system.command([...args, ...command, ...asRecorder(system)])).toMatchObject({ code: 0, stderr: '' });

    const seen = () => page.frames.flatMap((frame) => frame.values ?? []).filter(([metric]) => metric === 'free');
    await until(() => seen().length >= told(lot).length, 'every count on the page', 15_000);
    expect(seen().map(([, , free]) => free)).toEqual(told(lot).map((row) => Number(row[lot])));
    const spans = seen().map(([, at]) => at - (seen()[0]?.[1] ?? 0));
    expect(spans).toEqual(told(lot).map((row) => timeOf(row) - timeOf(told(lot)[0] ?? {})));
    await until(() => shown(page, idOf(lot))?.figure.value === freeOf(lot), 'the last count on the page', 15_000);
    page.close();

    for (const each of lots) {
      const { assessment, simulated } = await system.api<StationDetailView>(`/stations/${idOf(each)}`);
      expect([each, assessment?.figure.value, simulated]).toEqual([each, freeOf(each), false]);
    }
  });
});
