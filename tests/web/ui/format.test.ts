import { describe, expect, test } from 'vitest';
import {
  formatClock,
  formatCount,
  formatMoment,
  formatNumber,
  formatShare,
  formatTime,
  MISSING,
  spanOf,
  weekdayOf,
} from '../../../console/web/ui/format.ts';
import { inkOn, ratingMark } from '../../../console/web/ui/ratings.ts';
import { targetGoal, targetMargin, targetValue } from '../../../console/web/ui/target-values.ts';

const AT = Date.UTC(2026, 10, 23, 16, 5, 9);

describe('numbers', () => {
  test('a missing value is a dash, never zero', () => {
    for (const missing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(formatNumber(missing, 1)).toBe(MISSING);
    expect([formatShare(null), formatCount(undefined), formatTime(null)]).toEqual([MISSING, MISSING, MISSING]);
    expect(targetValue({ unit: '%' }, null)).toBe(MISSING);
  });

  test('zero is zero with its decimals and never negative', () => {
    expect([formatNumber(0, 1), formatNumber(-0.004, 2), formatCount(0)]).toEqual(['0.0', '0.00', '0']);
  });

  test('shares print in percent, means in their unit', () => {
    expect(targetValue({ unit: '%' }, 316 / 324)).toBe('97.5%');
    expect(targetValue({ unit: 'µg/m³' }, 20.44)).toBe('20.4 µg/m³');
    // GB/T 8170: a half goes to the even digit.
    expect([targetValue({ unit: 'µg/m³' }, 20.25), targetValue({ unit: '' }, 0.9725)]).toEqual(['20.2 µg/m³', '97.2%']);
    expect(targetGoal({ unit: '%', target: 0.97 })).toEqual({ key: 'atLeast', value: '97%' });
    expect(targetGoal({ unit: 'µg/m³', target: 22 })).toEqual({ key: 'atMost', value: '22 µg/m³' });
  });

  test('a margin never prints as nothing where there is one', () => {
    expect(targetMargin({ unit: '' }, 354 / 365 - 0.97)).toEqual({ side: 'missed', size: '0.01', isShare: true });
    expect(targetMargin({ unit: '%' }, 0.0053)).toEqual({ side: 'kept', size: '0.5', isShare: true });
    expect(targetMargin({ unit: 'µg/m³' }, -1.64)).toEqual({ side: 'missed', size: '1.6', isShare: false });
    expect(targetMargin({ unit: 'µg/m³' }, 0)).toEqual({ side: 'exact', size: '0.0', isShare: false });
  });
});

describe('time in Beijing, whatever zone the machine has', () => {
  test('the day has already changed there', () => {
    expect(formatClock(AT)).toBe('00:05:09');
    expect(formatMoment(AT, AT)).toBe('11-24 00:05');
    expect(formatMoment(AT, AT + 86_400_000 * 60)).toBe('2026-11-24 00:05');
    expect(weekdayOf(AT)).toBe(2);
  });

  test('lengths of time take the largest whole unit', () => {
    expect(spanOf(-5)).toEqual({ unit: 'seconds', count: 0 });
    expect(spanOf(119_000)).toEqual({ unit: 'minutes', count: 1 });
    expect(spanOf(47 * 3_600_000)).toEqual({ unit: 'hours', count: 47 });
    expect(spanOf(48 * 3_600_000)).toEqual({ unit: 'days', count: 2 });
  });
});

describe('ratings without colour', () => {
  const rating = (code: string, zh: string, en: string, rank = 1) => ({
    code,
    rank,
    text: { zh, en },
    colour: '#FFFF00',
    meets: true,
  });

  test('classes show their numeral, categories their character, nothing a dash', () => {
    expect(ratingMark(rating('III', 'Ⅲ类', 'class III'), 'en')).toBe('Ⅲ');
    expect(ratingMark(rating('light', '轻度污染', 'lightly polluted'), 'zh')).toBe('轻');
    expect(ratingMark(rating('light', '轻度污染', 'lightly polluted'), 'en')).toBe('L');
    expect(ratingMark(rating('none', '无数据', 'no data', -1), 'zh')).toBe('—');
  });

  test('ink on the official colours is the one that reads', () => {
    expect(['#00E400', '#FFFF00', '#FF7E00', '#FF0000'].map(inkOn)).toEqual(Array(4).fill('#000000'));
    expect(['#99004C', '#7E0023'].map(inkOn)).toEqual(['#ffffff', '#ffffff']);
  });
});
