import { distancesToLines, knownLine, linesDisordered, nearLine, stageOf } from '@clearbay/domain/kinds/flood/stages.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STANDARDS } from './gauge.ts';

const [edition] = STANDARDS.stages;
if (edition === undefined) throw new Error('no edition of the stages');
const LINES = { warning: 3.5, guaranteed: 4.5, highestOnRecord: 5.2 };

describe('SL 758: a level against the station’s own lines', () => {
  test.each([
    [3.19, 'normal', null],
    [3.2, 'near-warning', 4],
    [3.499, 'near-warning', 4],
    [3.5, 'above-warning', 3],
    [4.499, 'above-warning', 3],
    [4.5, 'above-guaranteed', 2],
    [5.199, 'above-guaranteed', 2],
    [5.2, 'above-record', 1],
    [9, 'above-record', 1],
  ] as const)('%s m is %s', (level, code, asked) => {
    const stage = stageOf(level, LINES, edition);
    expect([stage.code, stage.level]).toEqual([code, asked]);
    expect(stage.rating.meets).toBe(level < 3.5);
  });

  test('red begins at the highest on record, not at the guaranteed level', () => {
    expect(stageOf(4.5, LINES, edition).level).toBe(2);
  });

  test('the near line is exact where binary subtraction is not', () => {
    expect(nearLine({ warning: 4.1 }, 0.3)).toBe(3.8);
    expect(stageOf(3.8, { warning: 4.1, guaranteed: 5 }, edition).code).toBe('near-warning');
  });

  test('a station may set its own margin', () => {
    expect(stageOf(3.1, LINES, edition, 0.5).code).toBe('near-warning');
  });
});

describe('unknown lines narrow what is said', () => {
  test('without any line there is no stage, and it does not read as normal', () => {
    const stage = stageOf(3, {}, edition);
    expect(stage.code).toBe('none');
    expect(stage.rating.rank).toBe(-1);
    expect(stage.rating.meets).toBeNull();
  });

  test('without the warning level a low water is only below the guaranteed level', () => {
    const stage = stageOf(3, { guaranteed: 4.5 }, edition);
    expect(stage.code).toBe('below-guaranteed');
    expect(stage.rating.meets).toBeNull();
    expect(stageOf(3, { highestOnRecord: 4.5 }, edition).code).toBe('below-record');
  });

  test('above the guaranteed level without a record it is at least orange', () => {
    const stage = stageOf(4.6, { warning: 3.5, guaranteed: 4.5 }, edition);
    expect(stage.level).toBe(2);
    expect(stage.atLeast).toBe(true);
    expect(stage.limits?.en).toContain('highest level on record');
  });

  test('below the warning level an unknown higher line leaves nothing open', () => {
    expect(stageOf(1, { warning: 3.5 }, edition)).toMatchObject({ code: 'normal', atLeast: false, limits: null });
  });

  test('lines that contradict each other allow no stage', () => {
    expect(linesDisordered({ warning: 5, guaranteed: 4 })).toBe(true);
    expect(stageOf(6, { warning: 5, guaranteed: 4 }, edition).code).toBe('none');
    expect(linesDisordered({ warning: 4, guaranteed: 4 })).toBe(false);
  });

  test.each([
    ['-9999', undefined],
    [-9999, undefined],
    ['', undefined],
    ['  ', undefined],
    [null, undefined],
    ['abc', undefined],
    ['0', 0],
    ['-1.2', -1.2],
    [12, 12],
  ])('an exchange file writes %j', (raw, line) => {
    expect(knownLine(raw)).toBe(line);
  });
});

test('distances are exact, zero on the line and negative above it', () => {
  expect(distancesToLines(4.5, { fortification: 3.2, ...LINES })).toEqual([
    { line: 'fortification', height: 3.2, distance: -1.3, reached: true },
    { line: 'warning', height: 3.5, distance: -1, reached: true },
    { line: 'guaranteed', height: 4.5, distance: 0, reached: true },
    { line: 'highestOnRecord', height: 5.2, distance: 0.7, reached: false },
  ]);
});

test('a higher level never gives a lower stage', () => {
  const level = fc.integer({ min: -2000, max: 9000 }).map((mm) => mm / 1000);
  fc.assert(
    fc.property(level, level, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(stageOf(high, LINES, edition).rating.rank).toBeGreaterThanOrEqual(stageOf(low, LINES, edition).rating.rank);
    }),
  );
});
