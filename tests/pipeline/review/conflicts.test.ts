import { QUALITY } from '@clearbay/domain/quality.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AIR, dayOf, hourly, MIDNIGHT, openReviewStage, type ReviewStage } from './stage.ts';

const START = MIDNIGHT - DAY_MS;
const AT = START + 4 * HOUR_MS;

describe('a reading that came again with other content', () => {
  let stage: ReviewStage;
  beforeEach(async () => {
    stage = await openReviewStage(MIDNIGHT + HOUR_MS);
    await stage.commit(dayOf(1, (hour) => (hour === 3 ? 900 : 20)));
  });
  afterEach(() => stage.stop());

  const order = (id: number, decision: 'accept' | 'dismiss' = 'accept') =>
    ({ id, decision, reason: 'the logger has 30', person: 'lin' }) as const;
  const open = async () => (await stage.conflicts.list({ limit: 9 })).map(({ id, offered }) => [id, offered.values.pm25]);
  const day = async () =>
    (await stage.series.rollups({ level: 'day', stations: [AIR.id], metrics: ['pm25'], from: START, to: START }))[0];
  const current = async () => (await stage.stored(AT, AT + 1))[0];

  test('is shown beside what counts, and changes nothing by itself', async () => {
    await stage.commit([hourly(AT, 30, { receivedAt: AT + 5000, marks: { pm25: 'M' } })]);
    const values = { pm10: 20, so2: 5, no2: 10, o3: 40, co: 0.4 };
    expect(await stage.conflicts.list({ station: AIR.id, from: AT, to: AT, limit: 9 })).toEqual([
      {
        id: 1,
        station: AIR.id,
        device: 'd1',
        bay: null,
        at: AT,
        offered: { values: { pm25: 30, ...values }, marks: { pm25: 'M' }, receivedAt: AT + 5000, rev: 0 },
        current: { values: { pm25: 900, ...values }, marks: {}, receivedAt: AT + 1000, rev: 0 },
      },
    ]);
    expect(await day()).toMatchObject({ count: 24, max: 900 });
  });

  test('counts once it is accepted: hours and day are recomputed, and the restatement names who and why', async () => {
    await stage.compare();
    await stage.commit([hourly(AT, 30), hourly(AT, 31)]);
    expect(await open()).toEqual([
      [2, 31],
      [1, 30],
    ]);
    await stage.conflicts.decide(order(1));
    await stage.compare();
    expect(await current()).toMatchObject({ values: { pm25: 30 }, correction: true, rev: 1 });
    expect(await day()).toMatchObject({ count: 24, validCount: 24, max: 30, sumMicro: (23 * 20 + 30) * 1_000_000 });
    expect(stage.restarted).toEqual([AIR.id]);
    const restated = await stage.state.days.restatements({ limit: 9 });
    expect(restated).toMatchObject([{ day: START, cause: 'correction', person: 'lin', reason: 'the logger has 30' }]);
    expect(await open()).toEqual([]);
    await expect(stage.conflicts.decide(order(2))).rejects.toMatchObject({ code: 'conflict.unknown' });
    expect([...(await stage.commit([hourly(AT, 900), hourly(AT, 30), hourly(AT, 31)]))]).toEqual([1, 1, 1]);
  });

  test('is closed where an officer keeps what counts', async () => {
    await stage.commit([hourly(AT, 30), hourly(AT, 31)]);
    await stage.conflicts.decide(order(1, 'dismiss'));
    expect(await open()).toEqual([[2, 31]]);
    expect(stage.ledger.status().candidates).toBe(1);
    expect(await current()).toMatchObject({ values: { pm25: 900 }, rev: 0 });
    await expect(stage.conflicts.decide(order(1))).rejects.toMatchObject({ code: 'conflict.unknown' });
    expect(stage.restarted).toEqual([]);
  });

  test('stays taken out where a review has taken its moment out', async () => {
    await stage.commit([hourly(AT, 30)]);
    await stage.desk.review({
      station: AIR.id,
      metric: 'pm25',
      from: AT,
      to: AT,
      action: 'exclude',
      reason: 'calibration',
      person: 'chen',
    });
    expect(await open()).toEqual([[1, 30]]);
    await stage.conflicts.decide(order(1));
    await stage.series.drained();
    expect(await current()).toMatchObject({ values: { pm25: 30 }, quality: { pm25: QUALITY.excluded }, rev: 2 });
    expect(await day()).toMatchObject({ count: 24, validCount: 23, max: 20 });
  });

  test('can be accepted when the ledger has let go what counts', async () => {
    await stage.commit([hourly(AT, 950, { correction: true, rev: 3 })]);
    await stage.commit([hourly(AT, 30)]);
    await stage.ledger.maintain();
    stage.clock.at += 15 * DAY_MS;
    await stage.commit([hourly(stage.clock.at, 20)]);
    stage.ledger.release(stage.ledger.status().lastSeq);
    await stage.ledger.maintain();
    expect(await stage.conflicts.list({ limit: 9 })).toMatchObject([{ id: 2, current: null }]);
    await stage.conflicts.decide(order(2));
    await stage.series.drained();
    expect(await current()).toMatchObject({ values: { pm25: 30 }, correction: true, rev: 4 });
    expect(await day()).toMatchObject({ count: 24, max: 30 });
    expect(await open()).toEqual([]);
  });

  test('is decided on what counts then where a device corrects it meanwhile', async () => {
    await stage.commit([hourly(AT, 30)]);
    const judged = hourly(AT, 900, { quality: { pm25: QUALITY.rate }, correction: true, rev: 1 });
    await Promise.all([stage.conflicts.decide(order(1)), stage.commit([judged])]);
    expect(await current()).toMatchObject({ values: { pm25: 30 }, correction: true });
    expect(await open()).toEqual([]);
  });
});
