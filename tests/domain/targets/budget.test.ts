import {
  type BudgetQuestion,
  captureRateOf,
  dayBudget,
  STRICT_RULES,
  sameDateEarlier,
  type TargetDay,
} from '@clearbay/domain/targets/budget.ts';
import { splitYear } from '@clearbay/domain/targets/calendar.ts';
import { allowedBad, certainVerdict, paceHolds, reachesTarget } from '@clearbay/domain/targets/share.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysFrom } from './judged-days.ts';

function budgetOf(days: readonly TargetDay[], today: string, more: Partial<BudgetQuestion> = {}, year = 2025) {
  return dayBudget(days, { year, today, demonstration: false, rules: { ...STRICT_RULES, target: 0.97 }, ...more });
}

describe('the allowance, in integers', () => {
  test.each([
    [365, 10],
    [366, 10],
    [333, 9],
    [334, 10],
    [100, 3],
    [0, 0],
  ])('%i valid days at 97 %% allow %i bad ones', (total, allowed) => {
    expect(allowedBad(total, 0.97, 'unrounded')).toBe(allowed);
  });

  test('no share and no number of days falls into a binary-float trap', () => {
    for (let percent = 0; percent <= 100; percent += 1) {
      for (let total = 1; total <= 400; total += 1) {
        expect(allowedBad(total, percent / 100, 'unrounded')).toBe(Math.floor(((100 - percent) * total) / 100));
      }
    }
  });

  test('the rounding rule alone decides the 11th and the 12th bad day of 365', () => {
    expect(allowedBad(365, 0.97, 'one-decimal')).toBe(11);
    expect(allowedBad(365, 0.97, 'whole-percent')).toBe(12);
    expect(reachesTarget(354, 365, 0.97, 'unrounded')).toBe(false);
    expect(reachesTarget(354, 365, 0.97, 'one-decimal')).toBe(true);
    expect(reachesTarget(353, 365, 0.97, 'one-decimal')).toBe(false);
    expect(reachesTarget(353, 365, 0.97, 'whole-percent')).toBe(true);
  });

  test('one bad day more than allowed always misses the target', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom('unrounded', 'one-decimal', 'whole-percent'),
        (total, thousandths, rule) => {
          const share = thousandths / 1000;
          const allowed = allowedBad(total, share, rule);
          expect(reachesTarget(total - allowed, total, share, rule)).toBe(true);
          if (allowed < total) expect(reachesTarget(total - allowed - 1, total, share, rule)).toBe(false);
        },
      ),
    );
  });
});

describe('what is certain', () => {
  test('secured, lost and open agree with every way the rest can go', () => {
    const small = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(small, small, fc.integer({ min: 0, max: 20 }), fc.constantFrom(0.8, 0.97, 1), (good, bad, remaining, share) => {
        const outcomes = new Set<boolean>();
        for (let valid = 0; valid <= remaining; valid += 1) {
          for (let better = 0; better <= valid; better += 1) {
            if (good + bad + valid > 0) outcomes.add(reachesTarget(good + better, good + bad + valid, share, 'unrounded'));
          }
        }
        const certain = certainVerdict({ good, bad, remaining }, share, 'unrounded');
        if (certain === 'secured') expect([...outcomes]).toEqual([true]);
        if (certain === 'lost') expect([...outcomes]).toEqual([false]);
        if (outcomes.size === 1 && remaining > 0 && good + bad > 0) expect(certain).not.toBeNull();
      }),
    );
  });

  test('the pace holds when the rest may be as bad as what was', () => {
    expect(paceHolds({ good: 194, bad: 6, remaining: 165 }, 0.97, 'unrounded')).toBe(false);
    expect(paceHolds({ good: 195, bad: 5, remaining: 165 }, 0.97, 'unrounded')).toBe(true);
    expect(paceHolds({ good: 0, bad: 0, remaining: 365 }, 0.97, 'unrounded')).toBe(false);
  });
});

