import { toMicro } from '@clearbay/domain/exact.ts';
import {
  type RainReport,
  rainDaySum,
  rainGrade,
  rainSignal,
  slidingSum,
  slidingSums,
} from '@clearbay/domain/kinds/flood/rain.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './gauge.ts';

const [grades] = STANDARDS.rainGrades;
const [signals] = STANDARDS.rainSignals;
if (grades === undefined || signals === undefined) throw new Error('no rain editions');

function rain(at: number, mm: number, valid = true): RainReport {
  return { at, micro: toMicro(mm), valid };
}

describe('GB/T 28592-2012: grades of 12 h and 24 h rain', () => {
  test.each([
    [0, 'dry', 'dry'],
    [0.04, 'trace', 'trace'],
    [0.1, 'light', 'light'],
    [4.9, 'light', 'light'],
    [5, 'moderate', 'light'],
    [9.9, 'moderate', 'light'],
    [10, 'moderate', 'moderate'],
    [14.9, 'moderate', 'moderate'],
    [15, 'heavy', 'moderate'],
    [24.9, 'heavy', 'moderate'],
    [25, 'heavy', 'heavy'],
    [29.9, 'heavy', 'heavy'],
    [30, 'rainstorm', 'heavy'],
    [49.9, 'rainstorm', 'heavy'],
    [50, 'rainstorm', 'rainstorm'],
    [69.9, 'rainstorm', 'rainstorm'],
    [70, 'heavy-rainstorm', 'rainstorm'],
    [99.9, 'heavy-rainstorm', 'rainstorm'],
    [100, 'heavy-rainstorm', 'heavy-rainstorm'],
    [139.9, 'heavy-rainstorm', 'heavy-rainstorm'],
    [140, 'extreme', 'heavy-rainstorm'],
    [249.9, 'extreme', 'heavy-rainstorm'],
    [250, 'extreme', 'extreme'],
  ])('%s mm is %s in 12 h and %s in 24 h', (mm, twelve, day) => {
    expect(rainGrade(mm, 12, grades)?.code).toBe(twelve);
    expect(rainGrade(mm, 24, grades)?.code).toBe(day);
  });

  test('a total between two grades is rounded to 0.1 mm by GB/T 8170 first', () => {
    expect(rainGrade(4.94, 12, grades)?.code).toBe('light');
    expect(rainGrade(4.96, 12, grades)?.code).toBe('moderate');
    expect(rainGrade(4.95, 12, grades)?.code).toBe('moderate');
    expect(rainGrade(14.85, 12, grades)?.code).toBe('moderate');
  });

  test('a missing total has no grade', () => {
    expect(rainGrade(null, 24, grades)).toBeNull();
  });
});

describe('sliding sums', () => {
  const reports = [rain(EIGHT - HOUR_MS, 1.5), rain(EIGHT - 30 * MINUTE_MS, 0.5), rain(EIGHT, 2)];

  test('a report at the beginning of the window belongs to the window before', () => {
    expect(slidingSum(reports, EIGHT, 0.5)).toEqual({ hours: 0.5, mm: 2, complete: true });
    expect(slidingSum(reports, EIGHT, 1)).toEqual({ hours: 1, mm: 2.5, complete: true });
  });

  test('a window that begins before the first report is not complete', () => {
    expect(slidingSum(reports, EIGHT, 3)).toEqual({ hours: 3, mm: 4, complete: false });
  });

  test('no report is no sum, never zero', () => {
    expect(slidingSum([], EIGHT, 1).mm).toBeNull();
    expect(slidingSum(reports, EIGHT - 45 * MINUTE_MS, 0.1).mm).toBeNull();
  });

  test('a kept-out report makes the sum incomplete', () => {
    expect(slidingSum([...reports, rain(EIGHT + 1, 9, false)], EIGHT + 1, 0.5)).toEqual({ hours: 0.5, mm: 2, complete: false });
  });

  test('ten thousand tips of 0.1 mm are exactly 1000 mm', () => {
    const tips = Array.from({ length: 10_000 }, (_, index) => rain(EIGHT + index * 1000, 0.1));
    expect(slidingSum(tips, EIGHT + 10_000_000, 24).mm).toBe(1000);
  });

  test('they equal a sum over every report, for any window', () => {
    const report = fc.record({ minutes: fc.integer({ min: 0, max: 1500 }), tips: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), fc.integer({ min: 1, max: 48 }), (drawn, halfHours) => {
        const sorted = [...drawn].sort((a, b) => a.minutes - b.minutes);
        const made = sorted.map(({ minutes, tips }) => rain(EIGHT + minutes * MINUTE_MS, tips / 2));
        const end = EIGHT + 1500 * MINUTE_MS;
        const inside = sorted.filter(({ minutes }) => 1500 - minutes < halfHours * 30);
        const expected = inside.length === 0 ? null : inside.reduce((sum, { tips }) => sum + tips, 0) / 2;
        expect(slidingSum(made, end, halfHours / 2).mm).toBe(expected);
        expect(slidingSums(made, end, [24, halfHours / 2, 1])).toEqual(
          [...new Set([1, halfHours / 2, 24])].sort((a, b) => a - b).map((hours) => slidingSum(made, end, hours)),
        );
      }),
    );
  });
});

describe('the hydrological day begins at 08:00 (SL 651, annex E)', () => {
  test('rain of 08:00 closes the old day, rain of one minute later opens the new one', () => {
    const reports = [rain(EIGHT - 25 * HOUR_MS, 0), rain(EIGHT, 4), rain(EIGHT + MINUTE_MS, 1)];
    expect(rainDaySum(reports.slice(0, 2), EIGHT)).toEqual({ start: EIGHT - 24 * HOUR_MS, mm: 4, complete: true });
    expect(rainDaySum(reports, EIGHT + MINUTE_MS)).toEqual({ start: EIGHT, mm: 1, complete: true });
  });

  test('midnight changes nothing', () => {
    const reports = [rain(EIGHT, 0), rain(EIGHT + 15 * HOUR_MS, 3), rain(EIGHT + 17 * HOUR_MS, 2)];
    expect(rainDaySum(reports, EIGHT + 17 * HOUR_MS).mm).toBe(5);
  });
});

describe('rainstorm warning signals', () => {
  const signalOf = (reports: readonly RainReport[]) => rainSignal(slidingSums(reports, EIGHT, [3, 6, 12]), signals);
  const since = (hours: number, mm: number, end = EIGHT): RainReport[] => [
    rain(end - 24 * HOUR_MS, 0),
    rain(end - hours * HOUR_MS + MINUTE_MS, mm),
    rain(end, 0),
  ];

  test.each([
    [11, 50, 4],
    [11, 49.9, null],
    [5, 50, 3],
    [2, 50, 2],
    [2, 99.9, 2],
    [2, 100, 1],
  ] as const)('rain of %s h ago, %s mm: level %s', (hours, mm, level) => {
    expect(signalOf(since(hours, mm)).reached?.level ?? null).toBe(level);
  });

  test('it clears below the thresholds less 3 %, and never on an incomplete window', () => {
    expect(signalOf(since(11, 48.6))).toMatchObject({ reached: null, clear: false });
    expect(signalOf(since(11, 48.4))).toMatchObject({ reached: null, clear: true });
    expect(signalOf(since(11, 10).slice(1)).clear).toBe(false);
    expect(signalOf([])).toMatchObject({ reached: null, clear: false, deciding: null });
  });
});
