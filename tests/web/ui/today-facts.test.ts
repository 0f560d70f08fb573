// @vitest-environment jsdom
import type { DayOutlook, PollutantOutlook } from '@clearbay/domain/kinds/air/outlook.ts';
import { mount } from '@vue/test-utils';
import { describe, expect, test } from 'vitest';
import { createMessages } from '../../../console/web/locale/i18n.ts';
import TodayLine from '../../../console/web/ui/TodayLine.vue';
import { tightestOf, validityNeedOf } from '../../../console/web/ui/today-facts.ts';

function outlook(more: Partial<PollutantOutlook> = {}): PollutantOutlook {
  return { valid: 15, needed: 20, canBeValid: true, value: 20, mean: null, iaqi: 20, allowedMean: 200, lost: false, ...more };
}

function today(more: Partial<DayOutlook> = {}, pollutants: Partial<DayOutlook['pollutants']> = {}): DayOutlook {
  const all = {
    pm25: outlook(),
    pm10: outlook(),
    so2: outlook(),
    no2: outlook(),
    co: outlook(),
    o3: outlook({ valid: 8, needed: 14 }),
  };
  return {
    date: '2026-11-24',
    start: 0,
    edition: 'GB 3095-2026 transition',
    hoursDone: 15,
    hoursLeft: 9,
    aqiSoFar: 60,
    primary: [],
    verdict: 'open',
    pollutants: { ...all, ...pollutants },
    ...more,
  };
}

function said(outlooks: DayOutlook, language: 'zh' | 'en' = 'zh'): string {
  const need = validityNeedOf(outlooks);
  const text = mount(TodayLine, { props: { today: outlooks, need }, global: { plugins: [createMessages(language)] } }).text();
  return text.replace(/\s+/g, ' ');
}

describe('whether today will be a good day', () => {
  test('the tightest pollutant has the least room beside what it had so far', () => {
    const tight = today({}, { pm10: outlook({ value: 80, allowedMean: 96 }), co: outlook({ value: 0.5, allowedMean: 4 }) });
    expect(tightestOf(tight)).toMatchObject({ pollutant: 'pm10', allowedMean: 96 });
    expect(tightestOf(today({}, { pm10: outlook({ value: null }) }), ['pm25', 'so2', 'no2', 'co', 'o3'])).toBeUndefined();
  });

  test('hours still needed are those of the weakest pollutant, ozone is counted in windows, and what is not monitored in nothing', () => {
    const gaps = today({}, { so2: outlook({ valid: 12 }), no2: outlook({ valid: 0 }) });
    expect(validityNeedOf(gaps, ['no2'])).toEqual({ hours: 8, windows: 6 });
    expect(validityNeedOf(today({}, { o3: outlook({ valid: 14, needed: 14 }) })).windows).toBe(0);
  });

  test('it is said in one line in both languages', () => {
    const tight = today({}, { pm10: outlook({ value: 80, allowedMean: 96 }) });
    expect(said(tight)).toBe('今日：仍可为优良 PM10 其余 9 小时均值须 ≤ 96 µg/m³ 还需 5 个有效小时');
    expect(said(tight, 'en')).toContain('Today: can still be good');
    expect(said(tight, 'en')).toContain('5 more valid hours needed');
  });

  test('a lost or invalid day is no longer given room', () => {
    expect(said(today({ verdict: 'lost' }))).not.toContain('均值须');
    expect(said(today({ verdict: 'lost' }))).toContain('已不可能优良');
    expect(said(today({ verdict: 'na' }))).toContain('缺测过多');
  });
});
