import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { judgeHours } from '@clearbay/domain/kinds/air/hour.ts';
import { type HourRow, hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import { DAY_MS, dateOf, dayStart, daysInYear, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN, reading, STATION } from './air-readings.ts';

const standards = loadAirStandards();
const choose = chooseEdition(standards);

describe('the day of the change of edition', () => {
  /** PM2.5 of 61: 50 + 26 × 50/40 = 82.5, up to 83 by HJ 633-2012; 100 + 50/55, up to 101 by HJ 633-2026. */
  const OLD = 83;
  const NEW = 101;
  const change = startOfDate('2026-03-01');
  const hour = fc.integer({ min: -40, max: 40 }).map((hours) => change + hours * HOUR_MS);

  test('every hour up to 24:00 of 28 February is judged by the old edition, every later one by the new, live and in batch', () => {
    fc.assert(
      fc.property(hour, (end) => {
        const expected = end <= change ? OLD : NEW;
        const live = airKind.live(STATION, standards);
        live.accept(reading(end, { ...CLEAN, pm25: 61 }, { periodMs: HOUR_MS }));
        const assessed = live.assess(end);
        expect([assessed.detail.aqi, assessed.edition]).toEqual([
          expected,
          choose(end <= change ? '2026-02-28' : '2026-03-01').label,
        ]);
        const rows = POLLUTANTS.map((metric): HourRow => {
          const value = metric === 'pm25' ? 61 : (CLEAN[metric] ?? 0);
          return { metric, at: end, validCount: 1, validMs: HOUR_MS, sumMicro: Math.round(value * 1e6) };
        });
        const span = { firstEnd: end, lastEnd: end };
        expect([...judgeHours(hourTable(rows, span, choose('2026-03-01').validity), span, choose).aqi]).toEqual([expected]);
      }),
    );
  });

  test('a span over the change judges each hour as it would be judged alone', () => {
    fc.assert(
      fc.property(hour, fc.integer({ min: 0, max: 60 }), (firstEnd, length) => {
        const span = { firstEnd, lastEnd: firstEnd + length * HOUR_MS };
        const rows: HourRow[] = [];
        for (let at = span.firstEnd; at <= span.lastEnd; at += HOUR_MS)
          for (const metric of POLLUTANTS)
            rows.push({
              metric,
              at,
              validCount: 1,
              validMs: HOUR_MS,
              sumMicro: Math.round((metric === 'pm25' ? 61 : (CLEAN[metric] ?? 0)) * 1e6),
            });
        const judged = judgeHours(hourTable(rows, span, choose('2026-03-01').validity), span, choose);
        const alone = Array.from({ length: length + 1 }, (_, index) => (firstEnd + index * HOUR_MS <= change ? OLD : NEW));
        expect([...judged.aqi]).toEqual(alone);
      }),
    );
  });

  test('each date has the last edition that is valid from it or before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2013, max: 2040 }), fc.integer({ min: 0, max: 364 }), (year, day) => {
        const date = dateOf(startOfDate(`${year}-01-01`) + day * DAY_MS);
        const expected =
          date < '2026-03-01' ? 'gb3095-2012' : date < '2031-01-01' ? 'gb3095-2026-transition' : 'gb3095-2026-final';
        expect(choose(date).id).toBe(expected);
      }),
    );
  });
});

describe('leap years', () => {
  const year = fc.integer({ min: 1992, max: 2100 });
  const isLeap = (of: number) => (of % 4 === 0 && of % 100 !== 0) || of % 400 === 0;

  test('a year has 366 days where the calendar says so, and every hour of it one day', () => {
    fc.assert(
      fc.property(year, fc.integer({ min: 1, max: 366 * 24 }), (of, hour) => {
        expect(daysInYear(of)).toBe(isLeap(of) ? 366 : 365);
        const start = startOfDate(`${of}-01-01`);
        const end = startOfDate(`${of + 1}-01-01`);
        expect((end - start) / DAY_MS).toBe(daysInYear(of));
        const at = start + hour * HOUR_MS;
        if (at > end) return;
        // An hour that ends at 24:00 belongs to the day that ends.
        expect(dayStart(at)).toBe(start + Math.floor((hour - 1) / 24) * DAY_MS);
        expect(dateOf(dayStart(at)).slice(0, 4)).toBe(String(of));
      }),
    );
  });

  test('the day after 28 February is the 29th in a leap year and 1 March in another', () => {
    fc.assert(
      fc.property(year, (of) => {
        expect(dateOf(startOfDate(`${of}-02-28`) + DAY_MS)).toBe(isLeap(of) ? `${of}-02-29` : `${of}-03-01`);
      }),
    );
  });
});
