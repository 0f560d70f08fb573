import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@clearbay/contract/clock.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, dayStart, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import type { StoredGroup } from '@clearbay/store/ledger/stored-group.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reading, T0 } from './ledger-reading.ts';
import { expectedRollups } from './series-model.ts';

export interface SeriesPlace {
  /** A store on the same data each time it is called. */
  open(options: {
    readonly ledgerFile: string;
    readonly clock: Clock;
    readonly batchRows?: number;
  }): SeriesStore & { prune(): Promise<void>; take(group: StoredGroup): void };
  dispose(): Promise<void>;
}

/** Whether the ledger hands its rows over as it stores them, or all of them are read from its file. */
export type Feed = 'from the file' | 'handed over';

/** Groups are passed on together after 20 ms. */
const PASSED_ON_MS = 30;

/** Small reproducible generator, so that a failing order can be run again. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let left = result.length - 1; left > 0; left--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (left + 1);
    [result[left], result[other]] = [result[other] as T, result[left] as T];
  }
  return result;
}

/** What every series store owes the pipeline and the console. */
export function seriesStoreContract(name: string, feed: Feed, make: (folder: string) => Promise<SeriesPlace>): void {
  describe(`${name} as a series store, ${feed}`, () => {
    let folder: string;
    let place: SeriesPlace;
    let ledger: SqliteLedger;
    let store: ReturnType<SeriesPlace['open']>;
    let now = T0;
    const clock = { now: () => now };
    const ledgerFile = () => join(folder, 'ledger.db');

    beforeEach(async () => {
      now = T0 + 2 * DAY_MS;
      folder = await mkdtemp(join(tmpdir(), 'series-'));
      ledger = new SqliteLedger({ file: ledgerFile(), retentionMs: 7 * DAY_MS, maxBytes: 1e9, clock });
      await ledger.start();
      if (feed === 'handed over') ledger.follow((group) => store.take(group));
      place = await make(folder);
      store = place.open({ ledgerFile: ledgerFile(), clock });
      await store.start();
    });
    afterEach(async () => {
      await store.stop();
      await ledger.stop();
      await place.dispose();
      await rm(folder, { recursive: true });
    });

    const add = async (readings: readonly Reading[]) => {
      await ledger.append(readings);
      if (feed === 'handed over') await pause(PASSED_ON_MS);
      else store.wake();
      await store.drained();
    };
    const reopen = async (batchRows?: number) => {
      await store.stop();
      store = place.open({ ledgerFile: ledgerFile(), clock, ...(batchRows === undefined ? {} : { batchRows }) });
      await store.start();
    };
    const minutely = (count: number, change: (index: number) => Partial<Reading> = () => ({})) =>
      Array.from({ length: count }, (_, index) =>
        reading({ at: T0 + (index + 1) * MINUTE_MS, values: { pm25: index % 7 }, ...change(index) }),
      );
    const hours = (from = T0 - DAY_MS, to = T0 + DAY_MS, station = 'air-1') =>
      store.rollups({ level: 'hour', stations: [station], from, to });
    const days = (from = T0 - 2 * DAY_MS, to = T0 + 2 * DAY_MS) => store.rollups({ level: 'day', stations: ['air-1'], from, to });
    const raw = (from: number, to: number, metric = 'pm25') =>
      store.series({ station: 'air-1', metric, from, to, resolution: 'raw' });

    test('shows raw points as they are, excluded ones with their flags', async () => {
      await add([
        reading({ at: T0, values: { pm25: 10.5 } }),
        reading({ at: T0 + 1, values: { pm25: 9999 }, quality: { pm25: QUALITY.range } }),
        reading({ at: T0 + 2, values: { pm25: -3 }, quality: { pm25: QUALITY.late } }),
      ]);
      const point = (at: number, value: number, flags: number, validCount = 1) => ({
        at,
        mean: value,
        min: value,
        max: value,
        count: 1,
        validCount,
        flags,
      });
      expect(await raw(T0, T0 + 3)).toEqual({
        resolution: 'raw',
        bucketMs: 0,
        points: [point(T0, 10.5, 0), point(T0 + 1, 9999, QUALITY.range, 0), point(T0 + 2, -3, QUALITY.late)],
      });
      expect((await raw(T0 + 1, T0 + 2)).points.map(({ at }) => at)).toEqual([T0 + 1]);
      expect((await raw(T0, T0 + 3, 'pm10')).points).toEqual([]);
    });

    test('rebuilds whole readings of a station, bays and devices apart', async () => {
      const full = reading({
        at: T0 + 5,
        bay: 'A-017',
        origin: 'replayed',
        periodMs: 3_600_000,
        values: { pm25: -0.1, o3: 123456.789, co: 0 },
        marks: { pm25: 'T', o3: 'N' },
        quality: { pm25: QUALITY.overRange },
        historical: true,
      });
      const others = [
        reading({ at: T0 + 6 }),
        reading({ at: T0 + 6, device: 'air-1-b', values: { pm25: 3 }, origin: 'simulated' }),
      ];
      await add([...others, full, reading({ station: 'air-2' })]);
      const found = await store.readings('air-1', T0, T0 + 7);
      expect(found[0]).toEqual(full);
      expect(found.slice(1).sort((a, b) => (a.device < b.device ? -1 : 1))).toEqual(others);
      expect(await store.readings('air-1', T0, T0 + 6)).toEqual([full]);
      expect(await store.readings('nowhere', T0, T0 + 7)).toEqual([]);
    });

    test('knows the latest value by event time, never one from the future, and still after a restart', async () => {
      await add([
        reading({ at: T0 + 5, values: { pm25: 5, pm10: 50 } }),
        reading({ at: T0 + 9, values: { pm25: 9 } }),
        reading({ at: T0 + 7, values: { pm25: 7 } }),
        reading({ at: T0 + 99, values: { pm25: 99 }, quality: { pm25: QUALITY.future } }),
        reading({ station: 'air-2', at: T0, values: { pm25: 2 }, quality: { pm25: QUALITY.stuck } }),
      ]);
      const expected = [
        { station: 'air-1', metric: 'pm10', at: T0 + 5, value: 50, flags: 0 },
        { station: 'air-1', metric: 'pm25', at: T0 + 9, value: 9, flags: 0 },
        { station: 'air-2', metric: 'pm25', at: T0, value: 2, flags: QUALITY.stuck },
      ];
      const byName = (rows: readonly { station: string; metric: string }[]) =>
        [...rows].sort((a, b) => (`${a.station} ${a.metric}` < `${b.station} ${b.metric}` ? -1 : 1));
      expect(byName(await store.latest())).toEqual(expected);
      expect(byName(await store.latest(['air-2', 'nowhere']))).toEqual(expected.slice(2));
      await reopen();
      expect(byName(await store.latest())).toEqual(expected);
    });

    test('sums hours labelled by their end and natural days of the district exactly', async () => {
      const noon = T0;
      await add([
        reading({ at: noon, values: { pm25: 0.1 } }),
        reading({ at: noon + 1, values: { pm25: 0.2 } }),
        reading({ at: noon + HOUR_MS, values: { pm25: 0.7 }, origin: 'simulated' }),
        reading({ at: noon + HOUR_MS - 5, values: { pm25: 500 }, quality: { pm25: QUALITY.spike } }),
        reading({ at: dayStart(noon) + DAY_MS, values: { pm25: 4 } }),
        reading({ at: dayStart(noon), values: { pm25: 8 } }),
      ]);
      const row = { station: 'air-1', metric: 'pm25', revision: 0, simulated: false, flags: 0 };
      const one = (value: number) => ({ ...row, count: 1, validCount: 1, validMs: 60_000, min: value, max: value, last: value });
      expect(await hours()).toEqual([
        { ...one(8), at: dayStart(noon), sumMicro: 8_000_000 },
        { ...one(0.1), at: noon, sumMicro: 100_000 },
        {
          ...row,
          at: noon + HOUR_MS,
          count: 3,
          validCount: 2,
          validMs: 120_000,
          sumMicro: 900_000,
          min: 0.2,
          max: 0.7,
          last: 0.7,
          flags: QUALITY.spike,
          simulated: true,
        },
        { ...one(4), at: dayStart(noon) + DAY_MS, sumMicro: 4_000_000 },
      ]);
      const perDay = await days();
      expect(perDay.map(({ at, count, validCount, sumMicro, last }) => ({ at, count, validCount, sumMicro, last }))).toEqual([
        { at: dayStart(noon) - DAY_MS, count: 1, validCount: 1, sumMicro: 8_000_000, last: 8 },
        { at: dayStart(noon), count: 5, validCount: 4, sumMicro: 5_000_000, last: 4 },
      ]);
    });

    test('gives an hour of nothing but excluded values no mean, yet shows them', async () => {
      await add([reading({ at: T0, values: { pm25: 700 }, quality: { pm25: QUALITY.calibration } })]);
      expect((await hours())[0]).toMatchObject({
        count: 1,
        validCount: 0,
        validMs: 0,
        sumMicro: 0,
        min: null,
        max: null,
        last: null,
      });
      const shown = await store.series({ station: 'air-1', metric: 'pm25', from: T0 - HOUR_MS, to: T0 + 1, resolution: 'hour' });
      expect(shown.points).toEqual([
        { at: T0, mean: 700, min: 700, max: 700, count: 1, validCount: 0, flags: QUALITY.calibration },
      ]);
    });

    test('ends in the same rollups whatever the order, the batches and the duplicates', { timeout: 60_000 }, async () => {
      const readings = minutely(400, (index) => ({
        device: `air-1-${index % 2}`,
        values: { pm25: Math.round(Math.sin(index) * 1e7) / 1e6, no2: index / 3 },
        ...(index % 5 === 0 ? { quality: { pm25: index % 10 === 0 ? QUALITY.spike : QUALITY.late } } : {}),
        origin: index % 100 === 7 ? 'simulated' : 'measured',
      }));
      await reopen(37);
      const order = shuffled([...readings, ...readings.slice(0, 100)], 20_260_601);
      for (let first = 0; first < order.length; first += 60) {
        await ledger.append(order.slice(first, first + 60));
        if (first % 120 === 0) await store.drained();
        if (first === 240) await reopen(11);
      }
      await store.drained();
      const withoutRevision = (rows: readonly { revision: number }[]) => rows.map((row) => ({ ...row, revision: 0 }));
      expect(withoutRevision(await hours())).toEqual(expectedRollups('hour', readings));
      expect(withoutRevision(await days())).toEqual(expectedRollups('day', readings));
      expect((await store.readings('air-1', T0, T0 + DAY_MS)).length).toBe(400);
    });

    test('restates exactly the windows that late data touch, and tells which', async () => {
      await add(minutely(300));
      const before = await hours();
      const changes: unknown[] = [];
      store.onRestated((change) => changes.push(change));
      await add([reading({ at: T0 + 90 * MINUTE_MS + 1, values: { pm25: 77 } })]);
      const after = await hours();
      expect(changes).toEqual([{ station: 'air-1', from: T0 + 2 * HOUR_MS, to: T0 + 2 * HOUR_MS }]);
      for (const [index, row] of after.entries()) {
        const touched = row.at === T0 + 2 * HOUR_MS;
        const was = before[index];
        expect(row).toEqual(
          touched
            ? {
                ...was,
                count: 61,
                validCount: 61,
                // The 61st value lies in a minute that was sampled already.
                validMs: HOUR_MS,
                sumMicro: (was?.sumMicro ?? 0) + 77e6,
                max: 77,
                revision: (was?.revision ?? 0) + 1,
              }
            : was,
        );
      }
    });

    test('counts what two devices sampled at once as sampled once, over batches, restarts and corrections', async () => {
      const span = (device: string, from: number, minutes: number) =>
        Array.from({ length: minutes }, (_, index) =>
          reading({ at: T0 + (from + index + 1) * MINUTE_MS, device, values: { pm25: 10 } }),
        );
      await add(span('air-1-0', 0, 25));
      await reopen();
      await add(span('air-1-1', 0, 25));
      expect((await hours())[0]).toMatchObject({ validCount: 50, validMs: 25 * MINUTE_MS });
      await add(span('air-1-1', 25, 20));
      expect((await hours())[0]).toMatchObject({ validCount: 70, validMs: 45 * MINUTE_MS });
      const [first] = span('air-1-1', 25, 1);
      await ledger.append([{ ...first!, quality: { pm25: QUALITY.spike }, correction: true, rev: 1 }]);
      await store.drained();
      expect((await hours())[0]).toMatchObject({ validCount: 69, validMs: 44 * MINUTE_MS });
      expect((await days())[0]).toMatchObject({ validCount: 69, validMs: 69 * MINUTE_MS });
    });

    test('says nothing of hours that are still running', async () => {
      now = T0 + 30 * MINUTE_MS;
      await reopen();
      const changes: unknown[] = [];
      store.onRestated((change) => changes.push(change));
      await add(minutely(20));
      await add(minutely(25).slice(20));
      expect(changes).toEqual([]);
      expect((await hours())[0]).toMatchObject({ at: T0 + HOUR_MS, count: 25, revision: 0 });
    });

    test('replaces corrected readings everywhere: points, hours, days, latest', async () => {
      await add(minutely(120));
      const lastAt = T0 + 120 * MINUTE_MS;
      const changes: unknown[] = [];
      store.onRestated((change) => changes.push(change));
      const corrected = reading({ at: lastAt, values: { pm10: 41 }, correction: true, rev: 1 });
      await add([corrected, reading({ at: T0 + MINUTE_MS, values: { pm25: 1000 }, correction: true, rev: 1 })]);
      const readings = minutely(119).map((one, index) => (index === 0 ? { ...one, values: { pm25: 1000 } } : one));
      expect((await hours()).map((row) => ({ ...row, revision: 0 }))).toEqual(expectedRollups('hour', [...readings, corrected]));
      expect((await days()).map((row) => ({ ...row, revision: 0 }))).toEqual(expectedRollups('day', [...readings, corrected]));
      expect((await hours()).filter(({ metric }) => metric === 'pm25').map(({ revision }) => revision > 0)).toEqual([true, true]);
      expect(changes).toEqual([{ station: 'air-1', from: T0 + HOUR_MS, to: T0 + 2 * HOUR_MS }]);
      const latest = await store.latest();
      expect(latest.find(({ metric }) => metric === 'pm25')).toMatchObject({ at: T0 + 119 * MINUTE_MS });
      expect(latest.find(({ metric }) => metric === 'pm10')).toMatchObject({ at: lastAt, value: 41 });
      expect(await store.readings('air-1', lastAt, lastAt + 1)).toEqual([corrected]);
      expect((await raw(T0, T0 + 2 * MINUTE_MS)).points.map(({ mean }) => mean)).toEqual([1000]);
    });

    test('keeps minimum and maximum in at most as many points as asked for', async () => {
      const spike = { 777: 5000, 1500: -40 } as Record<number, number>;
      await add(minutely(2500, (index) => ({ values: { pm25: spike[index] ?? index % 10 } })));
      const query = { station: 'air-1', metric: 'pm25', from: T0, to: T0 + 2500 * MINUTE_MS + 1 };
      for (const maxPoints of [50, 500, undefined]) {
        const { points, resolution, bucketMs } = await store.series({
          ...query,
          ...(maxPoints === undefined ? {} : { maxPoints }),
        });
        expect(resolution).toBe('raw');
        expect(bucketMs).toBeGreaterThan(0);
        expect(points.length).toBeLessThanOrEqual(maxPoints ?? 2000);
        expect(Math.max(...points.map(({ max }) => max))).toBe(5000);
        expect(Math.min(...points.map(({ min }) => min))).toBe(-40);
        expect(points.reduce((total, { count }) => total + count, 0)).toBe(2500);
        expect(points.every(({ at }, index) => index === 0 || at > (points[index - 1]?.at ?? 0))).toBe(true);
      }
      const hourly = await store.series({ ...query, resolution: 'hour', maxPoints: 10 });
      expect(hourly.points.length).toBeLessThanOrEqual(10);
      expect(hourly.points.reduce((total, { count }) => total + count, 0)).toBe(2500);
      expect(Math.max(...hourly.points.map(({ max }) => max))).toBe(5000);
    });

    test('joins more raw points than are held at once, none twice and none left out', { timeout: 60_000 }, async () => {
      const seconds = Array.from({ length: 130_000 }, (_, index) =>
        reading({ at: T0 + index * 1000, periodMs: 1000, values: { pm25: index === 99_999 ? 5000 : index % 10 } }),
      );
      await add(seconds);
      const query = { station: 'air-1', metric: 'pm25', from: T0 + 500, to: T0 + 129_500_000, resolution: 'raw' } as const;
      const { points, bucketMs } = await store.series(query);
      expect(points.length).toBeLessThanOrEqual(2000);
      expect(points.reduce((total, { count }) => total + count, 0)).toBe(129_499);
      expect(points.every(({ at }, index) => index === 0 || at - (points[index - 1]?.at ?? 0) === bucketMs)).toBe(true);
      const peak = points.find(({ max }) => max === 5000);
      expect(peak?.at).toBeGreaterThanOrEqual(T0 + 99_999_000);
      expect((peak?.at ?? 0) - bucketMs).toBeLessThan(T0 + 99_999_000);
    });

    test('keeps to the rule of identity for what the ledger has forgotten', async () => {
      const at = (minute: number, pm25: number, rev = 0) =>
        reading({ at: T0 + minute * MINUTE_MS, values: { pm25 }, ...(rev > 0 && { correction: true, rev }) });
      await add([1, 2, 3, 4, 5].map((minute) => at(minute, 10)));
      await add([at(2, 22, 2), at(3, 22, 2)]);
      await ledger.maintain();
      now += 8 * DAY_MS;
      await add([reading({ at: now, station: 'other', device: 'other' })]);
      ledger.release(store.status().cursor);
      await ledger.maintain();
      expect(ledger.status().oldestSeq).toBe(ledger.status().lastSeq);

      const outcomes = [...(await ledger.append([at(1, 10), at(2, 22, 2), at(3, 21, 1), at(4, 99), at(5, 33, 3)]))];
      expect(outcomes).toEqual([0, 0, 0, 0, 0]);
      await store.drained();
      expect((await raw(T0, T0 + 6 * MINUTE_MS)).points.map(({ mean }) => mean)).toEqual([10, 22, 22, 10, 33]);
      expect((await hours()).map(({ count, sumMicro }) => [count, sumMicro])).toEqual([[5, 97_000_000]]);
      expect(store.status().setAside).toBe(2);
      await reopen();
      expect(store.status().setAside).toBe(2);
    });

    test('keeps the figures of an hour in which a device also sent absurd values of both signs', async () => {
      const absurd = (minute: number, pm25: number) =>
        reading({ at: T0 + minute * MINUTE_MS, values: { pm25 }, quality: { pm25: QUALITY.range } });
      await add([absurd(1, 1.7e308), absurd(2, -1.7e308), reading({ at: T0 + 3 * MINUTE_MS, values: { pm25: 12.5 } })]);
      const hour = { count: 3, validCount: 1, sumMicro: 12_500_000, min: 12.5, max: 12.5 };
      expect(await hours()).toMatchObject([hour]);
      expect(await days()).toMatchObject([hour]);
      expect(store.status().setAside).toBe(0);
    });

    test('sets aside rows that it cannot write, each with its reason, and writes their neighbours', {
      timeout: 60_000,
    }, async () => {
      await store.stop();
      await ledger.append(minutely(60));
      await ledger.maintain();
      const database = new DatabaseSync(ledgerFile());
      // Values after which nothing comes, and one of a metric that nobody knows.
      database.exec('UPDATE entry SET body = substr(body, 1, 16) WHERE seq = 20');
      const [cut, odd] = database.prepare('SELECT body FROM entry WHERE seq IN (20, 40) ORDER BY seq').all() as {
        body: Uint8Array;
      }[];
      new DataView((odd as { body: Uint8Array }).body.buffer).setUint16(14, 60_000, true);
      database.prepare('UPDATE entry SET body = ? WHERE seq = 40').run((odd as { body: Uint8Array }).body);
      database.close();
      expect(cut?.body.length).toBe(16);
      await reopen();
      await store.drained();
      expect((await store.readings('air-1', T0, T0 + DAY_MS)).map(({ at }) => (at - T0) / MINUTE_MS)).toEqual(
        minutely(60)
          .map(({ at }) => (at - T0) / MINUTE_MS)
          .filter((_, index) => index !== 19 && index !== 39),
      );
      expect((await hours()).map(({ count }) => count)).toEqual([58]);
      expect(store.status()).toMatchObject({ state: 'up', lag: 0, setAside: 2 });
      expect(store.status().unwritable).toEqual([
        expect.stringMatching(/air-1-a for air-1 at .*: the bytes of ledger row 20 are no reading/),
        expect.stringMatching(/air-1-a for air-1 at .*: ledger row names an unknown metric/),
      ]);
      await reopen();
      expect(store.status().setAside).toBe(2);
    });

    test('chooses hours for months and days for years', async () => {
      await add(minutely(180));
      const query = { station: 'air-1', metric: 'pm25', to: T0 + DAY_MS };
      const month = await store.series({ ...query, from: T0 - 30 * DAY_MS });
      expect(month).toMatchObject({ resolution: 'hour', bucketMs: HOUR_MS });
      expect(month.points.map(({ at }) => at)).toEqual([1, 2, 3].map((hour) => T0 + hour * HOUR_MS));
      const year = await store.series({ ...query, from: T0 - 365 * DAY_MS });
      expect(year).toMatchObject({ resolution: 'day', bucketMs: DAY_MS });
      expect(year.points).toMatchObject([{ at: dayStart(T0) + DAY_MS, count: 180 }]);
    });

    test('keeps the stations and metrics of hostile names apart from all others', async () => {
      const names = [
        `a'b`,
        `a"b`,
        `a' OR '1'='1`,
        'a b,c=d',
        'a\\',
        `a'; DROP TABLE points; --`,
        '河口 1',
        '$1',
        "a\\'b",
        '/.*/',
      ];
      await add(
        names.flatMap((station, index) => [
          reading({ station, device: station, bay: station, at: T0, values: { [station]: index, pm25: index } }),
        ]),
      );
      for (const [index, station] of names.entries()) {
        const { points } = await store.series({ station, metric: station, from: T0, to: T0 + 1, resolution: 'raw' });
        expect(points.map(({ mean }) => mean)).toEqual([index]);
        expect((await store.readings(station, T0, T0 + 1)).map(({ bay, values }) => [bay, values.pm25])).toEqual([
          [station, index],
        ]);
        expect(await store.rollups({ level: 'hour', stations: [station], metrics: [station], from: T0, to: T0 })).toHaveLength(1);
      }
      expect(await store.latest()).toHaveLength(names.length * 2);
    });

    test('writes everything once over stops and starts in the middle', { timeout: 60_000 }, async () => {
      await reopen(50);
      const all = minutely(1000);
      for (let first = 0; first < 1000; first += 200) {
        await ledger.append(all.slice(first, first + 200));
        store.wake();
        await reopen(50);
      }
      await store.drained();
      expect(store.status()).toMatchObject({ state: 'up', cursor: 1000, lag: 0 });
      expect((await store.readings('air-1', T0, T0 + DAY_MS)).length).toBe(1000);
      expect((await days()).reduce((total, { count }) => total + count, 0)).toBe(1000);
    });

    test('drains after a mere wake and answers queries meanwhile', { timeout: 60_000 }, async () => {
      await reopen(500);
      const all = minutely(20_000, (index) => ({ station: `air-${index % 10}`, at: T0 - 10 * DAY_MS + index * 1000 }));
      for (let first = 0; first < all.length; first += 1000) await ledger.append(all.slice(first, first + 1000));
      store.wake();
      let queries = 0;
      while (store.status().cursor < 20_000) {
        await store.series({ station: 'air-1', metric: 'pm25', from: T0 - 12 * DAY_MS, to: T0 });
        queries += 1;
      }
      expect(queries).toBeGreaterThan(0);
      expect((await store.readings('air-1', T0 - 11 * DAY_MS, T0)).length).toBe(2000);
    });

    test('drops raw points past their retention and lets the figures of their days stand', async () => {
      await add(minutely(100));
      const before = { hours: await hours(), days: await days() };
      now = T0 + 100 * DAY_MS;
      await store.prune();
      expect(await store.readings('air-1', T0, T0 + DAY_MS)).toEqual([]);
      expect(await hours()).toEqual(before.hours);
      const late = [reading({ at: T0 + 90_001, values: { pm25: 1e6 } }), reading({ at: now, values: { pm25: 3 } })];
      await add([...late, reading({ at: T0 + MINUTE_MS, values: { pm25: 1e6 }, correction: true, rev: 1 })]);
      expect(await hours()).toEqual(before.hours);
      expect(await days()).toEqual(before.days);
      expect(await store.readings('air-1', now - 1, now + 1)).toEqual([late[1]]);
    });
  });
}
