import type { DayFigureView } from '@clearbay/contract/api.ts';
import type { ImportRow } from '@clearbay/store/ports/intake.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface StateFixture {
  open(): Promise<StateStore>;
  remove(): Promise<void>;
}

function figure(value: number | null): DayFigureView {
  return { metric: 'aqi', value, unit: '', rating: 'good', text: { zh: '良', en: 'good' }, edition: 'HJ 633-2026' };
}

/** What every state store must do for intake, whatever database carries it. */
export function intakeStoreContract(name: string, create: () => Promise<StateFixture>): void {
  describe(`state of intake: ${name}`, () => {
    let fixture: StateFixture;
    let store: StateStore;

    beforeEach(async () => {
      fixture = await create();
      store = await fixture.open();
    });
    afterEach(async () => {
      await store.stop();
      await fixture.remove();
    });

    const claim = (id: string, over: object = {}) =>
      store.claims.add({ id, codeHash: `code-${id}`, stations: ['s1'], createdBy: 'op', createdAt: 1, expiresAt: 100, ...over });
    const redeem = (id: string, device = 'd1', at = 50) =>
      store.claims.redeem({ codeHash: `code-${id}`, device, secretHash: `secret-${id}`, address: '10.0.0.9', at });

    test('a former password is kept with its end and gone after the next save without one', async () => {
      const rotated = {
        device: 'd1',
        passwordHash: 'new',
        formerPasswordHash: 'old',
        formerUntil: 1_790_000_000_123,
        stations: [],
      };
      await store.devices.save(rotated);
      expect(await store.devices.all()).toEqual([rotated]);
      await store.devices.save({ device: 'd1', passwordHash: 'new', stations: [] });
      expect(await store.devices.all()).toEqual([{ device: 'd1', passwordHash: 'new', stations: [] }]);
    });

    test('a code is redeemed once, before it expires, for a device without another claim', async () => {
      await claim('a');
      await claim('b');
      expect(await redeem('none')).toBe('unknown');
      expect(await redeem('a', 'd1', 100)).toBe('unknown');
      expect(await redeem('a')).toBe('redeemed');
      expect(await redeem('a', 'd2')).toBe('unknown');
      expect(await redeem('b')).toBe('taken');
      expect(await redeem('b', 'd2')).toBe('redeemed');
      expect(await store.claims.bySecret('secret-a')).toMatchObject({ device: 'd1', state: 'pending', address: '10.0.0.9' });
    });

    test('of many that redeem one code at once, one gets it', async () => {
      await claim('a');
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => redeem('a', `d${index}`)));
      expect(answers.filter((answer) => answer === 'redeemed')).toHaveLength(1);
    });

    test('an approved claim is collected once, and the credential is saved with it', async () => {
      await claim('a');
      await redeem('a');
      const credential = { device: 'd1', passwordHash: 'h', stations: ['s1'] };
      expect(await store.claims.collect('a', credential)).toBe(false);
      expect(await store.claims.decide({ device: 'd1', state: 'approved', by: 'op', at: 60 })).toMatchObject({ id: 'a' });
      expect(await store.claims.decide({ device: 'd1', state: 'rejected', by: 'op', at: 61 })).toBeUndefined();
      const collected = await Promise.all([store.claims.collect('a', credential), store.claims.collect('a', credential)]);
      expect(collected.sort()).toEqual([false, true]);
      expect(await store.devices.all()).toEqual([credential]);
      expect(await store.claims.list(9)).toMatchObject([{ state: 'collected', decidedBy: 'op', decidedAt: 60 }]);
    });

    test('a rejected device may come again with another code', async () => {
      await claim('a');
      await claim('b');
      await redeem('a');
      await store.claims.decide({ device: 'd1', state: 'rejected', by: 'op', at: 60 });
      expect(await redeem('b')).toBe('redeemed');
    });

    test('reviews are numbered in order, finished, and listed by station', async () => {
      const review = { metric: 'pm25', from: 1, to: 2, action: 'exclude', person: 'lin', reason: 'calibration', at: 9 } as const;
      const first = await store.reviews.add({ station: 's1', ...review });
      const second = await store.reviews.add({ station: 's1', ...review, action: 'restore' });
      await store.reviews.add({ station: 's2', ...review });
      await store.reviews.finish(first, 7);
      expect(second).toBeGreaterThan(first);
      expect((await store.reviews.all()).map(({ changed }) => changed)).toEqual([7, null, null]);
      expect(await store.reviews.list({ station: 's1', limit: 1 })).toMatchObject([{ id: second, action: 'restore' }]);
      expect(await store.reviews.list({ station: 's1', before: second, limit: 9 })).toEqual([
        { id: first, station: 's1', ...review, changed: 7 },
      ]);
    });

    test('a day is given out once, and restated together with its record', async () => {
      await store.days.publish([1, 2, 3].map((day) => ({ station: 's1', day, figure: figure(day), at: 5 })));
      await store.days.publish([{ station: 's1', day: 1, figure: figure(99), at: 6 }]);
      const change = {
        station: 's1',
        day: 2,
        at: 7,
        cause: 'review',
        person: 'lin',
        reason: 'spike',
        old: figure(2),
        new: figure(null),
      };
      await store.days.restate([{ ...change, cause: 'review' }]);
      expect((await store.days.published('s1', 1, 3)).map((day) => [day.day, day.figure.value, day.at])).toEqual([
        [1, 1, 5],
        [2, null, 7],
      ]);
      const [record] = await store.days.restatements({ station: 's1', limit: 5 });
      expect(record).toEqual({ id: record?.id, ...change });
      expect(await store.days.restatements({ station: 's2', limit: 5 })).toEqual([]);
      expect(await store.days.restatements({ from: 3, limit: 5 })).toEqual([]);
      expect(await store.days.restatements({ before: record?.id, limit: 5 })).toEqual([]);
    });

    test('answers are found by their key, over a restart, until newer ones take their place', async () => {
      const answered = (key: string, at: number, answer = '{}') => ({ key, at, digest: `digest of ${key}`, answer });
      const limits = { since: 0, rows: 3, bytes: 100 };
      await store.answers.save(answered('a', 1), limits);
      await store.answers.save(answered('b', 2), limits);
      await store.answers.save(answered('a', 3, '[1]'), limits);
      await store.stop();
      store = await fixture.open();
      expect(await store.answers.find('a')).toEqual(answered('a', 3, '[1]'));
      expect(await store.answers.find('c')).toBeUndefined();
      const kept = async () => {
        const all = ['a', 'b', 'c', 'd', 'e'].map(async (key) => ((await store.answers.find(key)) === undefined ? '' : key));
        return (await Promise.all(all)).join('');
      };
      await store.answers.save(answered('c', 4), limits);
      expect(await kept()).toBe('abc');
      await store.answers.save(answered('d', 5), limits);
      expect(await kept()).toBe('acd');
      await store.answers.save(answered('e', 6, 'x'.repeat(99)), limits);
      expect(await kept()).toBe('e');
      await store.answers.save(answered('b', 9), { ...limits, since: 7 });
      expect(await kept()).toBe('b');
    });

    test('imports are found until and after their end', async () => {
      const counts = { stored: 0, duplicate: 0, conflict: 0, replaced: 0, refused: 0 };
      const job = (id: string, createdAt: number): ImportRow => ({
        id,
        state: 'waiting',
        person: 'op',
        order: { kind: 'air', columns: 'cnemc', historical: true },
        file: `${id}.csv`,
        bytes: 9,
        doneBytes: 0,
        rows: 0,
        counts,
        faults: [],
        createdAt,
        finishedAt: null,
        error: null,
      });
      await store.imports.save(job('b', 2));
      await store.imports.save(job('a', 1));
      await store.imports.save({ ...job('a', 1), state: 'done', finishedAt: 3 });
      expect(await store.imports.find('a')).toMatchObject({ state: 'done' });
      expect(await store.imports.find('c')).toBeUndefined();
      expect((await store.imports.unfinished()).map(({ id }) => id)).toEqual(['b']);
      expect((await store.imports.list(9)).map(({ id }) => id)).toEqual(['b', 'a']);
    });
  });
}
