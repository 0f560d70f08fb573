import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { type Derivation, derivationSentences } from '@clearbay/domain/derivation.ts';
import { exactValue } from '@clearbay/domain/exact.ts';
import { type BasinSection, rateBasin } from '@clearbay/domain/kinds/water/basin.ts';
import { explainBasin } from '@clearbay/domain/kinds/water/explain-basin.ts';
import { sourceSteps, trophicSteps, zoneSteps } from '@clearbay/domain/kinds/water/explain-roles.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import { type ItemMean, judgeMeans } from '@clearbay/domain/kinds/water/sample.ts';
import { waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { reading, station } from './station.ts';

const standards = loadWaterStandards();
const editions = waterEditions(standards, '2026-06-01');
const month = startOfDate('2026-06-01');
const nextMonth = startOfDate('2026-07-01');

const leftOut = ({ inputs }: Derivation) => inputs.flatMap(({ value, excluded }) => (excluded ? [[value, excluded.en]] : []));
const english = (derivation: Derivation) => derivationSentences(derivation, 'en');

describe('what a water figure leaves out', () => {
  test('hand samples of a month outrank the automatic ones, which are marked and named', () => {
    const readings = [
      reading(month + 8 * HOUR_MS, { nh3n: 0.4 }),
      reading(month + 12 * HOUR_MS, { nh3n: 0.6, ph: 7.4 }),
      reading(month + 2 * DAY_MS, { nh3n: 1.2 }, { origin: 'manual', device: 'hand' }),
    ];
    const derivation = waterKind.explain(station, readings, { start: month, end: nextMonth }, standards, nextMonth);
    expect(leftOut(derivation)).toEqual([
      [0.4, 'outranked by the hand samples of the item'],
      [0.6, 'outranked by the hand samples of the item'],
    ]);
    expect(english(derivation)).toContain(
      "hand samples come first, automatic ones take no part in the month's mean: ammonia nitrogen [环办〔2011〕22号 (Huanban [2011] 22)]",
    );
    expect(derivation.figure.en).toBe('Water class IV');
  });

  test('items of a day with too few groups of samples are marked', () => {
    const readings = [4, 8, 12, 16].map((hour) => reading(month + hour * HOUR_MS, hour < 16 ? { ph: 7, tp: 0.1 } : { ph: 7 }));
    const period = { start: month, end: month + DAY_MS };
    const derivation = waterKind.explain(station, readings, period, standards, month + DAY_MS);
    expect(leftOut(derivation)).toEqual(
      [0.1, 0.1, 0.1].map((value) => [value, 'too few samples of the item: it is not assessed']),
    );
    const running = waterKind.explain(station, readings, period, standards, month + 17 * HOUR_MS);
    expect(leftOut(running)).toEqual([]);
  });

  test('of a moment only the newest value of each item counts, an impossible one never', () => {
    const at = month + 12 * HOUR_MS;
    const readings = [reading(month + 4 * HOUR_MS, { codmn: 5 }), reading(at, { codmn: 7, nh3n: -1 })];
    const derivation = waterKind.explain(station, readings, { start: at, end: at }, standards, at);
    expect(leftOut(derivation)).toEqual([
      [5, 'a newer value of the item stands'],
      [-1, 'an impossible value'],
    ]);
  });
});

test('a year is explained by the means of its months, with the months it has', () => {
  const start = startOfDate('2026-01-01');
  const end = startOfDate('2027-01-01');
  const readings = Array.from({ length: 8 }, (_, index) => `2026-0${index + 1}-05`).map((date, index) =>
    reading(startOfDate(date), index < 7 ? { codmn: index < 4 ? 4 : 8, tp: 0.1 } : { codmn: 8 }),
  );
  const derivation = waterKind.explain(station, readings, { start, end }, standards, end);
  expect(derivation.figure.en).toBe('Water class III');
  expect(derivation.steps[0]?.values).toMatchObject({ months: 8, minimum: 8, insufficient: 'tp' });
  expect(derivation.steps.find(({ values }) => values.metric === 'codmn')?.values).toMatchObject({ value: 6, class: 'III' });
  expect(leftOut(derivation)).toHaveLength(7);
});

test('the limits asked for judge whatever the date; a name that there is none of is refused', () => {
  const readings = [reading(month + HOUR_MS, { codmn: 5 })];
  const ask = (edition: string) =>
    waterKind.explain(station, readings, { start: month, end: month + DAY_MS }, standards, month + DAY_MS, edition).edition;
  const [id = ''] = waterKind.editions(standards).map((edition) => edition.id);
  expect(ask(id)).toContain('GB 3838-2002');
  expect(ask('by-date')).toContain('GB 3838-2002');
  expect(() => ask('gb-1')).toThrow(RangeError);
});

const meansOf = (values: Readonly<Record<string, number>>) =>
  new Map<string, ItemMean>(Object.entries(values).map(([metric, value]) => [metric, { mean: exactValue(value) }]));

describe('sources, function zones and lakes', () => {
  test('a source names what it was held against and the items over it', () => {
    const means = meansOf({ codmn: 4, iron: 0.36 });
    const [step] = sourceSteps((metric) => means.get(metric), 'river', editions);
    expect(step?.text.en).toBe(
      'drinking-water source: table 1 at class III, tables 2 and 3 at their limits, 2 items assessed: does not comply (iron (0.2))',
    );
    expect(step?.values).toMatchObject({ complies: 'false', exceeding: 'iron' });
  });

  test('a function zone complies with 4 of 5 measurements and not with 3', () => {
    expect(zoneSteps([3, 2, 3, 3, 4, null], 3, editions)[0]?.text).toEqual({
      zh: '水功能区：5 次测定中 4 次达到 III 类（80 %，需 80 %）：达标',
      en: 'function zone: 4 of 5 measurements meet class III (80 %, 80 % needed): complies',
    });
    expect(zoneSteps([3, 2, 3, 4, 4], 3, editions)[0]?.values).toMatchObject({ met: 3, of: 5, complies: 'false' });
  });

  test('the month of a lake, a source and a function zone says so with its class', () => {
    const values = { chlorophyll_a: 10, tp: 0.05, tn: 1, transparency: 1, codmn: 4 };
    const explained = (more: Partial<typeof station>) =>
      english(
        waterKind.explain(
          { ...station, ...more },
          [reading(month + HOUR_MS, values)],
          { start: month, end: nextMonth },
          standards,
          nextMonth,
        ),
      ).join('\n');
    const lake = explained({ waterBody: 'lake', role: 'source' });
    expect(lake).toContain('TLI(chlorophyll a) = 10 × (2.5 + 1.086 ln 10) = 50.01');
    expect(lake).toContain('trophic level index TLI(Σ) = 48: mesotrophic');
    expect(lake).toContain('drinking-water source:');
    expect(explained({ role: 'function-zone' })).toContain('function zone: 1 of 1 measurements meet class III');
    expect(explained({})).not.toMatch(/TLI|zone|source/);
  });

  test('without all five items there is no trophic index, and it says what is missing', () => {
    expect(trophicSteps({ chlorophyll_a: 10, tp: 0.05, tn: 1, codmn: 4 }, editions).at(-1)?.text.en).toBe(
      'transparency missing: there is no trophic level index',
    );
  });
});

describe('a basin', () => {
  const section = (id: string, values: Readonly<Record<string, number>>): BasinSection => {
    const means = meansOf(values);
    return { id, means, judgement: judgeMeans((metric) => means.get(metric), 'river', editions) };
  };
  const of = { name: { zh: '洛阳江', en: 'Luoyang River' }, body: 'river' as const, end: nextMonth };

  test('of five sections goes by the shares of classes, the section without a class named', () => {
    const bad = { nh3n: 3 };
    const sections = [section('a', { nh3n: 0.4 }), section('b', { nh3n: 0.4 }), section('c', { nh3n: 0.9 })];
    sections.push(section('d', bad), section('e', bad), section('f', {}));
    const derivation = explainBasin(sections, rateBasin(sections, 'river', editions), of, editions);
    expect(derivation.figure.en).toMatch(/^Luoyang River: heav/);
    expect(derivation.inputs.map(({ station: id, value }) => [id, value])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 3],
      ['d', 6],
      ['e', 6],
    ]);
    const sentences = english(derivation).join('\n');
    expect(sentences).toContain('sections without a class take no part: f');
    expect(sentences).toContain('3 at I to III (60 %), 2 inferior to V (40 %)');
    expect(sentences).toContain('fits no row of the method: the setting decides');
    expect(sentences).toContain('ammonia nitrogen 2/5');
  });

  test('of fewer goes by the mean of each item', () => {
    const sections = [section('a', { nh3n: 0.4 }), section('b', { nh3n: 1.8 })];
    const derivation = explainBasin(sections, rateBasin(sections, 'river', editions), of, editions);
    const sentences = english(derivation).join('\n');
    expect(sentences).toContain('2 sections (fewer than 5: by the mean of each item over them): IV');
    expect(sentences).toContain('ammonia nitrogen 1.1 mg/L → IV (0.1)');
    expect(sentences).toContain('main pollutants of b: ammonia nitrogen');
  });
});
