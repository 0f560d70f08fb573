import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { PlanTarget } from '@clearbay/domain/district.ts';
import { goodAirDays, pm25Mean } from '@clearbay/pipeline/targets/air-targets.ts';
import { describe, expect, test } from 'vitest';
import { airDays, momentOf, NAME } from './air-hours.ts';

const GOOD_DAYS: PlanTarget = { id: 'good', kind: 'good-air-days', name: NAME, value: 0.97, clause: NAME };
const MEAN: PlanTarget = { id: 'mean', kind: 'pm25-mean', name: NAME, value: 25, clause: NAME };
const standards = loadAirStandards();

/** Ten days from 1 May 2026; PM10 is 400 on the dirty ones. */
function judge(dirty: readonly string[], listed: readonly string[]) {
  const days = airDays('2026-05-01', 10, (metric, date) =>
    metric === 'pm10' && dirty.includes(date) ? { value: 400 } : undefined,
  );
  return goodAirDays(GOOD_DAYS, days, standards, momentOf('2026-05-11', listed));
}

describe('days of exceptional events', () => {
  test('are in the figure of the plan, and out of the one beside it', async () => {
    const view = await judge(['2026-05-02', '2026-05-03'], ['2026-05-02']);
    expect(view).toMatchObject({ value: 0.8, budget: { used: 2, valid: 10 } });
    expect(view.withoutExceptional).toEqual({
      value: 8 / 9,
      margin: expect.closeTo(8 / 9 - 0.97, 12),
      badDays: 1,
      days: [{ date: '2026-05-02', reason: NAME }],
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

  test('are taken out of the mean beside the one of the plan, too', async () => {
    const days = airDays('2026-05-01', 10, (metric, date) =>
      metric === 'pm25' && date === '2026-05-02' ? { value: 80 } : undefined,
    );
    const view = await pm25Mean(MEAN, days, standards, momentOf('2026-05-11', ['2026-05-02']));
    expect(view).toMatchObject({ value: 26, margin: -1 });
    expect(view.withoutExceptional).toEqual({ value: 20, margin: 5, days: [{ date: '2026-05-02', reason: NAME }] });
  });
});
