import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { TargetView } from '@clearbay/contract/api.ts';
import type { PlanTarget } from '@clearbay/domain/district.ts';
import { type ExactMean, exactValue } from '@clearbay/domain/exact.ts';
import { enoughForYear } from '@clearbay/domain/kinds/air/period.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { datesFrom } from '@clearbay/domain/targets/calendar.ts';
import { type MeanDay, type MeanQuestion, type MeanYear, meanTarget } from '@clearbay/domain/targets/mean.ts';
import { validityCountdown } from '@clearbay/domain/targets/validity.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TABLE_4 } from './judged-days.ts';

const text = { zh: '目标', en: 'target' };
const TARGET: PlanTarget = { id: 'pm25', kind: 'pm25-mean', name: text, value: 25, clause: text };

function days(first: string, values: readonly (number | ExactMean | null)[], origin: MeanDay['origin'] = 'measured'): MeanDay[] {
  return datesFrom(first, values.length).map((date, index) => {
    const value = values[index] ?? null;
    return { date, mean: typeof value === 'number' ? exactValue(value) : value, origin };
  });
}

const year = (value: number, count = 365) => Array.from({ length: count }, () => value);

function ask(known: readonly MeanDay[], today: string, more: Partial<MeanQuestion & MeanYear> = {}) {
  const source = new Seeded(4);
  const { history = [], validity = TABLE_4, ...question } = more;
  return meanTarget({
    target: TARGET,
    year: 2025,
    today,
    chosen: { edition: 'GB 3095-2012', validity, days: known, history },
    others: [],
    demonstration: false,
    random: () => source.next(),
    ...question,
  });
}

describe('an annual mean against a value handed down', () => {
  test('says what the rest of the year must average, rounded down: 15.8 would give 25.005', () => {
    const figure: TargetView = ask(days('2025-01-01', year(27, 300)), '2025-10-28');
    expect(figure).toMatchObject({ unit: 'µg/m³', target: 25, value: 27, margin: -2, verdict: 'at-risk', probability: null });
    // (25 × 365 − 27 × 300) / 65 = 15.769…
    expect(figure.rest).toEqual({ days: 65, mayAverage: 15.7 });
    expect(figure.verdictText.en).toContain('the remaining 65 days may average at most 15.7 µg/m³');
  });

  test('a rest that may average exactly a tenth is not rounded below it', () => {
    // (25 × 365 − 25.5 × 300) / 65 = 22.6923…; (25 × 365 − 24.35 × 300) / 65 = 28.
    expect(ask(days('2025-01-01', year(25.5, 300)), '2025-10-28').rest?.mayAverage).toBe(22.6);
    expect(ask(days('2025-01-01', year(24.35, 300)), '2025-10-28').rest?.mayAverage).toBe(28);
  });

  test('a rest at exactly what it may average keeps the target, a tenth more loses it', () => {
    const means = fc.record({ sumMicro: fc.integer({ min: 0, max: 2_000_000_000 }), count: fc.integer({ min: 20, max: 96 }) });
    fc.assert(
      fc.property(fc.array(means, { minLength: 335, maxLength: 360 }), (known) => {
        const past = days('2025-01-01', known);
        const today = datesFrom('2025-01-01', 366)[known.length] ?? '';
        const figure = ask(past, today);
        const mayAverage = figure.rest?.mayAverage ?? null;
        if (mayAverage === null) return expect(figure.verdict).toBe('lost');
        const finished = (rest: number) => ask([...past, ...days(today, year(rest, 365 - known.length))], '2026-01-01').verdict;
        expect([finished(mayAverage), finished(mayAverage + 0.1)]).toEqual(['secured', 'lost']);
      }),
      { numRuns: 25 },
    );
  });

  test('the full year exactly on the value keeps it, a thousandth more loses it', () => {
    expect(ask(days('2025-01-01', year(25)), '2026-01-01')).toMatchObject({
      verdict: 'secured',
      probability: 1,
      margin: 0,
      rest: { days: 0, mayAverage: null },
    });
    expect(ask(days('2025-01-01', [...year(25, 364), 25.001]), '2026-01-01')).toMatchObject({ verdict: 'lost', probability: 0 });
  });

  test('daily means are thirds and sixths, not decimals: 24 2/3, 25 1/6 and 25 1/6 make 25', () => {
    const third = [
      { sumMicro: 74_000_000, count: 3 },
      { sumMicro: 151_000_000, count: 6 },
      { sumMicro: 151_000_000, count: 6 },
    ];
    const known = days(
      '2024-01-01',
      Array.from({ length: 366 }, (_, index) => third[index % 3] ?? null),
    );
    expect(ask(known, '2025-01-01', { year: 2024 })).toMatchObject({ verdict: 'secured', value: 25, margin: 0 });
    const history = days('2023-01-01', year(25));
    const open = ask(known.slice(0, 300), '2024-10-27', { year: 2024, history });
    expect(open).toMatchObject({ value: 25, probability: 1, rest: { days: 66, mayAverage: 25 } });
  });

  test('it is lost as soon as even zero for the rest exceeds it', () => {
    expect(ask(days('2025-01-01', year(40, 300)), '2025-10-28')).toMatchObject({
      verdict: 'lost',
      probability: 0,
      rest: { days: 65, mayAverage: null },
    });
  });

  test('the probability comes from weekly blocks of earlier years', () => {
    const history = [2022, 2023, 2024].flatMap((past) => days(`${past}-01-01`, year(18 + (past - 2022) * 5)));
    const figure = ask(days('2025-01-01', year(25.5, 300)), '2025-10-28', { history });
    expect(figure.probability).toBeGreaterThan(0);
    expect(figure.probability).toBeLessThan(1);
    expect(figure.method.en).toContain('2022, 2023, 2024');
  });

  test('simulated days are left out and counted', () => {
    const figure = ask([...days('2025-01-01', year(20, 31)), ...days('2025-02-01', year(90, 27), 'simulated')], '2025-02-28');
    expect(figure.value).toBe(20);
    expect(figure.verdictText.en).toContain('27 simulated or replayed records left out');
  });

  test('the evidence has the printed mean of every ended day, without a valid one null', () => {
    const known = days('2025-01-01', [{ sumMicro: 74_000_000, count: 3 }, null, 30.25]);
    expect(ask(known, '2025-01-05').evidence).toEqual({
      first: '2025-01-01',
      values: [24.7, null, 30.2, null],
      unit: 'µg/m³',
      line: 25,
    });
  });

  test('days of exceptional events are in the figure, and out of the one beside it', () => {
    const known = days('2025-01-01', [...year(24, 30), 55]).map((day, index) => ({ ...day, exceptional: index === 30 }));
    const figure = ask(known, '2025-02-01');
    expect(figure.value).toBe(25);
    expect(figure.withoutExceptional).toEqual({ value: 24, margin: 1 });
    expect(ask(days('2025-01-01', year(24, 31)), '2025-02-01').withoutExceptional).toBeUndefined();
  });

  test('the same under other editions, with their own annual limits', () => {
    const other = (edition: string, limit: number, value: number): MeanYear => ({
      edition,
      limit,
      validity: TABLE_4,
      days: days('2025-01-01', year(value)),
      history: [],
    });
    const others = [other('GB 3095-2012', 35, 24), other('GB 3095-2026', 25, 25.5)];
    expect(ask(days('2025-01-01', year(24)), '2026-01-01', { others }).otherEditions).toEqual([
      { edition: 'GB 3095-2012', value: 24, verdict: 'secured', limit: 35 },
      { edition: 'GB 3095-2026', value: 25.5, verdict: 'lost', limit: 25 },
    ]);
  });
});

