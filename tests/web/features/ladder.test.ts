import { describe, expect, test } from 'vitest';
import { ladderSteps } from '../../../console/web/features/station/ladder.ts';

const LINES = { bed: 0, normal: 1.3, warning: 3.8, guaranteed: 4.6 };

describe('the ladder of a gauge', () => {
  test('known lines stand highest first with the water between them', () => {
    const steps = ladderSteps(LINES, 3.42);
    expect(steps.map(({ name }) => name)).toEqual(['guaranteed', 'warning', 'now', 'normal', 'bed']);
    expect(steps[1]?.distance).toBeCloseTo(0.38);
    expect(steps.every(({ reached }) => !reached)).toBe(true);
  });

  test('a line is reached when the water stands on it; bed and normal level are no lines to be reached', () => {
    const reached = ladderSteps(LINES, 3.8).filter((step) => step.reached);
    expect(reached.map(({ name }) => name)).toEqual(['warning']);
  });

  test('without a level no distance is given and nothing counts as reached', () => {
    const steps = ladderSteps(LINES, null);
    expect(steps.map(({ distance, reached }) => [distance, reached])).toEqual(Array(4).fill([null, false]));
    expect(steps.some(({ name }) => name === 'now')).toBe(false);
  });
});
