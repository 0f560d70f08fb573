import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { RecordedFree } from '@clearbay/pipeline/demand/recorded-free.ts';
import type { RollupRow, SeriesStore } from '@clearbay/store/ports/series.ts';
import { expect, test } from 'vitest';
import { LOT } from '../../domain/parking/lot.ts';

const NOW = Date.parse('2026-06-10T08:20:00+08:00');
const EIGHT = NOW - 20 * 60_000;

function hour(at: number, free: number, validCount = 12): RollupRow {
  return {
    station: LOT.id,
    metric: 'free',
    at,
    count: 12,
    validCount,
    validMs: HOUR_MS,
    sumMicro: validCount * toMicro(free),
    min: free,
    max: free,
    last: free,
    flags: 0,
    revision: 0,
    simulated: false,
  };
}

test('the mean free bays of the stored hours of a week are handed to the judges, hours without a valid value are not', async () => {
  const rows = [hour(EIGHT - 8 * DAY_MS, 9), hour(EIGHT - 7 * DAY_MS, 31.5), hour(EIGHT - HOUR_MS, 7, 0), hour(EIGHT, 12)];
  const series = {
    rollups: async ({ from, to }: Parameters<SeriesStore['rollups']>[0]) => rows.filter(({ at }) => at >= from && at <= to),
  };
  const recorded = new RecordedFree({ stations: [LOT], standards: loadParkingStandards(), series });
  const { recordedFree } = recorded.standards();
  await recorded.refresh(NOW);
  expect([...(recordedFree?.[LOT.id] ?? [])]).toEqual([
    [EIGHT - 7 * DAY_MS, 31.5],
    [EIGHT, 12],
  ]);
});
