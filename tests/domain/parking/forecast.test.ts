import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParkingDetail } from '@clearbay/domain/kinds/parking/detail.ts';
import { type FreeHistory, forecastFree, hourlyHistory } from '@clearbay/domain/kinds/parking/forecast.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';
import { assessParkingRow } from '@clearbay/domain/kinds/parking/rows.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { describeWithRealData } from '../../harness/real-data.ts';
import { EIGHT, GATES, lotReading, STANDARDS } from './lot.ts';

const settings = STANDARDS.forecast;

describe('short forecast', () => {
  test('without history it follows part of the trend and stays in the lot', () => {
    const falling: FreeHistory = (at) => (at === EIGHT - 30 * MINUTE_MS ? 40 : null);
    const free = forecastFree(EIGHT, 10, 100, [falling], settings).map((each) => each.free);
    expect(free).toEqual([6, 1, 0]);
    expect(forecastFree(EIGHT, 10, 100, [() => null], settings).map((each) => each.free)).toEqual([10, 10, 10]);
  });

  test('a day of the same type counts more than another', () => {
    const dropsTwenty =
      (daysBack: number): FreeHistory =>
      (at) => {
        const since = at - (EIGHT - daysBack * DAY_MS);
        return since >= 0 && since <= 60 * MINUTE_MS ? 50 - since / (3 * MINUTE_MS) : null;
      };
    const ahead = (daysBack: number) => forecastFree(EIGHT, 50, 100, [dropsTwenty(daysBack)], settings).at(-1)?.free;
    expect(ahead(1)).toBe(39);
    expect(ahead(3)).toBe(43);
  });

  test('the live lot uses what it saw yesterday', () => {
    const live = parkingKind.live(GATES, STANDARDS);
    for (let minute = 0; minute <= 24 * 60; minute += 5) {
      const free = minute < 30 ? 80 : minute < 90 ? 80 - (minute - 30) : minute < 23 * 60 ? 20 : 80;
      live.accept(lotReading(EIGHT + minute * MINUTE_MS, { free, entered: 0, left: 0 }));
    }
    const { forecast } = live.assess(EIGHT + DAY_MS).detail;
    expect(forecast.map((each) => each.minutes)).toEqual([15, 30, 60]);
    expect(forecast[2]?.free).toBeLessThan(70);
  });
});

describe('the week behind a forecast', () => {
  /** Full of free bays at night, 60 of them taken from eight to nine on working days. EIGHT is a Wednesday. */
  const MONDAY = EIGHT + 5 * DAY_MS;
  const isWeekend = (at: number) => [3, 4].includes(Math.floor((at - EIGHT + 8 * HOUR_MS) / DAY_MS + 7) % 7);
  const freeAt = (at: number): number => {
    const minute = ((at - EIGHT) / MINUTE_MS + 7 * 1440) % 1440;
    if (isWeekend(at)) return 80;
    return minute < 60 ? 80 - minute : minute < 600 ? 20 : 80;
  };
  const week = Array.from(
    { length: (7 * DAY_MS) / (5 * MINUTE_MS) + 1 },
    (_, index) => MONDAY - 7 * DAY_MS + index * 5 * MINUTE_MS,
  );
  const report = (at: number) => lotReading(at, { free: freeAt(at), entered: 0, left: 0 });
  const hourAhead = (live: ReturnType<typeof parkingKind.live>) => live.assess(MONDAY).detail as ParkingDetail;
  const WITH_WEEK = Math.round(80 - settings.sameType.typical * 60);

  test('a Monday is told by the working days of the week before, not by its Sunday', () => {
    const live = parkingKind.live(GATES, STANDARDS);
    for (const at of week) live.accept(report(at));
    expect(hourAhead(live).forecast.at(-1)).toEqual({ minutes: 60, free: WITH_WEEK });
    const sundayOnly = parkingKind.live(GATES, STANDARDS);
    for (const at of week.filter((each) => each > MONDAY - DAY_MS)) sundayOnly.accept(report(at));
    expect(hourAhead(sundayOnly).forecast.at(-1)?.free).toBe(80);
  });

  test('a correction does not cost the lot its week', () => {
    const live = parkingKind.live(GATES, STANDARDS);
    for (const at of week) live.accept(report(at));
    for (let round = 0; round < 2; round += 1) {
      live.rebuild(week.filter((at) => at > live.heldSince(MONDAY)).map(report));
      expect(hourAhead(live).forecast.at(-1)?.free).toBe(WITH_WEEK);
    }
  });

  test('after a restart the stored hours stand in', () => {
    const hours = new Map<number, number>();
    for (let end = MONDAY - 7 * DAY_MS; end <= MONDAY; end += HOUR_MS) {
      const inHour = Array.from({ length: 12 }, (_, index) => freeAt(end - index * 5 * MINUTE_MS));
      hours.set(end, inHour.reduce((sum, free) => sum + free, 0) / 12);
    }
    const live = parkingKind.live(GATES, { ...STANDARDS, recordedFree: { [GATES.id]: hours } });
    live.accept(report(MONDAY - 5 * MINUTE_MS));
    live.accept(report(MONDAY));
    // Hourly means blur the edges of the hour, so the change seen is less than 60.
    const change = hourlyHistory(hours);
    const lastMonday = MONDAY - 7 * DAY_MS;
    const seen = (change(lastMonday + HOUR_MS) ?? 0) - (change(lastMonday) ?? 0);
    expect(seen).toBeLessThan(-25);
    expect(hourAhead(live).forecast.at(-1)?.free).toBeLessThan(80 + settings.sameType.typical * -25);
  });

  test('hours stand at their middle', () => {
    const means = new Map([
      [EIGHT, 50],
      [EIGHT + HOUR_MS, 80],
    ]);
    const at = hourlyHistory(means);
    expect([at(EIGHT - HOUR_MS / 2), at(EIGHT), at(EIGHT + HOUR_MS / 2 - 1)].map((free) => free && Math.round(free))).toEqual([
      50, 65, 80,
    ]);
    expect([at(EIGHT - HOUR_MS), at(EIGHT + HOUR_MS)]).toEqual([null, null]);
    expect(hourlyHistory(undefined)(EIGHT)).toBeNull();
  });

  test('a day on which the lot was silent is no day to learn from', () => {
    const live = parkingKind.live(GATES, STANDARDS);
    const silent = (at: number) => at > MONDAY - 5 * DAY_MS - 3 * HOUR_MS && at < MONDAY - 2 * DAY_MS;
    for (const at of week.filter((each) => !silent(each))) live.accept(report(at));
    expect(hourAhead(live).forecast.at(-1)?.free).toBe(WITH_WEEK);
  });
});