describe('the year', () => {
  test('365 days: the 10th bad day keeps the target, the 11th loses it', () => {
    expect(budgetOf(daysFrom('2025-01-01', 365, 10), '2026-01-01')).toMatchObject({
      good: 355,
      allowed: 10,
      left: 0,
      daysLeft: 0,
      printed: '97.3 %',
      certain: 'secured',
    });
    expect(budgetOf(daysFrom('2025-01-01', 365, 11), '2026-01-01')).toMatchObject({
      left: -1,
      printed: '97.0 %',
      requiredGood: null,
      certain: 'lost',
    });
  });

  test('366 days also allow 10', () => {
    expect(budgetOf(daysFrom('2024-01-01', 366, 10), '2025-01-01', {}, 2024)).toMatchObject({
      valid: 366,
      allowed: 10,
      certain: 'secured',
    });
    expect(budgetOf(daysFrom('2024-01-01', 366, 11), '2025-01-01', {}, 2024).certain).toBe('lost');
  });

  test('both rounding rules are given, with the citation of the one in use', () => {
    const { rounding } = budgetOf(daysFrom('2025-01-01', 365, 11), '2026-01-01');
    expect(rounding.allowed).toEqual({ unrounded: 10, 'one-decimal': 11, 'whole-percent': 12 });
    expect(rounding).toMatchObject({ rule: 'unrounded', citation: { en: 'GB/T 8170, full-value comparison' } });
    const lenient = { ...STRICT_RULES, target: 0.97, rounding: 'one-decimal' as const };
    expect(budgetOf(daysFrom('2025-01-01', 365, 11), '2026-01-01', { rules: lenient })).toMatchObject({
      allowed: 11,
      certain: 'secured',
    });
  });

  test('NA days and days without a record shrink the denominator and stand apart', () => {
    const days = daysFrom('2025-01-01', 300, 9, 20);
    expect(budgetOf(days, '2026-01-01')).toMatchObject({ valid: 280, invalid: 85, allowed: 8, certain: 'lost' });
  });

  test('today still runs: it belongs to the rest, and its record is ignored', () => {
    const days = daysFrom('2025-01-01', 10, 2);
    const budget = budgetOf(days, '2025-01-10');
    expect(budget).toMatchObject({ valid: 9, daysLeft: 356, used: 2, left: 8, requiredGood: 348, certain: null });
    expect(splitYear(2024, '2024-02-29')).toEqual({ elapsed: 59, remaining: 307, next: '2024-02-29' });
    expect(splitYear(2025, '2024-12-31').remaining).toBe(365);
  });

  test('the rest is expected as valid as the capture rate says', () => {
    const days = daysFrom('2025-01-01', 334, 4, 34);
    const budget = budgetOf(days, '2025-12-01', { captureRate: { valid: 81, of: 90 } });
    expect(budget).toMatchObject({ valid: 300, daysLeft: 31, expectedValid: 28, allowed: 9, left: 5 });
  });

  test('the capture rate counts valid days among the last ninety', () => {
    expect(captureRateOf(daysFrom('2025-01-01', 100, 0, 20), '2025-04-11', false)).toEqual({ valid: 80, of: 90 });
    expect(captureRateOf([], '2025-04-11', false)).toEqual({ valid: 0, of: 90 });
  });

  test('the sensitivity names each number of missing days at which the allowance falls', () => {
    const budget = budgetOf(daysFrom('2025-01-01', 270, 3), '2025-09-28');
    expect(budget.sensitivity).toEqual([
      { missing: 32, allowed: 9 },
      { missing: 66, allowed: 8 },
    ]);
    expect(budget.allowed).toBe(10);
  });

  test('exceptional days are shown with and without, and count as the rule says', () => {
    const days = daysFrom('2025-01-01', 365, 12).map((one, index) => (index < 3 ? { ...one, exceptional: true } : one));
    const kept = budgetOf(days, '2026-01-01');
    expect(kept).toMatchObject({
      bad: 12,
      certain: 'lost',
      exceptional: { days: 3, kept: { bad: 12 }, excluded: { bad: 9, valid: 362 } },
    });
    const rules = { ...STRICT_RULES, target: 0.97, exceptional: 'exclude' as const };
    expect(budgetOf(days, '2026-01-01', { rules })).toMatchObject({ bad: 9, valid: 362, invalid: 0, certain: 'secured' });
  });

  test('a date given twice counts once, other years do not count', () => {
    const days = [...daysFrom('2025-01-01', 5), ...daysFrom('2025-01-01', 1, 1), ...daysFrom('2024-12-01', 31, 31)];
    expect(budgetOf(days, '2025-01-06')).toMatchObject({ valid: 5, bad: 1 });
  });

  test('without a valid day nothing is certain', () => {
    expect(budgetOf([], '2025-01-01')).toMatchObject({ value: null, printed: '—', certain: null });
  });

  test('bad days are listed with their primary pollutants', () => {
    expect(budgetOf(daysFrom('2025-03-01', 3, 1), '2025-04-01').badDays).toEqual([
      { date: '2025-03-01', aqi: 120, primary: ['o3'] },
    ]);
  });

  test('earlier years are counted until the same date', () => {
    const history = [...daysFrom('2024-01-01', 366, 40), ...daysFrom('2022-01-01', 365, 5)];
    expect(sameDateEarlier(history, 2025, '2025-02-01')).toEqual([
      { year: 2024, bad: 31, valid: 31 },
      { year: 2022, bad: 5, valid: 31 },
    ]);
  });
});

describe('simulated and measured days', () => {
  const measured = daysFrom('2025-01-01', 31);
  const simulated = daysFrom('2025-02-01', 28, 28, 0, { origin: 'simulated' });
  const replayed = daysFrom('2025-03-01', 31, 31, 0, { origin: 'replayed' });

  test('a real district leaves simulated and replayed days out and counts them', () => {
    expect(budgetOf([...measured, ...simulated, ...replayed], '2025-04-01')).toMatchObject({
      valid: 31,
      bad: 0,
      leftOut: 59,
      simulated: false,
    });
  });

  test('a demonstration is judged on simulated days alone and says so', () => {
    expect(budgetOf([...measured, ...simulated], '2025-04-01', { demonstration: true })).toMatchObject({
      valid: 28,
      bad: 28,
      leftOut: 31,
      simulated: true,
    });
  });
});
