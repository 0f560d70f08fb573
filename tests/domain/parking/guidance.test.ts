import {
  classify,
  type GuidanceState,
  NO_GUIDANCE,
  observeFree,
  settleGuidance,
} from '@clearbay/domain/kinds/parking/guidance.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './lot.ts';

const edition = STANDARDS.guidance[0];
if (edition === undefined) throw new Error('no guidance edition');
const MINUTE = 60_000;

describe('guidance level of a share of free bays', () => {
  test.each([
    [100, 'ample'],
    [31, 'ample'],
    [30, 'tight'],
    [10, 'tight'],
    [9, 'scarce'],
    [3, 'scarce'],
    [2, 'scarce'],
    [1, 'scarce'],
    [0, 'full'],
    [-4, 'full'],
  ])('%s free of 100 is %s', (free, code) => {
    expect(classify(free, 100, edition)).toBe(code);
  });

  test('the lines are exact where binary division is not', () => {
    expect(classify(9, 30, edition)).toBe('tight');
    expect(classify(3, 30, edition)).toBe('tight');
    expect(classify(1, 1000, edition)).toBe('scarce');
    expect(classify(3, 110, edition)).toBe('scarce');
  });

  test('a lot without open bays is full', () => {
    expect(classify(0, 0, edition)).toBe('full');
  });
});

describe('damping', () => {
  /** The level after each count, a minute apart, at the moment of the next. */
  function run(counts: readonly (number | null)[], stepMs = MINUTE): (string | null)[] {
    let state: GuidanceState = NO_GUIDANCE;
    return counts.map((free, index) => {
      const at = EIGHT + index * stepMs;
      state = observeFree(state, at, free, 100, edition as NonNullable<typeof edition>);
      return settleGuidance(state, at + stepMs, edition as NonNullable<typeof edition>).code;
    });
  }

  test('a change shows after two minutes', () => {
    expect(run([50, 20, 20, 20])).toEqual(['ample', 'ample', 'tight', 'tight']);
    expect(run([50, 20, 50, 20])).toEqual(['ample', 'ample', 'ample', 'ample']);
  });

  test('no free bay is full at once', () => {
    expect(run([50, 0])).toEqual(['ample', 'full']);
  });

  test('a lot that was full opens again at 2 %, not on the first bay', () => {
    expect(run([8, 1, 0, 1, 1, 1, 2, 2])).toEqual(['scarce', 'scarce', 'full', 'full', 'full', 'full', 'full', 'scarce']);
  });

  test('every level is left two points above the line at which it begins', () => {
    expect(run([9, 11, 11, 11, 12, 12])).toEqual(['scarce', 'scarce', 'scarce', 'scarce', 'scarce', 'tight']);
    expect(run([30, 31, 31, 32, 32])).toEqual(['tight', 'tight', 'tight', 'tight', 'ample']);
  });

  test('an emptied lot goes from full to ample without standing on every step', () => {
    expect(run([0, 80, 80])).toEqual(['full', 'full', 'ample']);
  });

  test('too much unknown forgets the level and claims nothing', () => {
    expect(run([50, null, 1])).toEqual(['ample', null, 'scarce']);
  });

  test('a count that hovers on a line never flaps', () => {
    for (const line of [30, 10, 0]) {
      const shown = run(
        Array.from({ length: 120 }, (_, index) => line + (index % 2)),
        3 * MINUTE,
      );
      expect(new Set(shown.slice(2)).size).toBe(1);
    }
  });

  test('a level lasts at least the hold time, except for the last bay', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(counts, (drawn) => {
        let state: GuidanceState = NO_GUIDANCE;
        let code: string | null = null;
        let since = Number.NEGATIVE_INFINITY;
        drawn.forEach((free, index) => {
          const at = EIGHT + index * 30_000;
          state = observeFree(state, at, free, 100, edition);
          const now = settleGuidance(state, at, edition).code;
          if (now === code) return;
          if (code !== null) expect(at - since).toBeGreaterThanOrEqual(edition.holdSeconds * 1000);
          code = now;
          since = at;
        });
      }),
    );
  });
});