describeWithRealData('recorded car parks, November 2023', (folder) => {
  const STEP = 15 * MINUTE_MS;
  const days = (folder === '' ? [] : readdirSync(join(folder, 'parking_de'))).filter((name) =>
    /^\d{4}-\d{2}-\d{2}\.csv$/.test(name),
  );

  /** Free counts of a day's lots on a grid of 15 minutes; an empty cell repeats the one before. Local days of the record, read as they are. */
  function read(name: string): { readonly start: number; readonly lots: Map<string, (number | null)[]> } {
    const [header = [], ...lines] = parse(readFileSync(join(folder, 'parking_de', name)), { bom: true }) as string[][];
    const start = Date.parse(`${name.slice(0, 10)}T00:00:00+08:00`);
    const lots = new Map<string, (number | null)[]>();
    header.slice(1).forEach((lot, column) => {
      const seen = lines.filter((line) => line[column + 1] !== '').length;
      if (seen < 30) return;
      const grid: (number | null)[] = [];
      let line = 0;
      let last: number | null = null;
      for (let cell = 0; cell < 96; cell += 1) {
        for (; line < lines.length; line += 1) {
          const [time = '', ...cells] = lines[line] ?? [];
          if (Date.parse(time) % DAY_MS > cell * STEP + MINUTE_MS) break;
          if (cells[column] !== '') last = Number(cells[column]);
        }
        grid.push(last);
      }
      if (Math.max(...grid.map((free) => free ?? 0)) >= 20) lots.set(lot, grid);
    });
    return { start, lots };
  }

  test('the forecast beats "same as now" and "same as that time of an earlier day" at 15, 30 and 60 minutes', () => {
    const read1 = days.map(read);
    const table: Record<string, string | number>[] = [];
    for (const today of read1) {
      for (const earlier of read1) {
        if (earlier.start >= today.start) continue;
        const back = (today.start - earlier.start) / DAY_MS;
        const sums = settings.horizonsMin.map(() => ({ n: 0, forecast: 0, now: 0, earlier: 0 }));
        for (const [lot, grid] of today.lots) {
          const past = earlier.lots.get(lot);
          if (past === undefined) continue;
          const open = Math.max(...past.map((free) => free ?? 0), ...grid.map((free) => free ?? 0));
          for (let cell = 4; cell < 92; cell += 1) {
            const history: FreeHistory = (at) => {
              const index = Math.round((at - today.start) / STEP);
              if (index < 0 && (index < -back * 96 || index >= (1 - back) * 96)) return null;
              return index >= 0 ? (index <= cell ? (grid[index] ?? null) : null) : (past[index + back * 96] ?? null);
            };
            const free = grid[cell];
            if (free === null || free === undefined) continue;
            const told = forecastFree(today.start + cell * STEP, free, open, [history], settings);
            told.forEach((ahead, index) => {
              const cells = ahead.minutes / 15;
              const truth = grid[cell + cells];
              const before = past[cell + cells];
              const sum = sums[index];
              if (sum === undefined || truth === null || truth === undefined || before === null || before === undefined) return;
              sum.n += 1;
              sum.forecast += Math.abs(ahead.free - truth);
              sum.now += Math.abs(free - truth);
              sum.earlier += Math.abs(before - truth);
            });
          }
        }
        sums.forEach((sum, index) => {
          table.push({
            today: days[read1.indexOf(today)]?.slice(0, 10) ?? '',
            earlier: days[read1.indexOf(earlier)]?.slice(0, 10) ?? '',
            minutes: settings.horizonsMin[index] ?? 0,
            cases: sum.n,
            forecast: Number((sum.forecast / sum.n).toFixed(2)),
            'same as now': Number((sum.now / sum.n).toFixed(2)),
            'same as earlier day': Number((sum.earlier / sum.n).toFixed(2)),
          });
        });
      }
    }
    console.table(table);
    expect(table.length).toBeGreaterThanOrEqual(3);
    for (const row of table) {
      expect(row.cases).toBeGreaterThan(1000);
      expect(Number(row.forecast)).toBeLessThan(Number(row['same as now']));
      expect(Number(row.forecast)).toBeLessThan(Number(row['same as earlier day']));
    }
  }, 60_000);

  test('the live lots, quarter by quarter over three days, beat both, and equal the lots judged at once', () => {
    const record = days.map(read);
    const sums = settings.horizonsMin.map((minutes) => ({ minutes, cases: 0, forecast: 0, now: 0, earlier: 0 }));
    let compared = 0;
    for (const [lot, firstGrid] of record[0]?.lots ?? []) {
      const grids = record.map(({ start, lots }) => ({ start, grid: lots.get(lot) ?? [] }));
      const open = Math.max(...grids.flatMap(({ grid }) => grid.map((free) => free ?? 0)));
      const station = { ...GATES, capacity: open };
      const live = parkingKind.live(station, STANDARDS);
      const taken: Reading[] = [];
      for (const { start, grid } of grids) {
        grid.forEach((free, cell) => {
          if (free === null) return;
          const at = start + cell * STEP;
          const reading = lotReading(at, { free }, { receivedAt: at });
          taken.push(reading);
          // Every fifth report comes with the next one.
          if (cell % 5 !== 4) live.accept(reading);
          if (cell % 5 === 0 && taken.length > 1) live.accept(taken.at(-2) as Reading);
          if (cell < 4 || cell >= 92 || grid === firstGrid || cell % 5 === 4) return;
          const { forecast } = live.assess(at).detail as ParkingDetail;
          forecast.forEach((ahead, index) => {
            const truth = grid[cell + ahead.minutes / 15];
            const before = firstGrid[cell + ahead.minutes / 15];
            const sum = sums[index];
            if (sum === undefined || truth == null || before == null) return;
            sum.cases += 1;
            sum.forecast += Math.abs(ahead.free - Math.max(0, truth));
            sum.now += Math.abs(Math.max(0, free) - Math.max(0, truth));
            sum.earlier += Math.abs(Math.max(0, before) - Math.max(0, truth));
          });
        });
      }
      const last = taken.at(-1);
      if (last === undefined) continue;
      live.accept(last);
      const batch = parkingKind.live(station, STANDARDS);
      for (const reading of taken) batch.accept(reading);
      expect(live.assess(last.at)).toEqual(batch.assess(last.at));
      compared += 1;
    }
    console.table(
      sums.map(({ minutes, cases, ...error }) => ({
        minutes,
        cases,
        ...Object.fromEntries(Object.entries(error).map(([name, sum]) => [name, Number((sum / cases).toFixed(2))])),
      })),
    );
    expect(compared).toBeGreaterThan(200);
    for (const { cases, forecast, now, earlier } of sums) {
      expect(cases).toBeGreaterThan(10_000);
      expect(forecast).toBeLessThan(now);
      expect(forecast).toBeLessThan(earlier);
    }
  }, 120_000);

  test('every recorded count is judged, and what had to be clamped is told', () => {
    const meta = parse(readFileSync(join(folder, 'parking_de', 'meta-data.csv')), { columns: true, bom: true }) as Record<
      string,
      string
    >[];
    const capacity = new Map(meta.map((row) => [row.place_id, Number(row.num_all)]));
    const counts = { rows: 0, judged: 0, negative: 0, aboveCapacity: 0 };
    for (const name of days) {
      const [header = [], ...lines] = parse(readFileSync(join(folder, 'parking_de', name)), { bom: true }) as string[][];
      for (const line of lines) {
        line.slice(1).forEach((cell, column) => {
          if (cell === '') return;
          counts.rows += 1;
          const bays = capacity.get(header[column + 1] ?? '');
          const free = Number(cell);
          const judged = assessParkingRow({ free, ...(bays ? { capacity: bays } : {}) }, STANDARDS);
          if (judged.guidance === 'none') return;
          counts.judged += 1;
          if (free < 0) counts.negative += 1;
          if (bays !== undefined && free > bays) counts.aboveCapacity += 1;
          expect(judged.clamped).toBe(free < 0 ? free : Math.max(0, free - (bays ?? 0)));
          expect(judged.occupancy).toBeGreaterThanOrEqual(0);
          expect(judged.occupancy).toBeLessThanOrEqual(1);
        });
      }
    }
    console.log(`car parks: ${JSON.stringify(counts)}`);
    expect(counts.judged).toBeGreaterThan(1000);
  });
});
