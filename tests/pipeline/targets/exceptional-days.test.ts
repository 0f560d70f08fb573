import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { AirStation, PlanTarget } from '@clearbay/domain/district.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { AirDays } from '@clearbay/pipeline/targets/air-days.ts';
import { goodAirDays } from '@clearbay/pipeline/targets/air-targets.ts';
import type { RollupRow } from '@clearbay/store/ports/series.ts';
import { describe, expect, test } from 'vitest';

const name = { zh: '沙尘', en: 'sand and dust' };
const STATION: AirStation = {
  id: 'a',
  kind: 'air',
  name,
  town: 't',
  position: { lon: 0, lat: 0 },
  state: 'service',
  grade: 'official',
  notMonitored: [],
};
const TARGET: PlanTarget = { id: 'good', kind: 'good-air-days', name, value: 0.97, clause: name };
const CLEAN: Readonly<Record<string, number>> = { pm25: 20, pm10: 40, so2: 6, no2: 20, o3: 60, co: 0.5 };
const FIRST = startOfDate('2026-05-01');
const DAYS = 10;

/** Ten days of hours; PM10 is 400 on the dirty ones. */
function hours(dirty: readonly string[]): RollupRow[] {
  const from = dirty.map(startOfDate);
  return Array.from({ length: DAYS * 24 }, (_, index) => FIRST + (index + 1) * HOUR_MS).flatMap((at) =>
    Object.entries(CLEAN).map(([metric, clean]): RollupRow => {
      const isDirty = metric === 'pm10' && from.some((start) => at > start && at <= start + DAY_MS);
      const value = isDirty ? 400 : clean;
      return {
        station: 'a',
        metric,
        at,
        count: 60,
        validCount: 60,
        validMs: HOUR_MS,
        sumMicro: 60 * toMicro(value),
        min: value,
        max: value,
        last: value,
        flags: 0,
        revision: 0,
        simulated: false,
      };
    }),
  );
}

function judge(dirty: readonly string[], listed: readonly string[]) {
  const rows = hours(dirty);
  const standards = loadAirStandards();
  const series = {
    rollups: ({ from, to }: { from: number; to: number }) => Promise.resolve(rows.filter(({ at }) => at >= from && at <= to)),
  };
  const days = new AirDays({ stations: [STATION], standards, series });
  return goodAirDays(TARGET, days, standards, {
    year: 2026,
    today: '2026-05-11',
    runningDay: startOfDate('2026-05-11'),
    demonstration: false,
    exceptional: listed.map((date) => ({ date, reason: name })),
    random: () => 0.5,
  });
}

describe('days of exceptional events', () => {
  test('are in the figure of the plan, and out of the one beside it', async () => {
    const view = await judge(['2026-05-02', '2026-05-03'], ['2026-05-02']);
    expect(view).toMatchObject({ value: 0.8, budget: { used: 2, valid: 10 } });
    expect(view.withoutExceptional).toEqual({
      value: 8 / 9,
      badDays: 1,
      days: [{ date: '2026-05-02', reason: name }],
    });
  });

  test('take their good days out too', async () => {
    const view = await judge(['2026-05-02'], ['2026-05-02', '2026-05-04']);
    expect(view).toMatchObject({ value: 0.9, withoutExceptional: { value: 1, badDays: 0 } });
  });

  test('of other years, or none at all, leave one figure', async () => {
    expect((await judge(['2026-05-02'], [])).withoutExceptional).toBeUndefined();
    expect((await judge(['2026-05-02'], ['2025-05-02'])).withoutExceptional).toBeUndefined();
  });
});
