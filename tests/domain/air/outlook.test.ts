import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import { judgeDay } from '@clearbay/domain/kinds/air/day.ts';
import type { AirDetail } from '@clearbay/domain/kinds/air/detail.ts';
import { judgeDistrictDay } from '@clearbay/domain/kinds/air/district.ts';
import { districtAssessment } from '@clearbay/domain/kinds/air/district-hour.ts';
import { type HourRow, hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { type DayOutlook, dayOutlook } from '@clearbay/domain/kinds/air/outlook.ts';
import { POLLUTANTS, type Pollutant } from '@clearbay/domain/kinds/air/standard.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN, numbers } from './air-readings.ts';

const standards = loadAirStandards();
const { editions } = standards;
const [old, now] = editions as [(typeof editions)[0], (typeof editions)[0]];
const DAY = startOfDate('2026-06-10');

type HourValue = (metric: Pollutant, hour: number) => number | null;

const tableOf = (value: HourValue) => {
  const rows: HourRow[] = [];
  for (let hour = 1; hour <= 24; hour += 1) {
    for (const metric of POLLUTANTS) {
      const each = value(metric, hour);
      if (each !== null)
        rows.push({ metric, at: DAY + hour * HOUR_MS, validCount: 1, validMs: HOUR_MS, sumMicro: Math.round(each * 1e6) });
    }
  }
  return hourTable(rows, { firstEnd: DAY + HOUR_MS, lastEnd: DAY + DAY_MS }, now.validity);
};
const outlookOf = (done: number, value: HourValue, edition = now) =>
  dayOutlook(
    tableOf((metric, hour) => (hour <= done ? value(metric, hour) : null)),
    DAY,
    DAY + done * HOUR_MS,
    edition,
  );

/** A member of the district with this running day; its hour has one valid mean. */
const assessed = (today: DayOutlook) => {
  const hour = { mean: { sumMicro: 1_000_000, count: 1 }, valid: true, minutes: 60, mark: null };
  const pollutants = Object.fromEntries(POLLUTANTS.map((pollutant) => [pollutant, hour]));
  const running = { end: DAY + DAY_MS, means: {}, counts: {} };
  return {
    end: DAY + HOUR_MS,
    at: DAY,
    origin: 'measured',
    detail: { pollutants, running, today },
  } as unknown as Assessment<AirDetail>;
};

describe('will today be a good day', () => {
  test('half a day of PM2.5 at 90 leaves 31 for the rest', () => {
    const outlook = outlookOf(12, (metric) => (metric === 'pm25' ? 90 : CLEAN[metric]!));
    // 24 × 60.5 − 12 × 90 = 372 over 12 hours: a mean of 60.5 still rounds to 60.
    expect(outlook.pollutants.pm25).toMatchObject({ allowedMean: 31, lost: false, value: 90, valid: 12, canBeValid: true });
    expect(outlook).toMatchObject({ verdict: 'open', hoursDone: 12, hoursLeft: 12, aqiSoFar: 128, primary: ['pm25'] });
  });

  test('a limit of 75 is missed by 75.5, a limit of 60 kept by 60.5 (half to even)', () => {
    const rest = (edition: typeof now) => outlookOf(0, () => null, edition).pollutants.pm25.allowedMean;
    expect([rest(old), rest(now)]).toEqual([75.4, 60.5]);
  });

  test('the rest that the district may have is that of its stations’ day means, however many hours each has', () => {
    const gaps: HourValue = (metric, hour) => (metric === 'pm25' ? (hour % 4 === 0 ? null : 95) : CLEAN[metric]!);
    const whole: HourValue = (metric) => (metric === 'pm25' ? 40 : CLEAN[metric]!);
    const done = 14;
    const members = [gaps, whole].map((value) => assessed(outlookOf(done, value)));
    const { today } = districtAssessment('district', members, standards)!.detail;
    // Day means (11 × 95 + 10 m) / 21 and (14 × 40 + 10 m) / 24 must average 60.5 at most.
    const allowed = (2 * 60.5 - (11 * 95) / 21 - (14 * 40) / 24) / (10 / 21 + 10 / 24);
    const { value, allowedMean, lost } = today.pollutants.pm25;
    expect({ value, allowedMean, lost }).toEqual({ value: 68, allowedMean: Math.floor(allowed * 10) / 10, lost: false });
    const finished = (rest: number) =>
      judgeDistrictDay(
        [gaps, whole].map((early) =>
          judgeDay(
            tableOf((metric, hour) => (hour <= done ? early(metric, hour) : metric === 'pm25' ? rest : CLEAN[metric]!)),
            DAY,
            now,
          ),
        ),
        now,
      )!.good;
    expect([finished(allowedMean!), finished(allowedMean! + 0.1)]).toEqual([true, false]);
  });

  test('the day is lost where clean air to midnight no longer helps', () => {
    expect(outlookOf(20, (metric) => (metric === 'pm25' ? 75 : CLEAN[metric]!))).toMatchObject({ verdict: 'lost' });
  });

  test('one 8-hour mean of O3 above 160 loses the day at once', () => {
    const outlook = outlookOf(18, (metric, hour) => (metric === 'o3' && hour > 10 ? 175 : CLEAN[metric]!));
    expect(outlook.pollutants.o3).toMatchObject({ lost: true, value: 175 });
    expect(outlook.verdict).toBe('lost');
  });

  test('under the 2012 edition one hour of O3 above 200 loses the day at once: its maximum 1 h is a daily item', () => {
    const peak: HourValue = (metric, hour) => (metric === 'o3' && hour === 11 ? 250 : CLEAN[metric]!);
    const outlook = outlookOf(12, peak, old);
    // IAQI of 250 between 200 (100) and 300 (150); the largest 8-hour mean is (7 × 80 + 250) / 8 = 101.25.
    expect(outlook).toMatchObject({ verdict: 'lost', aqiSoFar: 125, primary: ['o3'] });
    expect(outlook.pollutants.o3).toMatchObject({ value: 101, iaqi: 125, lost: true, allowedMean: -0.1 });
    expect(judgeDay(tableOf(peak), DAY, old)).toMatchObject({ aqi: 125, good: false });
    expect(outlookOf(12, peak)).toMatchObject({ verdict: 'open', aqiSoFar: 51 });
  });

  test('the 1-hour bound of 2012 holds from the first hour, and over it the rest may not go', () => {
    const early = outlookOf(2, (metric) => (metric === 'o3' ? 201 : CLEAN[metric]!), old).pollutants.o3;
    expect(early).toMatchObject({ value: null, iaqi: 101, lost: true });
    // One hour to come after 17 clean ones: 8-hour means would allow (8 × 160.5 − 7 × 10) / 1 = 1214, the hour itself 200.5.
    const last = (edition: typeof now) =>
      outlookOf(23, (metric) => (metric === 'o3' ? 10 : CLEAN[metric]!), edition).pollutants.o3.allowedMean;
    expect([last(old), last(now)]).toEqual([200.5, 1214]);
  });

  test('the district is lost under 2012 where the mean of the stations’ hourly maxima is', () => {
    const day = (peak: number) =>
      assessed(outlookOf(12, (metric, hour) => (metric === 'o3' && hour === 11 ? peak : CLEAN[metric]!), old));
    const at2012 = { editions: [{ ...old, validTo: null }] };
    const of = (...peaks: readonly number[]) => districtAssessment('district', peaks.map(day), at2012)!.detail.today;
    // Means of 190 and 205 against 200; each time one station alone is over.
    expect(of(250, 130)).toMatchObject({ verdict: 'open', pollutants: { o3: { iaqi: 88, lost: false } } });
    expect(of(250, 160)).toMatchObject({ verdict: 'lost', aqiSoFar: 103, pollutants: { o3: { iaqi: 103, lost: true } } });
  });

  test('a day that is in to the last hour is compared as it is rounded', () => {
    // PM2.5 of 60 + 12/24 = 60.5 rounds to 60 and is good; one millionth more is 61.
    const ended = (extra: number) =>
      outlookOf(24, (metric, hour) => (metric === 'pm25' ? (hour <= 12 ? 61 : hour === 24 ? 60 + extra : 60) : CLEAN[metric]!));
    expect(ended(0).pollutants.pm25).toMatchObject({ value: 60, iaqi: 100, lost: false, allowedMean: null });
    expect(ended(0.000024).pollutants.pm25).toMatchObject({ value: 61, iaqi: 101, lost: true });
  });

  test('O3 above the table has the index that the edition gives it, not 500', () => {
    const high: HourValue = (metric) => (metric === 'o3' ? 900 : CLEAN[metric]!);
    expect([outlookOf(9, high).aqiSoFar, outlookOf(9, high, old).aqiSoFar]).toEqual([300, 350]);
  });

  test('too few 8-hour windows do not save a day that one of them will lose', () => {
    // Only the 11 windows ending 14:00 to 24:00 can have 6 hours; the first of them has 5 × 500 / 6 = 417 whatever comes.
    const gap: HourValue = (metric, hour) => (metric !== 'o3' ? CLEAN[metric]! : hour <= 8 ? null : hour <= 13 ? 500 : 0);
    expect(outlookOf(13, gap)).toMatchObject({ verdict: 'lost', pollutants: { o3: { valid: 0, needed: 14, lost: true } } });
    expect(outlookOf(24, gap).verdict).toBe('bad');
  });

  test('five lost hours cost the good day, not a bad one', () => {
    const outlook = outlookOf(10, (metric, hour) => (metric === 'no2' && hour <= 5 ? null : CLEAN[metric]!));
    expect(outlook.pollutants.no2).toMatchObject({ valid: 5, needed: 20, canBeValid: false, allowedMean: null, lost: false });
    expect(outlook.verdict).toBe('na');
    const bad = outlookOf(20, (metric, hour) => (metric === 'no2' && hour <= 5 ? null : metric === 'pm25' ? 90 : CLEAN[metric]!));
    expect(bad.verdict).toBe('lost');
  });

  test('before the first hour everything is open, after the last it is judged', () => {
    expect(outlookOf(0, () => null)).toMatchObject({ verdict: 'open', aqiSoFar: null, primary: [] });
    expect(outlookOf(24, (metric) => CLEAN[metric]!).verdict).toBe('good');
    expect(outlookOf(24, (metric) => (metric === 'pm10' ? 130 : CLEAN[metric]!)).verdict).toBe('bad');
    expect(outlookOf(24, (metric) => (metric === 'pm10' ? null : CLEAN[metric]!)).verdict).toBe('na');
  });

  test('a rest of the day at exactly the allowed mean keeps it good; one printed step more loses it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 23 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom(...editions),
        fc.constantFrom(...POLLUTANTS),
        (done, seed, edition, pollutant) => {
          const random = numbers(seed);
          const past = new Map<string, number>();
          const high: Record<Pollutant, number> = { so2: 250, no2: 130, co: 6.5, o3: 210, pm10: 190, pm25: 95 };
          const value: HourValue = (metric, hour) => {
            const key = `${metric} ${hour}`;
            if (!past.has(key))
              past.set(key, Math.round(random() * (metric === pollutant ? high[metric] : CLEAN[metric]!) * 10) / 10);
            return past.get(key)!;
          };
          const outlook = outlookOf(done, value, edition);
          const { allowedMean, lost } = outlook.pollutants[pollutant];
          if (allowedMean === null) return;
          const finished = (rest: number) =>
            judgeDay(
              tableOf((metric, hour) => (hour <= done ? value(metric, hour) : metric === pollutant ? rest : CLEAN[metric]!)),
              DAY,
              edition,
            );
          if (lost) expect(finished(0).pollutants[pollutant].iaqi).toBeGreaterThan(100);
          else {
            expect(finished(allowedMean).pollutants[pollutant].iaqi).toBeLessThanOrEqual(100);
            expect(finished(allowedMean + (pollutant === 'co' ? 0.01 : 0.1)).pollutants[pollutant].iaqi).toBeGreaterThan(100);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
