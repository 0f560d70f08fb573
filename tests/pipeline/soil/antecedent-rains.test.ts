import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { AntecedentRains } from '@clearbay/pipeline/soil/antecedent-rains.ts';
import type { RollupRow, SeriesStore } from '@clearbay/store/ports/series.ts';
import { expect, test } from 'vitest';

const EIGHT = Date.parse('2026-06-10T08:00:00+08:00');
const STATION = 'flood-huangtangxi';

function hour(at: number, mm: number): RollupRow {
  return {
    station: STATION,
    metric: 'rainfall',
    at,
    count: 12,
    validCount: 12,
    validMs: HOUR_MS,
    sumMicro: mm * 1e6,
    min: 0,
    max: mm,
    last: mm,
    flags: 0,
    revision: 0,
    simulated: false,
  };
}

async function rainsOf(rows: readonly RollupRow[], now: number) {
  const series = {
    rollups: async ({ from, to }: Parameters<SeriesStore['rollups']>[0]) => rows.filter(({ at }) => at >= from && at <= to),
  };
  const rains = new AntecedentRains({ standards: loadFloodStandards(), series });
  await rains.refresh(now);
  return rains.standards().antecedentRains?.[STATION];
}

/** Hours of the 15 hydrological days before, `mm` an hour on the last of them; the hour that ends at 08:00 is the day's last. */
const hours = (mm: number) =>
  Array.from({ length: 15 * 24 }, (_, index) => hour(EIGHT - 15 * DAY_MS + (index + 1) * HOUR_MS, index >= 14 * 24 ? mm : 0));

test('rain of the day that ended at 08:00 counts with one recession: 24 h of 2.5 mm make 0.85 × 60 = 51 mm', async () => {
  const rain = await rainsOf(hours(2.5), EIGHT + 5 * HOUR_MS);
  expect(rain?.day).toBe(EIGHT);
  expect(rain?.mm).toBeCloseTo(51, 9);
});

test('a day that reported too few hours leaves the soil unknown', async () => {
  const gap = hours(2.5).filter((_, index) => index < 3 * 24 || index >= 3 * 24 + 5);
  expect((await rainsOf(gap, EIGHT + HOUR_MS))?.mm).toBeNull();
  const enough = hours(2.5).filter((_, index) => index < 3 * 24 || index >= 3 * 24 + 4);
  expect((await rainsOf(enough, EIGHT + HOUR_MS))?.mm).toBeCloseTo(51, 9);
});
