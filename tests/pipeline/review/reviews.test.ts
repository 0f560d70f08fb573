import { QUALITY } from '@clearbay/domain/quality.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AIR, dayOf, hourly, MIDNIGHT, openReviewStage, type ReviewStage } from './stage.ts';

const START = MIDNIGHT - DAY_MS;

describe('a review', () => {
  let stage: ReviewStage;
  beforeEach(async () => {
    stage = await openReviewStage(MIDNIGHT + HOUR_MS);
    await stage.commit(dayOf(1, (hour) => (hour === 3 || hour === 4 ? 400 : 20)));
  });
  afterEach(() => stage.stop());

  const order = (over: object = {}) =>
    ({
      station: AIR.id,
      metric: 'pm25',
      from: START + 4 * HOUR_MS,
      to: START + 5 * HOUR_MS,
      action: 'exclude',
      reason: 'calibration with test gas',
      person: 'lin',
      ...over,
    }) as const;
  const hours = (metric = 'pm25') =>
    stage.series.rollups({ level: 'hour', stations: [AIR.id], metrics: [metric], from: START, to: MIDNIGHT });
  const day = async (metric = 'pm25') =>
    (await stage.series.rollups({ level: 'day', stations: [AIR.id], metrics: [metric], from: START, to: START }))[0];

  test('takes the values out of hours and day, leaves them to be seen, and touches nothing else', async () => {
    const before = { day: await day(), others: await hours('pm10') };
    expect(before.day).toMatchObject({ validCount: 24, max: 400 });
    expect(await stage.desk.review(order())).toMatchObject({ id: 1, changed: 2, person: 'lin' });
    await stage.series.drained();

    expect(await day()).toMatchObject({ count: 24, validCount: 22, max: 20, sumMicro: 22 * 20_000_000 });
    expect((await hours()).filter(({ validCount }) => validCount === 0).map(({ at }) => at)).toEqual([
      START + 4 * HOUR_MS,
      START + 5 * HOUR_MS,
    ]);
    expect((await hours('pm10')).map(({ sumMicro, validCount }) => [sumMicro, validCount])).toEqual(
      before.others.map(({ sumMicro, validCount }) => [sumMicro, validCount]),
    );
    const readings = await stage.stored(START, MIDNIGHT + 1);
    expect(readings).toHaveLength(24);
    expect(readings[3]).toMatchObject({
      values: { pm25: 400, pm10: 20 },
      quality: { pm25: QUALITY.excluded },
      correction: true,
      rev: 1,
    });
    expect(stage.restarted).toEqual([AIR.id]);
    expect(await stage.state.reviews.list({ station: AIR.id, limit: 9 })).toMatchObject([
      { person: 'lin', reason: 'calibration with test gas', changed: 2 },
    ]);
  });

  test('that is put back gives exactly the figures from before', async () => {
    const before = await day();
    await stage.desk.review(order());
    await stage.desk.review(order({ action: 'restore', reason: 'the gas was for another station', person: 'chen' }));
    await stage.series.drained();
    const after = await day();
    expect({ ...after, revision: 0 }).toEqual({ ...before, revision: 0 });
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
    expect((await stage.stored(START, MIDNIGHT + 1))[3]?.quality).toBeUndefined();
    expect(
      (await stage.state.reviews.list({ station: AIR.id, limit: 9 })).map(({ action, changed }) => [action, changed]),
    ).toEqual([
      ['restore', 2],
      ['exclude', 2],
    ]);
  });

  test('keeps other quality flags of a value', async () => {
    const flagged = hourly(START + 90 * 60_000, 7, { quality: { pm25: QUALITY.late | QUALITY.rate } });
    await stage.commit([flagged]);
    await stage.desk.review(order({ from: flagged.at, to: flagged.at }));
    await stage.desk.review(order({ from: flagged.at, to: flagged.at, action: 'restore' }));
    expect((await stage.stored(flagged.at, flagged.at + 1))[0]?.quality).toEqual({ pm25: QUALITY.late | QUALITY.rate });
  });

  test('of a value that a device corrects meanwhile is carried out on the correction', async () => {
    const at = START + 4 * HOUR_MS;
    const reviewing = stage.desk.review(order());
    const correcting = stage.commit([hourly(at, 33, { correction: true, rev: 1 })]);
    await Promise.all([reviewing, correcting]);
    await stage.series.drained();
    expect((await stage.stored(at, at + 1))[0]).toMatchObject({ quality: { pm25: QUALITY.excluded } });
    expect((await hours()).find((hour) => hour.at === at)).toMatchObject({ count: 1, validCount: 0 });
  });

  test('of a span without readings of the metric is refused and leaves no trace', async () => {
    await expect(stage.desk.review(order({ metric: 'voc' }))).rejects.toMatchObject({ code: 'readings.none' });
    await expect(stage.desk.review(order({ from: 0, to: 2 * 366 * DAY_MS }))).rejects.toMatchObject({ code: 'input.invalid' });
    expect(await stage.state.reviews.list({ station: AIR.id, limit: 9 })).toEqual([]);
    expect(stage.standing.of(AIR.id, START)).toBeUndefined();
  });

  test('that the disk stopped half-way is finished at the next start', async () => {
    const id = await stage.state.reviews.add({ ...order(), at: MIDNIGHT });
    stage = await stage.reopen();
    expect(stage.standing.unfinished).toMatchObject([{ id }]);
    stage.desk.start();
    await expect.poll(async () => (await stage.state.reviews.all())[0]?.changed).toBe(2);
    await stage.series.drained();
    expect(await day()).toMatchObject({ validCount: 22 });
    stage = await stage.reopen();
    expect(stage.standing.of(AIR.id, START)).toMatchObject([{ excluded: true }]);
    expect(stage.standing.unfinished).toEqual([]);
  });
});
