import type { TargetView } from '@clearbay/contract/api.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { STRICT_RULES, type TargetDay } from '@clearbay/domain/targets/budget.ts';
import { type GoodDayQuestion, goodDayTarget } from '@clearbay/domain/targets/good-days.ts';
import { describe, expect, test } from 'vitest';
import { daysFrom, TABLE_4, TARGET } from './judged-days.ts';

function seeded(seed = 1): () => number {
  const source = new Seeded(seed);
  return () => source.next();
}

function ask(days: readonly TargetDay[], history: readonly TargetDay[], today: string, more: Partial<GoodDayQuestion> = {}) {
  return goodDayTarget({
    target: TARGET,
    year: 2025,
    today,
    demonstration: false,
    rules: STRICT_RULES,
    policies: [{ policy: 'by-date', edition: 'GB 3095-2012', days, history }],
    chosen: 'by-date',
    validity: TABLE_4,
    random: seeded(),
    ...more,
  });
}

/** Earlier years in which every `every`-th day was bad. */
function history(years: readonly number[], every: number): TargetDay[] {
  return years.flatMap((year) =>
    daysFrom(`${year}-01-01`, 365).map((day, index) => (index % every === 0 ? { ...day, good: false } : day)),
  );
}

describe('verdict of the good-day target', () => {
  test('it maps to the view of the console as it is', () => {
    const view: TargetView = ask(daysFrom('2025-01-01', 300, 3), history([2022, 2023, 2024], 50), '2025-10-28');
    expect(view).toMatchObject({
      id: 'good-days',
      kind: 'good-air-days',
      target: 0.97,
      value: 297 / 300,
      edition: 'GB 3095-2012',
    });
    expect(view.budget).toMatchObject({ allowed: 10, used: 3, left: 7, good: 297, valid: 300, invalid: 0, daysLeft: 65 });
    expect(view.verdictText.zh).toBe(
      '全年可超标 10 天，已用 3 天，剩余 7 天；尚余 65 天；按未修约值比较：GB/T 8170 全数值比较法（若按一位小数修约则可超标 11 天）',
    );
  });

  test('clean earlier years make it on track, dirty ones at risk', () => {
    const days = daysFrom('2025-01-01', 300, 6);
    const clean = ask(days, history([2022, 2023, 2024], 60), '2025-10-28');
    expect(clean.verdict).toBe('on-track');
    expect(clean.probability).toBe(1);
    const dirty = ask(days, history([2022, 2023, 2024], 12), '2025-10-28');
    expect(dirty.verdict).toBe('at-risk');
    expect(dirty.probability).toBeLessThan(0.8);
    expect(dirty.method.en).toContain('2000 resamplings in 7-day blocks of the same season of 2022, 2023, 2024');
  });

  test('the same seed gives the same probability', () => {
    const days = daysFrom('2025-01-01', 300, 6);
    const mixed = [...history([2022], 9), ...history([2023], 30), ...history([2024], 60)];
    const first = ask(days, mixed, '2025-10-28').probability;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(1);
    expect(ask(days, mixed, '2025-10-28').probability).toBe(first);
    expect(ask(days, mixed, '2025-10-28', { random: seeded(2) }).probability).toBeCloseTo(first ?? 0, 1);
  });

  test('fewer than three years of history are said to be few', () => {
    const figure = ask(daysFrom('2025-01-01', 300, 6), history([2024], 60), '2025-10-28');
    expect(figure.probability).not.toBeNull();
    expect(figure.method.zh).toContain('仅 1 年资料，少于 3 年');
  });

  test('a year without most of the season is no year of history', () => {
    const partial = daysFrom('2023-01-01', 330);
    const figure = ask(daysFrom('2025-01-01', 300, 6), [...history([2024], 60), ...partial], '2025-10-28');
    expect(figure.method.en).toContain('only 1 year(s) of history');
  });

  test('without history this year’s pace decides and no probability is given', () => {
    const onTrack = ask(daysFrom('2025-01-01', 300, 6), [], '2025-10-28');
    expect(onTrack).toMatchObject({ verdict: 'on-track', probability: null });
    expect(onTrack.method.en).toContain('no earlier years');
    expect(ask(daysFrom('2025-01-01', 300, 9), [], '2025-10-28').verdict).toBe('at-risk');
  });

  test('certain verdicts need no estimate', () => {
    expect(ask(daysFrom('2025-01-01', 365, 10), [], '2026-01-01')).toMatchObject({ verdict: 'secured', probability: 1 });
    expect(ask(daysFrom('2025-01-01', 300, 11), [], '2025-10-28')).toMatchObject({ verdict: 'lost', probability: 0 });
  });

  test('before the first valid day there is no data', () => {
    expect(ask([], history([2024], 60), '2025-01-01')).toMatchObject({ verdict: 'no-data', value: null, probability: null });
  });

  test('a rest that runs over 29 February finds its season in years without one', () => {
    const figure = ask(daysFrom('2024-01-01', 31), history([2021, 2022, 2023], 60), '2024-02-01', { year: 2024 });
    expect(figure.probability).not.toBeNull();
    expect(figure.budget?.daysLeft).toBe(335);
  });

  test('history of another origin is not used', () => {
    const simulated = history([2022, 2023, 2024], 12).map((day): TargetDay => ({ ...day, origin: 'simulated' }));
    expect(ask(daysFrom('2025-01-01', 300, 6), simulated, '2025-10-28').probability).toBeNull();
  });
});

