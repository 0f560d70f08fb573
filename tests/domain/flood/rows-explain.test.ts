import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { assessFloodRow } from '@clearbay/domain/kinds/flood/rows.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

describe('one row of a file', () => {
  const lines = { warning: 3.5, guaranteed: 4.5, highestOnRecord: 5.2 };

  test('gets stage, colour, distances and grades', () => {
    expect(assessFloodRow({ at: EIGHT, level: 4.5, lines, rain12: 70, rain24: 99.9 }, STANDARDS)).toEqual({
      stage: 'above-guaranteed',
      level: 2,
      colour: '#F57C00',
      atLeast: false,
      distances: { warning: -1, guaranteed: 0, highestOnRecord: 0.7 },
      grade12: 'heavy-rainstorm',
      grade24: 'rainstorm',
      edition: 'SL 758-2018; GB/T 28592-2012',
    });
  });

  test('missing values give none, never normal', () => {
    expect(assessFloodRow({ lines: {} }, STANDARDS)).toMatchObject({ stage: 'none', level: null, colour: null, grade24: null });
  });

  test('an edition that does not exist is refused', () => {
    expect(() => assessFloodRow({ lines }, STANDARDS, 'sl-1')).toThrow(RangeError);
    expect(assessFloodRow({ level: 4, lines }, STANDARDS, 'sl758-2018').level).toBe(3);
  });
});

test('an explanation names inputs, what was left out, every line and the clause', () => {
  const readings = [
    gaugeReading(EIGHT, { level: 3.4, rainfall: 0 }),
    gaugeReading(EIGHT + MINUTE_MS, { level: 9, rainfall: 2 }, { marks: { level: 'D' } }),
    gaugeReading(EIGHT + 2 * MINUTE_MS, { level: 3.6, rainfall: 3 }),
  ];
  const derivation = floodKind.explain(GAUGE, readings, { start: EIGHT, end: EIGHT + 2 * MINUTE_MS }, STANDARDS, EIGHT);
  expect(derivation.inputs).toHaveLength(6);
  expect(derivation.inputs.filter(({ excluded }) => excluded !== undefined)).toMatchObject([
    { metric: 'level', value: 9, flags: ['marked'] },
  ]);
  const sentences = derivationSentences(derivation, 'en');
  expect(sentences[0]).toContain('yellow (above the warning level)');
  expect(sentences.some((each) => each.includes('guaranteed level 4.50 m, not reached, 0.90 m away'))).toBe(true);
  expect(sentences.some((each) => each.includes('5.0 mm of rain in 1 h'))).toBe(true);
  expect(sentences.every((each, index) => index === 0 || each.includes('['))).toBe(true);
  expect(derivationSentences(derivation, 'zh').join()).toContain('警戒水位 3.50 米，已达到');
  expect(JSON.parse(JSON.stringify(derivation))).toEqual(derivation);
});
