import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendPoints, gapsOf, livePoint, withBreaks } from '../../../console/web/charts/points.ts';

const MINUTE = 60_000;
const every = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => livePoint(from + index * step, 1, 0));

describe('gaps in a curve', () => {
  test('a hole longer than three periods is a gap and breaks the line', () => {
    const points = [...every(0, 10 * MINUTE, MINUTE), ...every(20 * MINUTE, 30 * MINUTE, MINUTE)];
    const gaps = gapsOf(points, MINUTE, 0, 30 * MINUTE);
    expect(gaps).toEqual([{ from: 10 * MINUTE, to: 20 * MINUTE }]);
    expect(
      withBreaks(points, gaps)
        .filter(({ y }) => Number.isNaN(y))
        .map(({ x }) => x),
    ).toEqual([15 * MINUTE]);
  });

  test('what is missing at either end counts', () => {
    expect(gapsOf(every(10 * MINUTE, 20 * MINUTE, MINUTE), MINUTE, 0, 40 * MINUTE)).toEqual([
      { from: 0, to: 10 * MINUTE },
      { from: 20 * MINUTE, to: 40 * MINUTE },
    ]);
  });

  test('coarser history before denser live values is no gap, a hole inside it is', () => {
    const history = every(0, 100 * MINUTE, 5 * MINUTE);
    const live = every(101 * MINUTE, 110 * MINUTE, MINUTE / 2);
    expect(gapsOf([...history, ...live], MINUTE / 2, 0, 110 * MINUTE)).toEqual([]);
    const holed = history.filter(({ x }) => x < 40 * MINUTE || x > 70 * MINUTE);
    expect(gapsOf([...holed, ...live], MINUTE / 2, 0, 110 * MINUTE)).toEqual([{ from: 35 * MINUTE, to: 75 * MINUTE }]);
  });

  test('no points at all is one gap', () => {
    expect(gapsOf([], MINUTE, 0, 10 * MINUTE)).toEqual([{ from: 0, to: 10 * MINUTE }]);
  });
});

describe('live points behind history', () => {
  test('order and repeats do not matter: sorted, one a time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.array(fc.integer({ min: 0, max: 20 })), (first, second) => {
        const points = (times: number[]) => times.map((at) => livePoint(at, at, 0));
        const merged = appendPoints(appendPoints([], points(first)), points(second));
        expect(merged.map(({ x }) => x)).toEqual([...new Set([...first, ...second])].sort((a, b) => a - b));
      }),
    );
  });

  test('a value excluded by its flags is drawn and counts as not valid', () => {
    expect(livePoint(1, 2, 1)).toMatchObject({ y: 2, count: 1, validCount: 0 });
  });
});
