import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { PlanTarget } from '@clearbay/domain/district.ts';
import { pm25Mean } from '@clearbay/pipeline/targets/air-targets.ts';
import { describe, expect, test } from 'vitest';
import { airDays, momentOf, NAME } from './air-hours.ts';

const TARGET: PlanTarget = { id: 'mean', kind: 'pm25-mean', name: NAME, value: 25, clause: NAME };
const standards = loadAirStandards();

describe('the annual mean of the district from its stored hours', () => {
  test('keeps daily means exact: 24 2/3, 25 1/6 and 25 1/6 over and over average 25 and keep 25', async () => {
    // 8 hours of 24 and 16 of 25; 20 hours of 25 and 4 of 26.
    const days = airDays('2025-01-01', 363, (metric, date, hour) => {
      if (metric !== 'pm25') return undefined;
      const day = Math.round((Date.parse(date) - Date.parse('2025-01-01')) / 86_400_000);
      if (day % 3 === 0) return { value: hour < 8 ? 24 : 25 };
      return { value: hour < 20 ? 25 : 26 };
    });
    const { value, margin, rest, verdict } = await pm25Mean(TARGET, days, standards, momentOf('2025-12-30'));
    expect({ value, margin, rest, verdict }).toEqual({
      value: 25,
      margin: 0,
      rest: { days: 2, mayAverage: 25 },
      verdict: 'on-track',
    });
  });

  test('gives every edition beside it, with its annual limit, and the year so far day by day', async () => {
    const days = airDays('2026-01-01', 40, (metric, date, hour) => {
      if (metric !== 'pm25' || date !== '2026-01-02') return undefined;
      return { value: 30, ...(hour % 2 === 0 ? {} : { count: 59 }) };
    });
    const view = await pm25Mean(TARGET, days, standards, momentOf('2026-02-10'));
    expect(view.otherEditions.map(({ limit, value }) => [limit, value])).toEqual([
      [35, 20.25],
      [30, 20.25],
      [25, 20.25],
    ]);
    expect(view.evidence).toMatchObject({ first: '2026-01-01', unit: 'µg/m³', line: 25 });
    expect(view.evidence?.values.slice(0, 3)).toEqual([20, 30, 20]);
    expect(view.evidence?.values).toHaveLength(40);
    expect(view.validity?.months[1]).toMatchObject({ month: '2026-02', valid: 9, needed: 25, missing: 16, possible: 19 });
  });
});
