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

describe('the rest of an explanation', () => {
  const readings = [gaugeReading(EIGHT, { level: 3.4, rainfall: 70 }), gaugeReading(EIGHT + MINUTE_MS, { level: 3.6 })];
  const period = { start: EIGHT, end: EIGHT + MINUTE_MS };
  const sentencesOf = (station: typeof GAUGE, standards = STANDARDS) =>
    derivationSentences(floodKind.explain(station, readings, period, standards, period.end), 'en').join('\n');

  test('before the end of its period it is so far and not judged', () => {
    const [first] = derivationSentences(floodKind.explain(GAUGE, readings, period, STANDARDS, EIGHT), 'en');
    expect(first).toMatch(/^Still running, so far, not judged: test gauge/);
    expect(sentencesOf(GAUGE)).toMatch(/^test gauge/);
  });

  test('a tidal station shows level, fitted tide and residual, or that there is no fit', () => {
    const tidal = { ...GAUGE, tidal: true };
    expect(sentencesOf(tidal)).toContain('a tidal station without a fitted tide: its rise is not judged');
    const fit = { epoch: EIGHT, mean: 3, constituents: [], rmse: 0.05, samples: 100, from: 0, to: EIGHT };
    expect(sentencesOf(tidal, { ...STANDARDS, tides: { [GAUGE.id]: fit } })).toContain(
      'level 3.60 m − fitted tide 3.00 m = residual 0.60 m (root mean square of the fit 0.05 m)',
    );
    expect(sentencesOf(GAUGE)).not.toContain('tide');
  });

  test('a gauge that watches a village shows its windows against the critical rainfall and what they ask for', () => {
    const [edition] = STANDARDS.mountain;
    if (edition === undefined) throw new Error('no edition');
    const window = { hours: 1, prepareMm: 50, moveMm: 80 };
    const thresholds = { dry: [window], normal: [window], wet: [window] };
    const site = { station: GAUGE.id, name: { zh: '上村', en: 'Upper village' }, thresholds, note: { zh: '', en: '' } };
    const said = sentencesOf(GAUGE, { ...STANDARDS, mountain: [{ ...edition, sites: [site] }] });
    expect(said).toContain(
      'Upper village: 70.0 mm in 1 h, critical rainfall (soil wet) 50 mm to prepare, 80 mm to move: prepare to move',
    );
    expect(said).toContain('mountain flood: now prepare to move');
    expect(sentencesOf(GAUGE)).not.toContain('mountain flood');
  });

  test('the level of another device is marked', () => {
    const mixed = [gaugeReading(EIGHT, { level: 9 }, { device: 'gauge-2' }), ...readings.slice(1)];
    const { inputs } = floodKind.explain(GAUGE, mixed, period, STANDARDS, period.end);
    expect(inputs.map(({ value, excluded }) => [value, excluded?.en])).toEqual([
      [9, 'a level of another device, whose datum may be another'],
      [3.6, undefined],
    ]);
  });

  test('the edition asked for is used whatever the date, an unknown one refused', () => {
    const [stages] = STANDARDS.stages;
    if (stages === undefined) throw new Error('no edition');
    const standards = { ...STANDARDS, stages: [stages, { ...stages, id: 'plan', label: 'Plan 2026', clause: 'plan 1' }] };
    const derivation = floodKind.explain(GAUGE, readings, period, standards, period.end, 'plan');
    expect(derivation.edition).toBe('Plan 2026; GB/T 28592-2012');
    expect(derivation.steps[0]?.clause).toBe('plan 1');
    expect(() => floodKind.explain(GAUGE, readings, period, standards, period.end, 'sl-1')).toThrow(RangeError);
  });
});
