import { countBays, countGates, isReliable, occupancyOf } from '@clearbay/domain/kinds/parking/count.ts';
import { counterDrift, reconcile } from '@clearbay/domain/kinds/parking/drift.ts';
import { StayTally } from '@clearbay/domain/kinds/parking/indices.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('free = capacity − closed − occupied − unknown', () => {
  test('unknown and closed bays are not free', () => {
    expect(countBays(100, 5, 90, 40)).toEqual({
      capacity: 100,
      closed: 5,
      occupied: 40,
      unknown: 5,
      open: 90,
      free: 50,
      rawFree: 50,
    });
  });

  test('more reporting bays than the lot has in use are clamped, and the raw count stays', () => {
    expect(countBays(10, 2, 10, 9)).toMatchObject({ free: 0, rawFree: -1, occupied: 8, unknown: 0 });
  });

  test('a counter below zero or above the bays is clamped, and the raw count stays', () => {
    expect(countGates(100, 10, -3)).toMatchObject({ free: 0, rawFree: -3, occupied: 90 });
    expect(countGates(100, 10, 95)).toMatchObject({ free: 90, rawFree: 95, occupied: 0 });
  });

  test('a counter that never reported leaves every bay unknown', () => {
    expect(countGates(100, 10, null)).toMatchObject({ unknown: 90, open: 0 });
  });

  test('occupied and free always make the open bays', () => {
    const bays = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(bays, bays, bays, bays, (capacity, closed, known, occupied) => {
        const count = countBays(capacity, closed, known, Math.min(occupied, known));
        expect(count.free + count.occupied).toBe(count.open);
        expect(count.free).toBeGreaterThanOrEqual(0);
        expect(count.open + count.unknown).toBe(Math.max(0, capacity - closed));
      }),
    );
  });

  test('exactly 10 % unknown still shows the number, one bay more hides it', () => {
    expect(isReliable(countBays(100, 0, 90, 1), 0.1)).toBe(true);
    expect(isReliable(countBays(100, 0, 89, 1), 0.1)).toBe(false);
    expect(isReliable(countBays(30, 0, 27, 1), 0.1)).toBe(true);
    expect(isReliable(countBays(10, 10, 0, 0), 0.1)).toBe(false);
  });

  test('occupancy is occupied / open, null without an open bay', () => {
    expect(occupancyOf(countBays(100, 20, 80, 60))).toBe(0.75);
    expect(occupancyOf(countBays(100, 100, 0, 0))).toBeNull();
  });
});

describe('indices', () => {
  const HOUR = 3_600_000;

  function tallied(stays: readonly (readonly [start: number | null, end: number])[], now: number): StayTally {
    const tally = new StayTally();
    for (const [start, end] of stays) tally.finish({ start: start === null ? null : start * HOUR, end: end * HOUR });
    tally.forget(now * HOUR);
    return tally;
  }

  test('mean stay takes finished stays with a known beginning only', () => {
    const tally = tallied(
      [
        [0, 2],
        [null, 3],
        [1, 5],
      ],
      6,
    );
    expect(tally.meanStay()).toEqual({ value: 3 * HOUR, numerator: 6 * HOUR, denominator: 2 });
    expect(tallied([[null, 3]], 6).meanStay().value).toBeNull();
  });

  test('turnover is vehicles served by open bays, whenever they came', () => {
    expect(
      tallied(
        [
          [0, 2],
          [null, 3],
          [1, 5],
        ],
        6,
      ).turnover(2),
    ).toEqual({ value: 1.5, numerator: 3, denominator: 2 });
    expect(tallied([[0, 2]], 6).turnover(0).value).toBeNull();
  });

  test('a stay counts for 24 h after its end, and not at the moment itself', () => {
    const stays = [
      [0, 2],
      [1, 3],
    ] as const;
    expect(tallied(stays, 26).turnover(1).numerator).toBe(1);
    expect(tallied(stays, 25.999).turnover(1).numerator).toBe(2);
    expect(tallied(stays, 26).meanStay()).toEqual({ value: 2 * HOUR, numerator: 2 * HOUR, denominator: 1 });
  });

  test('its sums are those of the stays it still holds, copies included', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 });
    fc.assert(
      fc.property(lengths, (drawn) => {
        const tally = new StayTally();
        drawn.forEach((length, end) => {
          tally.finish({ start: (end - length) * HOUR, end: end * HOUR });
          tally.forget(end * HOUR);
        });
        const held = drawn.slice(-24);
        const total = held.reduce((sum, length) => sum + length * HOUR, 0);
        expect(tally.meanStay()).toMatchObject({ numerator: total, denominator: held.length });
        expect(new StayTally(tally).meanStay()).toEqual(tally.meanStay());
      }),
    );
  });
});

describe('drift', () => {
  test('is what a counter’s free count departs from its entries and exits', () => {
    expect(counterDrift(50, { at: 0, free: 48, entered: 5, left: 3 })).toBe(0);
    expect(counterDrift(50, { at: 0, free: 51, entered: 5, left: 3 })).toBe(3);
    expect(counterDrift(null, { at: 0, free: 51, entered: 5, left: 3 })).toBeNull();
    expect(counterDrift(50, { at: 0, free: 51, entered: null, left: 3 })).toBeNull();
  });

  test('a count on the spot is taken over', () => {
    expect(reconcile([10, 14, 9], 100, 12)).toEqual({ shift: 3, basis: 'counted', before: 9, after: 12 });
  });

  test('without one the smallest shift brings the day into the lot', () => {
    expect(reconcile([4, -3, 2], 100, null)).toEqual({ shift: 3, basis: 'bounds', before: 2, after: 5 });
    expect(reconcile([90, 104, 20], 100, null)).toEqual({ shift: -4, basis: 'bounds', before: 20, after: 16 });
    expect(reconcile([0, 100], 100, null)).toMatchObject({ shift: 0, basis: 'none' });
    expect(reconcile([], 100, null)).toMatchObject({ shift: 0, basis: 'none' });
  });

  test('a reconciled day lies within the lot wherever it can', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 1, maxLength: 30 }), (counts) => {
        const inUse = 101;
        const { shift } = reconcile(counts, inUse, null);
        expect(counts.every((count) => count + shift >= 0 && count + shift <= inUse)).toBe(true);
      }),
    );
  });
});