describe('validity of the annual mean (GB 3095, table 4)', () => {
  const nothing = (count: number) => Array.from({ length: count }, () => null);

  test('a finished year with 100 valid days secures and loses nothing', () => {
    for (const value of [10, 60]) {
      const figure = ask(days('2025-01-01', [...year(value, 100), ...nothing(265)]), '2026-01-01');
      expect(figure).toMatchObject({ verdict: 'no-data', probability: null, value, validity: { reachable: false } });
      expect(figure.verdictText.en).toContain(
        'the annual mean is not valid (GB 3095, table 4): 100 valid days in the year, 324 are needed; months with too few valid days: 2025-04, 2025-05',
      );
      expect(figure.verdictText.zh).toContain('年均值无效（GB 3095 表 4）：全年有效日 100 天，少于 324 天');
    }
  });

  test('a March of 20 valid days voids a year of 354', () => {
    const known = days('2025-01-01', [...year(20, 59), ...nothing(11), ...year(20, 295)]);
    const figure = ask(known, '2026-01-01');
    expect(figure).toMatchObject({ verdict: 'no-data', probability: null, margin: 5 });
    expect(figure.validity?.year).toMatchObject({ valid: 354, reachable: true });
    expect(figure.verdictText.en).toContain('is not valid (GB 3095, table 4): months with too few valid days: 2025-03');
    // The same in April already, where the rest of the year could bring enough days but no March.
    const april = ask(known, '2025-04-10');
    expect(april).toMatchObject({ verdict: 'no-data', probability: null, rest: { mayAverage: null } });
    expect(april.verdictText.en).toContain('can no longer be valid');
  });

  test('a February needs 25, in a leap year too, and every other month 27', () => {
    const monthOf = (first: string, valid: number, length: number) =>
      ask(days(first, [...year(20, valid), ...nothing(length - valid)]), datesFrom(first, length + 1)[length] ?? '', {
        year: Number(first.slice(0, 4)),
      }).validity?.months[Number(first.slice(5, 7)) - 1]?.reachable;
    expect([monthOf('2025-02-01', 24, 28), monthOf('2025-02-01', 25, 28), monthOf('2024-02-01', 25, 29)]).toEqual([
      false,
      true,
      true,
    ]);
    expect([monthOf('2025-04-01', 26, 30), monthOf('2025-04-01', 27, 30)]).toEqual([false, true]);
  });

  test('it counts down what the year and the running month need, today among the days that can come', () => {
    const figure = ask(days('2025-01-01', [...year(20, 300), null, null]), '2025-10-30');
    expect(figure.validity?.year).toEqual({ valid: 300, needed: 324, missing: 24, possible: 63, reachable: true });
    expect(figure.validity?.months[9]).toEqual({
      month: '2025-10',
      valid: 27,
      needed: 27,
      missing: 0,
      possible: 2,
      reachable: true,
    });
    expect(figure.validity?.months[10]).toMatchObject({ valid: 0, missing: 27, possible: 30 });
    expect(figure.verdictText.en).not.toContain('table 4');
  });

  test('before the first valid day there is no data', () => {
    expect(ask([], '2025-01-01')).toMatchObject({ verdict: 'no-data', value: null, margin: null });
  });

  test('after the year it says what the yearly assessment says', () => {
    const [edition] = loadAirStandards().editions;
    if (edition === undefined) throw new Error('no edition');
    const all = datesFrom('2025-01-01', 365);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 364 }), { maxLength: 60 }), (missing) => {
        const valid = all.filter((_, index) => !missing.includes(index));
        expect(validityCountdown(valid, 2025, '2026-01-01', edition.validity).reachable).toBe(enoughForYear(edition)(valid));
      }),
    );
  });
});
