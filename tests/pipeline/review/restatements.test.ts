import { DAY_MS, HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AIR, dayOf, hourly, MIDNIGHT, openReviewStage, type ReviewStage } from './stage.ts';

const START = MIDNIGHT - DAY_MS;

describe('the record of ended days', () => {
  let stage: ReviewStage;
  beforeEach(async () => {
    stage = await openReviewStage(MIDNIGHT + HOUR_MS);
  });
  afterEach(() => stage.stop());

  const record = async () =>
    (await stage.state.days.restatements({ limit: 99 })).map(({ day, cause, person, reason, old, new: now }) => ({
      day,
      cause,
      person,
      reason,
      change: [old.value, now.value],
    }));
  const given = async (day = START) => (await stage.state.days.published(AIR.id, day, day + 1))[0]?.figure;

  test('gives a day out once; what was there before the system is no restatement', async () => {
    await stage.commit(dayOf(1, () => 20));
    await stage.compare();
    expect(await given()).toMatchObject({ metric: 'aqi', rating: expect.any(String), edition: expect.stringContaining('2026') });
    expect((await given())?.value).toBeGreaterThan(0);
    await stage.compare();
    expect(await record()).toEqual([]);
  });

  test('names late data, with old and new figure', async () => {
    const whole = dayOf(1, (hour) => (hour < 20 ? 20 : 200));
    await stage.commit(whole.slice(0, 20));
    await stage.compare();
    const old = (await given())?.value;
    await stage.commit(whole.slice(20));
    await stage.compare();
    const now = (await given())?.value;
    expect(now).toBeGreaterThan(old ?? 0);
    expect(await record()).toEqual([{ day: START, cause: 'late', person: null, reason: null, change: [old, now] }]);
  });

  test('names a device’s correction', async () => {
    await stage.commit(dayOf(1, (hour) => (hour === 0 ? 900 : 20)));
    await stage.compare();
    await stage.commit([hourly(START + HOUR_MS, 20, { correction: true, rev: 1 })]);
    await stage.compare();
    expect(await record()).toMatchObject([{ day: START, cause: 'correction', person: null }]);
  });

  test('names the person of a review and why', async () => {
    await stage.commit(dayOf(1, (hour) => (hour === 0 ? 900 : 20)));
    await stage.compare();
    const order = { station: AIR.id, metric: 'pm25', from: START + HOUR_MS, to: START + HOUR_MS };
    await stage.desk.review({ ...order, action: 'exclude', reason: 'spike of the pump', person: 'lin' });
    await stage.compare();
    expect(await record()).toMatchObject([{ cause: 'review', person: 'lin', reason: 'spike of the pump' }]);
  });

  test('finds after a restart what the last process changed and did not compare', async () => {
    await stage.commit(dayOf(1, (hour) => (hour === 0 ? 900 : 20)));
    await stage.compare();
    stage.clock.at += MINUTE_MS;
    const order = { station: AIR.id, metric: 'pm25', from: START + HOUR_MS, to: START + HOUR_MS };
    await stage.desk.review({ ...order, action: 'exclude', reason: 'spike of the pump', person: 'lin' });
    await stage.series.drained();
    stage = await stage.reopen();
    await stage.compare();
    expect(await record()).toMatchObject([{ day: START, cause: 'review', person: 'lin' }]);
    await stage.compare();
    expect(await record()).toHaveLength(1);
  });

  test('keeps a day without data as such from the first start on, so that data a week late are a restatement', async () => {
    stage.clock.at = MIDNIGHT + 2 * DAY_MS;
    stage = await stage.reopen();
    await stage.compare();
    expect(await given(MIDNIGHT - DAY_MS)).toBeUndefined();
    expect(await given(MIDNIGHT)).toMatchObject({ value: null, rating: 'none' });
    await stage.commit(dayOf(0, () => 20));
    await stage.commit(dayOf(1, () => 20));
    await stage.compare();
    expect(await record()).toMatchObject([{ day: MIDNIGHT, cause: 'late', change: [null, expect.any(Number)] }]);
  });

  test('leaves the running day and the first half hour after its end alone', async () => {
    stage.clock.at = MIDNIGHT + 20 * MINUTE_MS;
    stage = await stage.reopen();
    await stage.commit(dayOf(1, () => 20).slice(0, 22));
    await stage.compare();
    expect(await given()).toBeUndefined();
  });

  test('does not speak of changes that leave the figure as it was', async () => {
    await stage.commit(dayOf(1, () => 20));
    await stage.compare();
    await stage.commit([hourly(START + HOUR_MS, 20, { correction: true, rev: 1 })]);
    await stage.compare();
    expect(await record()).toEqual([]);
  });
});
