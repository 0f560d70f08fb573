import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { approximate, exactValue } from '@clearbay/domain/exact.ts';
import { judgeDay } from '@clearbay/domain/kinds/air/day.ts';
import { judgeDistrictDay, judgeDistrictDays } from '@clearbay/domain/kinds/air/district.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { goodDays, goodDaysWithEvents, reachesShare } from '@clearbay/domain/kinds/air/good-days.ts';
import { judgeHours } from '@clearbay/domain/kinds/air/hour.ts';
import { type HourRow, hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { percentile } from '@clearbay/domain/kinds/air/percentile.ts';
import { threeYearMean } from '@clearbay/domain/kinds/air/period.ts';
import { assessPeriodRow } from '@clearbay/domain/kinds/air/period-row.ts';
import { judgeYear, yearOfDays } from '@clearbay/domain/kinds/air/year.ts';
import { DAY_MS, daysInYear, HOUR_MS, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { STATION } from './air-readings.ts';

const standards = loadAirStandards();
const [old, now, final] = standards.editions as [
  (typeof standards.editions)[0],
  (typeof standards.editions)[0],
  (typeof standards.editions)[0],
];
const PERIOD = 5 * MINUTE_MS;
const DAY = startOfDate('2026-06-10');

const CLEAN: Record<string, number> = { so2: 6, no2: 20, co: 0.5, o3: 80, pm10: 40, pm25: 20 };
const hourRow = (metric: string, at: number, value: number, validCount = 12): HourRow => ({
  metric,
  at,
  validCount,
  validMs: validCount * PERIOD,
  sumMicro: Math.round(value * 1e6) * validCount,
});

/** A day of clean hours with some of them replaced; a null value leaves the hour out. */
function dayRows(start: number, change: (metric: string, hour: number) => number | null | undefined): HourRow[] {
  const rows: HourRow[] = [];
  for (let hour = 1; hour <= 24; hour += 1) {
    for (const metric of Object.keys(CLEAN)) {
      const value = change(metric, hour);
      if (value !== null) rows.push(hourRow(metric, start + hour * HOUR_MS, value ?? CLEAN[metric]!));
    }
  }
  return rows;
}

const tableOf = (rows: readonly HourRow[], start = DAY) =>
  hourTable(rows, { firstEnd: start + HOUR_MS, lastEnd: start + DAY_MS }, now.validity);

describe('hour validity (GB 3095, table 4: 45 minutes)', () => {
  test.each([
    [9, true],
    [8, false],
    [12, true],
    [0, false],
  ])('%d five-minute reports: valid %s', (count, valid) => {
    const table = hourTable(
      [hourRow('so2', DAY + HOUR_MS, 5, count)],
      { firstEnd: DAY + HOUR_MS, lastEnd: DAY + HOUR_MS },
      now.validity,
    );
    expect(table.means[0]?.[0] !== undefined).toBe(valid);
  });

  test('one hourly report covers its hour', () => {
    const rows = [{ ...hourRow('pm25', DAY + HOUR_MS, 5, 1), validMs: HOUR_MS }];
    const table = hourTable(rows, { firstEnd: DAY + HOUR_MS, lastEnd: DAY + HOUR_MS }, now.validity);
    expect(table.means[5]?.[0]).toEqual({ sumMicro: 5e6, count: 1 });
  });

  test('particles follow their own setting', () => {
    const minima = { ...now.validity, particleHourMinutes: { value: 30 } };
    const rows = ['so2', 'pm25'].map((metric) => hourRow(metric, DAY + HOUR_MS, 5, 6));
    const table = hourTable(rows, { firstEnd: DAY + HOUR_MS, lastEnd: DAY + HOUR_MS }, minima);
    expect([table.means[0]?.[0], table.means[5]?.[0]?.count]).toEqual([undefined, 6]);
  });
});

describe('O3 daily maximum 8 h (HJ 663, 6.1.2)', () => {
  const o3Of = (change: (hour: number) => number | null) =>
    judgeDay(tableOf(dayRows(DAY, (metric, hour) => (metric === 'o3' ? change(hour) : undefined))), DAY, now);

  test('24 hours of 100 with 180 from 13:00 to 20:00: 180 from the window ending 20:00', () => {
    const day = o3Of((hour) => (hour >= 13 && hour <= 20 ? 180 : 100));
    expect([day.pollutants.o3.value, day.ozone.windowEnd, day.ozone.windows]).toEqual([180, 20, 17]);
  });

  test('13 valid 8-hour means with a maximum of 150 are invalid', () => {
    const day = o3Of((hour) => (hour <= 6 ? null : 150));
    expect([day.ozone.windows, day.pollutants.o3.value]).toEqual([13, null]);
  });

  test('13 valid with a maximum of 161 are valid', () => {
    const day = o3Of((hour) => (hour <= 6 ? null : 161));
    expect([day.ozone.windows, day.pollutants.o3.value]).toEqual([13, 161]);
  });

  test('14 valid with a maximum of 150 are valid', () => {
    const day = o3Of((hour) => (hour <= 5 ? null : 150));
    expect([day.ozone.windows, day.pollutants.o3.value]).toEqual([14, 150]);
  });

  test('a window with 5 hours is invalid, with 6 it is the mean of the 6', () => {
    expect(o3Of((hour) => (hour <= 5 ? 200 : null)).ozone.windows).toBe(0);
    const six = o3Of((hour) => (hour <= 6 ? 100 + 20 * hour : null));
    expect([six.ozone.windows, six.pollutants.o3.value]).toEqual([1, 170]);
  });
});

describe('daily mean (GB 3095, table 4: 20 hours)', () => {
  const pm25With = (hours: number) =>
    judgeDay(tableOf(dayRows(DAY, (metric, hour) => (metric === 'pm25' && hour > hours ? null : undefined))), DAY, now);

  test('20 hours make a day, 19 do not', () => {
    expect(pm25With(20)).toMatchObject({ aqi: 40, good: true, validity: 'complete' });
    expect(pm25With(19)).toMatchObject({ aqi: null, good: null, missing: ['pm25'], validity: 'na' });
  });

  test('a day with a gap can be bad but never good', () => {
    const rows = dayRows(DAY, (metric, hour) => (metric === 'no2' && hour > 10 ? null : metric === 'pm25' ? 75 : undefined));
    expect(judgeDay(tableOf(rows), DAY, now)).toMatchObject({ aqi: 114, good: false, validity: 'partial' });
  });

  test('the same day is good by the 2012 limits and bad by those of 2026', () => {
    const table = tableOf(dayRows(DAY, (metric) => (metric === 'pm25' ? 75 : undefined)));
    expect([judgeDay(table, DAY, old).good, judgeDay(table, DAY, now).good]).toEqual([true, false]);
  });

  test('the hour that ends at 24:00 belongs to the day that ends', () => {
    const rows = dayRows(DAY, (metric, hour) => (metric === 'pm25' && hour === 24 ? 500 : undefined));
    expect(judgeDay(tableOf(rows), DAY, now).pollutants.pm25.value).toBe(40);
  });
});

describe('the change of edition', () => {
  test('2026-02-28 is judged by the 2012 edition, 2026-03-01 by the transition limits', () => {
    const choose = chooseEdition(standards);
    expect([choose('2026-02-28').id, choose('2026-03-01').id]).toEqual(['gb3095-2012', 'gb3095-2026-transition']);
    expect([choose('2030-12-31').id, choose('2031-01-01').id]).toEqual(['gb3095-2026-transition', 'gb3095-2026-final']);
  });

  test('the hour ending at midnight of 1 March is still judged by the old edition, the next by the new', () => {
    const midnight = startOfDate('2026-03-01');
    const rows = [0, 1].flatMap((i) =>
      Object.entries({ ...CLEAN, pm25: 75 }).map(([metric, value]) => hourRow(metric, midnight + i * HOUR_MS, value)),
    );
    const span = { firstEnd: midnight, lastEnd: midnight + HOUR_MS };
    const hours = judgeHours(hourTable(rows, span, now.validity), span, chooseEdition(standards));
    expect([...hours.aqi]).toEqual([100, 114]);
  });

  test('an edition asked for by name judges every day; an unknown name is refused with the names there are', () => {
    expect(chooseEdition(standards, 'gb3095-2026-final')('2020-01-01')).toBe(final);
    expect(() => chooseEdition(standards, 'gb3095-1996')).toThrow(/gb3095-2012, gb3095-2026-transition, gb3095-2026-final/);
  });
});

describe('percentiles (HJ 663, linear)', () => {
  const to = (n: number) => Array.from({ length: n }, (_, i) => exactValue(i + 1));
  test.each([
    [90, 328.6],
    [95, 346.8],
    [98, 357.72],
  ])('the %dth of 1 to 365 is %d', (percent, expected) => {
    expect(approximate(percentile(to(365), percent)!)).toBe(expected);
  });

  test('the 90th of 10, 20, 30, 40 is 37', () => {
    expect(approximate(percentile([10, 20, 30, 40].map(exactValue), 90)!)).toBe(37);
  });

  test('of nothing is undefined, of one value the value', () => {
    expect(percentile([], 90)).toBeUndefined();
    expect(approximate(percentile([exactValue(5)], 98)!)).toBe(5);
  });
});

describe('years', () => {
  const yearTable = (year: number, change: (date: number, metric: string) => number | null | undefined) => {
    const start = startOfDate(`${year}-01-01`);
    const rows = Array.from({ length: daysInYear(year) }, (_, i) =>
      dayRows(start + i * DAY_MS, (metric) => change(i, metric)),
    ).flat();
    return hourTable(rows, { firstEnd: start + HOUR_MS, lastEnd: start + daysInYear(year) * DAY_MS }, now.validity);
  };

  test('a leap year has 366 days, and its February needs 25 (GB 3095, table 4)', () => {
    const table = yearTable(2028, (day, metric) => (metric === 'pm25' && day >= 31 && day < 36 ? null : undefined));
    const year = judgeYear(table, 2028, chooseEdition(standards));
    expect([year.days.length, year.pollutants.pm25.validDays, year.pollutants.pm25.valid]).toEqual([366, 361, false]);
    expect(year.months[1]!.pollutants.pm25).toMatchObject({ validDays: 24, valid: false });
    expect(year.months[1]!.pollutants.pm10).toMatchObject({ validDays: 29, valid: true });
    expect(year.meets).toBeNull();
  });

  test('a year meets when mean and percentile meet, and each edition has its own limits', () => {
    const table = yearTable(2026, (day, metric) => (metric === 'pm25' ? (day % 2 === 0 ? 20 : 33) : undefined));
    const by = (edition: string) => judgeYear(table, 2026, chooseEdition(standards, edition)).pollutants.pm25;
    expect(by('gb3095-2012')).toMatchObject({ valid: true, meets: true, mean: { limit: 35 }, percentile: { limit: 75 } });
    expect(by('gb3095-2026-transition')).toMatchObject({ meets: true, mean: { limit: 30, meets: true } });
    expect(by('gb3095-2026-final')).toMatchObject({
      meets: false,
      mean: { limit: 25, meets: false, value: 26, exceedance: 0.06 },
    });
  });

  test('by date, the days of 2026 change edition on 1 March', () => {
    const table = yearTable(2026, (_, metric) => (metric === 'pm25' ? 70 : undefined));
    const year = judgeYear(table, 2026, chooseEdition(standards));
    expect(year.goodDays.asMeasured).toMatchObject({ good: 59, bad: 306, valid: 365, na: 0 });
    expect(year.edition.id).toBe('gb3095-2026-transition');
  });

  test('days that are not over are not judged', () => {
    const table = yearTable(2026, () => undefined);
    const year = judgeYear(table, 2026, chooseEdition(standards), { until: startOfDate('2026-02-01') + 5 * HOUR_MS });
    expect([year.days.length, year.months.length]).toEqual([31, 1]);
  });

  test('the composite index sums the ratios to the limits', () => {
    const year = judgeYear(
      yearTable(2026, () => undefined),
      2026,
      chooseEdition(standards, 'gb3095-2026-transition'),
    );
    // 6/60 + 20/40 + 0.5/4 + 80/160 + 40/60 + 20/30 = 2.558…
    expect(year.composite.map(({ id, value }) => [id, value])).toEqual([
      ['classic', 2.56],
      ['weighted', 4.892],
    ]);
    const row = { so2: 6, no2: 20, co: 0.5, o3: 80, pm10: 40, pm25: 20 };
    expect(assessPeriodRow(row, now)).toMatchObject({ composite: 2.56, compliant: null });
  });
});

describe('rows of annual figures', () => {
  const meeting = {
    so2: 6,
    so2_p98: 12,
    no2: 20,
    no2_p98: 50,
    co_p95: 1,
    o3_p90: 160,
    pm10: 60,
    pm10_p95: 120,
    pm25: 30,
    pm25_p95: 60,
  };

  test('on the limit still meets', () => {
    expect(assessPeriodRow(meeting, now)).toMatchObject({ compliant: true, exceeding: [] });
  });

  test('exceeding pollutants come with their multiple, the largest first', () => {
    const result = assessPeriodRow({ ...meeting, pm25: 36, o3_p90: 168 }, now);
    expect(result.exceeding).toEqual([
      { pollutant: 'pm25', multiple: 0.2 },
      { pollutant: 'o3', multiple: 0.05 },
    ]);
    expect(result.compliant).toBe(false);
  });

  test('the three-year mean needs three years', () => {
    expect(approximate(threeYearMean([10, 20, 33].map(exactValue))!)).toBe(21);
    expect(threeYearMean([exactValue(10), null, exactValue(20)])).toBeUndefined();
  });
});

describe('good-day rate', () => {
  const days = (good: number, bad: number, na = 0) =>
    [...Array(good).fill(true), ...Array(bad).fill(false), ...Array(na).fill(null)].map((each, i) => ({
      date: new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10),
      good: each as boolean | null,
    }));

  test('354 of 365 prints 97.0 % and still misses 97 %', () => {
    const rate = goodDays(days(354, 11));
    expect([rate.printedPercent, reachesShare(rate, 0.97)]).toEqual([97, false]);
  });

  test('355 of 365 reaches it, and NA days are in neither side', () => {
    const rate = goodDays(days(355, 10, 1));
    expect([rate.valid, rate.na, reachesShare(rate, 0.97)]).toEqual([365, 1, true]);
  });

  test('without a valid day there is no rate', () => {
    expect(goodDays(days(0, 0, 3))).toMatchObject({ rate: null, printedPercent: null });
    expect(reachesShare(goodDays([]), 0.97)).toBeNull();
  });

  test('exceptional events give both figures', () => {
    const reason = { zh: '沙尘', en: 'sand-dust' };
    const both = goodDaysWithEvents(days(97, 3), [
      { date: '2025-04-09', reason },
      { date: '2030-01-01', reason },
    ]);
    expect([both.asMeasured.bad, both.withoutEvents.bad, both.withoutEvents.valid]).toEqual([3, 2, 99]);
    expect(both.events).toEqual([{ date: '2025-04-09', reason }]);
  });
});

describe('district value (HJ 663: concentrations first, then the index)', () => {
  test('one bad station does not make a bad district, and AQIs are never averaged', () => {
    const dayOf = (pm25: number) => judgeDay(tableOf(dayRows(DAY, (metric) => (metric === 'pm25' ? pm25 : undefined))), DAY, now);
    const district = judgeDistrictDay([dayOf(20), dayOf(40), dayOf(90)], now)!;
    expect(district.pollutants.pm25.value).toBe(50);
    expect([district.aqi, district.good]).toEqual([80, true]);
  });

  test('a station without a valid value takes no part; nothing of no stations', () => {
    const gap = judgeDay(tableOf(dayRows(DAY, (metric) => (metric === 'pm25' ? null : undefined))), DAY, now);
    const whole = judgeDay(tableOf(dayRows(DAY, () => undefined)), DAY, now);
    expect(judgeDistrictDay([gap, whole], now)).toMatchObject({ aqi: 40, validity: 'complete' });
    expect(judgeDistrictDay([], now)).toBeUndefined();
  });

  test('days of the district come from the hours of its stations', () => {
    const stations = [20, 100].map((pm25) => ({
      table: tableOf(dayRows(DAY, (metric) => (metric === 'pm25' ? pm25 : undefined))),
      terms: {},
    }));
    const days = judgeDistrictDays(stations, { from: DAY, until: DAY + DAY_MS }, chooseEdition(standards));
    expect(days.map(({ date, aqi }) => [date, aqi])).toEqual([['2026-06-10', 100]]);
    const year = yearOfDays(days, 2026, chooseEdition(standards));
    expect([year.goodDays.asMeasured.good, year.valid, year.months.map(({ month }) => month)]).toEqual([1, false, [6]]);
  });
});

describe('days of a station as assessments', () => {
  const sums = (rows: readonly HourRow[], simulated = false) =>
    rows.map((row) => ({ ...row, min: null, max: null, last: null, simulated }));
  const span = { from: DAY, until: DAY + 3 * DAY_MS };

  test('each ended day with a value has one, under the edition asked for', () => {
    const hours = sums([
      ...dayRows(DAY, (metric) => (metric === 'pm25' ? 75 : undefined)),
      ...dayRows(DAY + 2 * DAY_MS, () => undefined),
    ]);
    const days = airKind.days(STATION, hours, span, standards);
    expect(days.map(({ start, level, edition, figure, origin }) => [start, level, edition, figure.value, origin])).toEqual([
      [DAY, 'day', 'GB 3095-2026 transition', 114, 'measured'],
      [DAY + 2 * DAY_MS, 'day', 'GB 3095-2026 transition', 40, 'measured'],
    ]);
    expect(airKind.days(STATION, hours, span, standards, 'gb3095-2012')[0]).toMatchObject({
      edition: 'GB 3095-2012',
      figure: { value: 100 },
      rating: { meets: true },
    });
  });

  test('a day of gaps has an entry without an AQI that names what is missing; one simulated hour marks the day', () => {
    const hours = [
      ...sums(dayRows(DAY, (metric, hour) => (metric === 'co' && hour > 3 ? null : undefined))),
      ...sums([hourRow('pm25', DAY + HOUR_MS, 20)], true),
    ];
    expect(airKind.days(STATION, hours, span, standards)[0]).toMatchObject({
      origin: 'simulated',
      figure: { value: null },
      rating: { code: 'none', meets: null },
      reason: { en: 'CO missing, the others at most 40: no AQI is published' },
      detail: { validity: 'na', editionId: 'gb3095-2026-transition' },
    });
  });
});
