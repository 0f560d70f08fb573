import type { TargetDay } from '@clearbay/domain/targets/budget.ts';
import { datesFrom } from '@clearbay/domain/targets/calendar.ts';

export const TARGET = {
  id: 'good-days',
  kind: 'good-air-days',
  name: { zh: '空气优良率', en: 'good-air days' },
  value: 0.97,
  clause: { zh: '指标 31', en: 'indicator 31' },
} as const;

/** GB 3095, table 4. */
export const TABLE_4 = { yearDays: 324, monthDays: 27, februaryDays: 25 } as const;

function day(date: string, good: boolean | null, more: Partial<TargetDay> = {}): TargetDay {
  return {
    date,
    good,
    aqi: good === null ? null : good ? 60 : 120,
    primary: good === false ? ['o3'] : [],
    origin: 'measured',
    ...more,
  };
}

/** `count` days from a date: the first `bad` of them bad, the next `invalid` NA, the rest good. */
export function daysFrom(first: string, count: number, bad = 0, invalid = 0, more: Partial<TargetDay> = {}): TargetDay[] {
  return datesFrom(first, count).map((date, index) => day(date, index < bad ? false : index < bad + invalid ? null : true, more));
}
