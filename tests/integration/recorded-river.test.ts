import { join } from 'node:path';
import type { AlertPageView, DayListView, SeriesView, StationDetailView } from '@clearbay/contract/api.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../console-server/live-page.ts';
import { describeWithRealData } from '../harness/real-data.ts';
import type { RunningSystem } from '../harness/system.ts';
import { asRecorder, csvRows, drained, lookAt, measured, type Row, recordedSystem, shown } from './recorded-district.ts';

const timeOf = ({ 日期时间: text = '' }: Row) => {
  const [day, month, year, time] = text.split(/[- ]/);
  return Date.parse(`${year}-${month}-${day}T${time}+08:00`);
};
const levelOf = (row: Row) => Number(row.水位);

describeWithRealData('hourly levels of the Yangtze, from the file to the console', (folder) => {
  const file = join(folder, 'river_yangtze_hourly_202006.csv');
  const hours = new Map<string, Row>();
  // Of a repeated hour the first row stands.
  for (const row of csvRows(file)) if (!hours.has(`${row.站点} ${timeOf(row)}`)) hours.set(`${row.站点} ${timeOf(row)}`, row);
  const rows = [...hours.values()].toSorted((a, b) => timeOf(a) - timeOf(b));
  const names = [...new Set(rows.map((row) => row.站点 ?? ''))];
  const idOf = (name: string) => `gauge-${names.indexOf(name) + 1}`;
  const rowsOf = (name: string) => rows.filter((row) => row.站点 === name);
  const lastOf = (name: string) => rowsOf(name).at(-1) ?? {};
  const flooded = (name: string) => names.indexOf(name) % 2 === 0;
  // The file has no lines: every other gauge ends 20 cm above its warning level, the rest 2 m below it.
  const warningOf = (name: string) => Math.round((levelOf(lastOf(name)) + (flooded(name) ? -0.2 : 2)) * 100) / 100;
  const stations = names.map((name) => ({
    ...measured(idOf(name), name, 3600),
    kind: 'flood',
    datum: { zh: '资料基面', en: 'datum of the record' },
    basin: { zh: '长江', en: 'Yangtze' },
    lines: { warning: warningOf(name), guaranteed: warningOf(name) + 50 },
  }));
  let system: RunningSystem;

  beforeAll(async () => {
    system = await recordedSystem(stations);
    const map = names.map((name) => `${name}=${idOf(name)}`).join(',');
    const ended = await system.command(['import', 'flood', file, '--columns', 'yangtze', '--map', map, ...asRecorder(system)]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await drained(system);
  });
  afterAll(async () => {
    await system?.stop();
  });

  test('the series gives back every level of the file', async () => {
    const from = timeOf(rows[0] ?? {});
    const to = timeOf(rows.at(-1) ?? {}) + 1;
    for (const name of names) {
      const { points } = await system.api<SeriesView>(
        `/stations/${idOf(name)}/series?metric=level&resolution=raw&from=${from}&to=${to}`,
      );
      expect(new Map(points.map(([at, level]) => [at, level]))).toEqual(
        new Map(rowsOf(name).map((row) => [timeOf(row), levelOf(row)])),
      );
    }
  });

  test('a day has the highest and the lowest level of its hours', async () => {
    const name = names[0] ?? '';
    const { days } = await system.api<DayListView>(`/stations/${idOf(name)}/days?year=2020`);
    const judged = days.filter((day) => day.assessment !== null);
    expect(judged.length).toBeGreaterThan(2);
    for (const { date, assessment } of judged) {
      const detail = assessment?.detail as { highest: { level: number } | null; lowest: number | null; levelHours: number };
      // A level at midnight belongs to the day that ends.
      const levels = rowsOf(name)
        .filter((row) => new Date(timeOf(row) - 1 + 8 * HOUR_MS).toISOString().slice(0, 10) === date)
        .map(levelOf);
      expect([date, detail.highest?.level, detail.lowest, detail.levelHours]).toEqual([
        date,
        Math.max(...levels),
        Math.min(...levels),
        levels.length,
      ]);
    }
  });

  test('moved to the present each gauge has the stage of its last level, and the flooded ones an alert', async () => {
    const name = names.find(flooded) ?? '';
    const page = await lookAt(system, idOf(name));
    const args = ['simulate', '--replay', file, '--kind', 'flood', '--columns', 'yangtze', '--now', 'last', '--speed', '0'];
    expect(await system.command([...args, ...asRecorder(system)])).toMatchObject({ code: 0, stderr: '' });

    const since = Date.now() - 3 * HOUR_MS;
    await until(() => (shown(page, idOf(name))?.at ?? 0) > since, 'the replayed level on the page', 15_000);
    await until(() => page.alerts.some((alert) => alert.station === idOf(name)), 'the alert on the page', 15_000);
    expect(shown(page, idOf(name))?.rating.code).toBe('above-warning');
    page.close();
    for (const each of names) {
      const { assessment, latest } = await system.api<StationDetailView>(`/stations/${idOf(each)}`);
      expect([each, latest.find(({ metric }) => metric === 'level')?.value]).toEqual([each, levelOf(lastOf(each))]);
      expect([each, assessment?.rating.code]).toEqual([each, flooded(each) ? 'above-warning' : 'normal']);
    }
    const { alerts } = await system.api<AlertPageView>('/alerts?state=open');
    const crossed = alerts.filter((alert) => alert.rule.includes('level')).map((alert) => alert.station);
    expect(new Set(crossed)).toEqual(new Set(names.filter(flooded).map(idOf)));
  });
});