describe('a year with a change of edition', () => {
  // 2026: January and February by the 2012 limits, from 1 March by the transition columns.
  const winter = (bad: number) => daysFrom('2026-01-01', 59, bad);
  const rest = (bad: number) => daysFrom('2026-03-01', 267, bad);
  const policies = [
    { policy: 'by-date', edition: 'GB 3095-2012 → GB 3095-2026 transition', days: [...winter(2), ...rest(6)], history: [] },
    { policy: 'all-2012', edition: 'GB 3095-2012', days: [...winter(2), ...rest(1)], history: [] },
    { policy: 'all-2026', edition: 'GB 3095-2026 transition', days: [...winter(7), ...rest(6)], history: [] },
  ];

  test('by date, all by 2012 and all by 2026 stand side by side', () => {
    const figure = ask([], [], '2026-11-23', { year: 2026, policies });
    expect(figure).toMatchObject({
      edition: 'GB 3095-2012 → GB 3095-2026 transition',
      value: 318 / 326,
      budget: { allowed: 10, used: 8, left: 2, daysLeft: 39 },
      otherEditions: [
        { edition: 'GB 3095-2012', value: 323 / 326, badDays: 3 },
        { edition: 'GB 3095-2026 transition', value: 313 / 326, verdict: 'lost', badDays: 13 },
      ],
    });
  });

  test('the plan’s owner chooses which one counts', () => {
    expect(ask([], [], '2026-11-23', { year: 2026, policies, chosen: 'all-2026' }).verdict).toBe('lost');
    expect(() => ask([], [], '2026-11-23', { year: 2026, policies, chosen: 'all-2018' })).toThrow(RangeError);
  });
});

describe('margin, validity and evidence', () => {
  test('the margin is unrounded: 354 of 365 prints 97.0 % and misses by 0.0137 of a percentage point', () => {
    expect(ask(daysFrom('2025-01-01', 365, 11), [], '2026-01-01').margin).toBeCloseTo(354 / 365 - 0.97, 12);
    expect(ask(daysFrom('2025-01-01', 365, 11), [], '2026-01-01').margin).toBeLessThan(0);
    expect(ask(daysFrom('2025-01-01', 100, 3), [], '2025-04-11').margin).toBe(0);
    expect(ask([], [], '2025-01-01').margin).toBeNull();
  });

  test('the year and its months count their valid days beside the rate, which no minimum of them decides', () => {
    // 28 days into March; its first ten are NA.
    const days = [...daysFrom('2025-01-01', 59), ...daysFrom('2025-03-01', 27, 0, 10)];
    const { validity, verdict } = ask(days, [], '2025-03-28');
    expect(validity?.year).toEqual({ valid: 76, needed: 324, missing: 248, possible: 279, reachable: true });
    expect(validity?.months[2]).toEqual({
      month: '2025-03',
      valid: 17,
      needed: 27,
      missing: 10,
      possible: 4,
      reachable: false,
    });
    expect(validity?.reachable).toBe(false);
    expect(verdict).toBe('on-track');
  });

  test('the evidence has the AQI of every ended day, NA and days without a record as null', () => {
    const days = [...daysFrom('2025-01-01', 3, 1, 1), ...daysFrom('2025-01-05', 1)];
    expect(ask(days, [], '2025-01-06').evidence).toEqual({
      first: '2025-01-01',
      values: [120, null, 60, null, 60],
      unit: '',
      line: 100,
    });
  });

  test('without exceptional days the margin is that of the days left', () => {
    const days = daysFrom('2025-01-01', 100, 4).map((one, index) => (index < 2 ? { ...one, exceptional: true } : one));
    const figure = ask(days, [], '2025-04-11');
    expect(figure.margin).toBeCloseTo(-0.01, 12);
    expect(figure.withoutExceptional).toMatchObject({ value: 96 / 98, badDays: 2 });
    expect(figure.withoutExceptional?.margin).toBeCloseTo(96 / 98 - 0.97, 12);
  });
});

test('a demonstration says that it is simulated', () => {
  const days = daysFrom('2025-01-01', 300, 3, 0, { origin: 'simulated' });
  const figure = ask([...days, ...daysFrom('2025-01-01', 5)], [], '2025-10-28', { demonstration: true });
  expect(figure.simulated).toBe(true);
  expect(figure.verdictText.zh).toContain('演示：仅按模拟数据评价；5 条非模拟数据未计入');
});
