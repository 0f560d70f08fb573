import { join } from 'node:path';
import { loadMapping } from '@clearbay/config/mappings.ts';
import { type RecordedRow, recordedRows } from '@clearbay/simulators/recorded-rows.ts';
import { expect, test } from 'vitest';
import { describeWithRealData } from '../harness/real-data.ts';

const noMetrics = () => [];

async function read(path: string, id: string, kind: string) {
  const faults = new Map<string, number>();
  const rows: RecordedRow[] = [];
  const onFault = (_line: number, reason: string) => faults.set(reason, (faults.get(reason) ?? 0) + 1);
  for await (const row of recordedRows({ path, mapping: loadMapping(id, kind, noMetrics), onFault })) rows.push(row);
  const sources = new Set(rows.map((row) => row.source));
  console.log(`${kind}: ${rows.length} rows of ${sources.size} stations, faults ${JSON.stringify([...faults])}`);
  return { rows, sources, faults };
}

describeWithRealData('recorded series become readings', (folder) => {
  test('hourly air of 泉州', async () => {
    const { rows, sources, faults } = await read(join(folder, 'air_station_hourly_2020', '泉州.csv'), 'cnemc', 'air');
    expect(sources.size).toBe(4);
    expect(faults.size).toBe(0);
    expect(rows[0]).toMatchObject({ at: Date.parse('2020-04-02T08:00:00+08:00'), values: { pm25: 12, o3: 78 } });
  });

  test('water sections', async () => {
    const { rows, faults } = await read(join(folder, 'water_sections_20260821.csv'), 'cnemc', 'water');
    expect(rows.length).toBeGreaterThan(200);
    expect(faults.size).toBe(0);
    expect(rows[0]).toMatchObject({ source: '白石桥', values: { ph: 7.56, tp: 0.03 } });
  });

  test('levels of the Yangtze', async () => {
    const { rows, sources, faults } = await read(join(folder, 'river_yangtze_hourly_202006.csv'), 'yangtze', 'flood');
    expect(sources.size).toBe(13);
    expect(faults.size).toBe(0);
    expect(rows[0]?.values.level).toBe(167.84);
  });

  test('free spaces of German car parks, negative counts and all', async () => {
    const { rows, sources } = await read(join(folder, 'parking_de', '2023-11-14.csv'), 'parking-wide', 'parking');
    expect(sources.size).toBeGreaterThan(300);
    expect(rows.length).toBeGreaterThan(10_000);
  });
});
