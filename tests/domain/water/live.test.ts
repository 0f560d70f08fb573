import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import { judgePeriods, valuesOf } from '@clearbay/domain/kinds/water/period.ts';
import { waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { type Reading, readingKey } from '@clearbay/domain/reading.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reading, station } from './station.ts';

const standards = loadWaterStandards();
const day = startOfDate('2026-11-23');
const clean = { ph: 7.4, dissolved_oxygen: 6.5, codmn: 3.2, nh3n: 0.4, tp: 0.09 };

function liveOf(readings: Iterable<Reading>) {
  const live = waterKind.live(station, standards);
  for (const one of readings) live.accept(one);
  return live;
}

function signalOf(readings: readonly Reading[], now: number) {
  const assessment = liveOf(readings).assess(now);
  return waterKind.signals(assessment, station)[0];
}

describe('the class of the moment', () => {
  test('before the first reading there is no data, no figure and no signal', () => {
    const assessment = waterKind.live(station, standards).assess(day);
    expect(assessment).toMatchObject({ at: null, rating: { code: 'none', rank: -1, meets: null }, figure: { value: null } });
    expect(waterKind.signals(assessment, station)).toEqual([]);
  });

  test('it is said on monitored items, with the deciding item and its multiple', () => {
    const assessment = liveOf([reading(day + HOUR_MS, { ...clean, nh3n: 1.8 })]).assess(day + HOUR_MS);
    expect(assessment).toMatchObject({
      at: day + HOUR_MS,
      edition: 'GB 3838-2002',
      rating: { code: 'V', rank: 4, colour: '#FF9900', meets: false },
      figure: { metric: 'nh3n', value: 1.8, unit: 'mg/L' },
    });
    expect(assessment.reason.zh).toBe('主要污染指标：氨氮(0.8)；按已监测 5 项评价（共 21 项）');
    expect(assessment.reason.en).toBe('main pollutants: ammonia nitrogen(0.8); on 5 monitored items of 21');
  });

  test('a lake has its trophic index while all five items are current, and says what is missing', () => {
    const live = waterKind.live({ ...station, waterBody: 'lake' }, standards);
    const at = day + HOUR_MS;
    live.accept(reading(at, { chlorophyll_a: 10, tp: 0.05, tn: 1, transparency: 1, codmn: 4 }));
    expect(live.assess(at).detail.trophic?.index).toBeCloseTo(48.018, 3);
    expect(live.assess(at).detail.trophic?.grade?.text).toEqual({ zh: '中营养', en: 'mesotrophic' });
    live.accept(reading(at + 20 * HOUR_MS, { chlorophyll_a: 12, tp: 0.05, tn: 1, codmn: 4 }));
    expect(live.assess(at + 20 * HOUR_MS).detail.trophic).toMatchObject({ index: null, missing: ['transparency'] });
    expect(liveOf([reading(at, { chlorophyll_a: 10 })]).assess(at).detail.trophic).toBeNull();
  });

  test('each item stands with its newest valid value by event time', () => {
    const readings = [
      reading(day + 4 * HOUR_MS, { codmn: 3, nh3n: 0.4 }),
      reading(day + 8 * HOUR_MS, { codmn: 12, nh3n: 0.5 }, { quality: { codmn: QUALITY.range } }),
      reading(day, { codmn: 9, nh3n: 9 }),
    ];
    const assessment = liveOf(readings).assess(day + 8 * HOUR_MS);
    expect(assessment.detail.latest.map(({ metric, value }) => [metric, value])).toEqual([
      ['codmn', 3],
      ['nh3n', 0.5],
    ]);
  });

  test('values with the device’s own mark of maintenance take no part', () => {
    const assessment = liveOf([reading(day, { tp: 0.9, codmn: 3 }, { marks: { tp: 'M' } })]).assess(day);
    expect(assessment.detail.now.itemsAssessed).toEqual(['codmn']);
  });

  test('an item older than twelve hours leaves the class, and without any item there is no data', () => {
    const live = liveOf([reading(day, { tp: 0.35 }), reading(day + 10 * HOUR_MS, { codmn: 3 })]);
    expect(live.assess(day + 12 * HOUR_MS).rating.code).toBe('V');
    expect(live.assess(day + 13 * HOUR_MS).rating.code).toBe('II');
    const silent = live.assess(day + 30 * HOUR_MS);
    expect(silent).toMatchObject({ at: day + 10 * HOUR_MS, rating: { code: 'none', meets: null } });
    expect(silent.detail.latest.every((item) => !item.current)).toBe(true);
  });

  test('simulated values do not mix with measured ones', () => {
    const readings = [
      reading(day, { codmn: 3 }),
      reading(day + HOUR_MS, { codmn: 14, nh3n: 9 }, { origin: 'simulated', device: 's1' }),
    ];
    const assessment = liveOf(readings).assess(day + HOUR_MS);
    expect(assessment).toMatchObject({ origin: 'measured', rating: { code: 'II' } });
    expect(assessment.detail.now.itemsAssessed).toEqual(['codmn']);
    expect(liveOf(readings.slice(1)).assess(day + HOUR_MS)).toMatchObject({ origin: 'simulated', rating: { code: 'V-' } });
  });

  test('a future reading moves nothing', () => {
    const readings = [reading(day, clean), reading(day + 900 * HOUR_MS, { codmn: 14 }, { quality: { codmn: QUALITY.future } })];
    expect(liveOf(readings).assess(day).rating.code).toBe('II');
  });
});

describe('live and batch', () => {
  const editions = waterEditions(standards, '2026-11-23');

  /** Four days of readings with gaps, excluded values, a second device and corrections, as devices send them. */
  function recorded(seed: number): Reading[] {
    const random = new Seeded(seed);
    const made: Reading[] = [];
    for (let at = day - 3 * 24 * HOUR_MS; at < day + 18 * HOUR_MS; at += HOUR_MS) {
      if (random.next() < 0.2) continue;
      const values = { ph: random.between(6.5, 9.2), codmn: random.between(2, 8), tp: random.between(0.05, 0.3) };
      made.push(
        reading(at, values, {
          device: random.next() < 0.3 ? 'd2' : 'd1',
          quality: random.next() < 0.1 ? { tp: QUALITY.spike } : undefined,
        }),
      );
    }
    return made;
  }

  const now = day + 18 * HOUR_MS;

  test('any order of arrival gives the same assessment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const readings = recorded(seed);
        const random = new Seeded(seed + 1);
        const shuffled = [...readings].map((one) => ({ one, key: random.next() })).sort((left, right) => left.key - right.key);
        expect(liveOf(shuffled.map(({ one }) => one)).assess(now)).toEqual(liveOf(readings).assess(now));
      }),
      { numRuns: 25 },
    );
  });

  test('the previous day and the running month equal the batch judgement of the same readings, late and corrected ones included', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const readings = recorded(seed);
      const live = liveOf(readings.filter((_, index) => index % 5 !== 0));
      for (const late of readings.filter((_, index) => index % 5 === 0)) live.accept(late);
      const wrong = readings[readings.length - 30];
      if (wrong === undefined) throw new Error('too few readings');
      const corrected = { ...wrong, values: { ...wrong.values, codmn: 11 }, correction: true, rev: 1 };
      const current = readings.map((one) => (readingKey(one) === readingKey(corrected) ? corrected : one));
      live.rebuild(current.filter((one) => one.at >= live.heldSince(now)));

      const { detail } = live.assess(now);
      const values = current.flatMap(valuesOf);
      const days = judgePeriods(values, 'day', 'river', editions);
      const [month] = judgePeriods(values, 'month', 'river', editions);
      expect(detail.previousDay).toEqual(days.find((one) => one.start === day - 24 * HOUR_MS) ?? null);
      expect(detail.runningMonth?.judgement).toEqual(month?.judgement);
    }
  });

  test('what is older than the held month is ignored, in whatever order it comes', () => {
    const old = reading(startOfDate('2026-09-30'), { tp: 0.9 });
    const recent = reading(day, clean);
    const assessed = [
      [old, recent],
      [recent, old],
    ].map((order) => liveOf(order).assess(day));
    expect(assessed[0]).toEqual(assessed[1]);
    expect(assessed[0]?.detail.latest).toHaveLength(5);
    expect(liveOf([recent]).heldSince(day)).toBe(startOfDate('2026-11-01'));
  });
});

describe('the rule water-class', () => {
  test.each([
    [1.2, 3, 'IV'],
    [1.8, 2, 'V'],
    [2.5, 1, 'V-'],
  ])('ammonia of %f mg/L against target III is level %i (%s)', (nh3n, level) => {
    expect(signalOf([reading(day, { ...clean, nh3n })], day)).toMatchObject({
      rule: 'water-class',
      metric: 'class',
      level,
      clear: false,
      threshold: 3,
    });
  });

  test('at the limit the condition does not hold and does not clear; 3 % below it clears', () => {
    expect(signalOf([reading(day, { ...clean, nh3n: 1 })], day)).toMatchObject({ level: null, clear: false });
    expect(signalOf([reading(day, { ...clean, nh3n: 0.98 })], day)).toMatchObject({ level: null, clear: false });
    expect(signalOf([reading(day, { ...clean, nh3n: 0.96 })], day)).toMatchObject({ level: null, clear: true });
  });

  test('dissolved oxygen clears above its limit, pH inside its band', () => {
    const clearOf = (values: Reading['values']) => signalOf([reading(day, { ...clean, ...values })], day)?.clear;
    expect([5, 5.1, 5.16].map((dissolved_oxygen) => clearOf({ dissolved_oxygen }))).toEqual([false, false, true]);
    expect([6, 6.05, 6.1, 8.9, 8.95].map((ph) => clearOf({ ph }))).toEqual([false, false, true, true, false]);
  });

  test('an item that fell silent over its limit keeps the alert', () => {
    const readings = [reading(day, { nh3n: 1.8 }), reading(day + 13 * HOUR_MS, { codmn: 3 })];
    expect(signalOf(readings, day + 13 * HOUR_MS)).toMatchObject({ level: null, clear: false });
  });

  test('silence neither raises nor clears', () => {
    expect(signalOf([reading(day, clean)], day + 40 * HOUR_MS)).toMatchObject({ level: null, clear: false, value: null });
  });
});

describe('derivation', () => {
  const readings = [4, 8, 12, 16, 20, 24].map((hour) =>
    reading(
      day + hour * HOUR_MS,
      { codmn: 5.96 + hour / 100, tp: 0.1, tn: 2 },
      hour === 8 ? { quality: { tp: QUALITY.spike } } : {},
    ),
  );

  test('a day: means with their rule, each item with limits and clause, the excluded value with its reason', () => {
    const period = { start: day, end: day + 24 * HOUR_MS };
    const derivation = waterKind.explain(station, readings, period, standards, day + 30 * HOUR_MS);
    expect(derivation.inputs).toHaveLength(18);
    expect(derivation.inputs.filter((input) => input.excluded !== undefined)).toMatchObject([{ metric: 'tp', flags: ['spike'] }]);
    expect(derivation.edition).toBe('GB 3838-2002, 环办〔2011〕22号 (Huanban [2011] 22)');
    expect(derivationSentences(derivation, 'en')).toEqual([
      'Water class IV',
      'mean of each item, up to 6 samples (at least 4 of 6 groups a day) [HJ 915-2017]',
      'permanganate index 6.1 mg/L → IV (0.0) [GB 3838-2002 table 1 (4)]',
      'total phosphorus 0.1 mg/L → II [GB 3838-2002 table 1 (8)]',
      'single factor: the worst item makes the class, IV (permanganate index(0.0)); on 2 monitored items of 21 [环办〔2011〕22号 (Huanban [2011] 22)]',
    ]);
  });

  test('a moment: the newest value of each item up to it', () => {
    const at = day + 9 * HOUR_MS;
    const derivation = waterKind.explain(station, readings, { start: at, end: at }, standards, at);
    expect(derivation.figure.zh).toBe('水质类别 IV');
    expect(derivation.steps[0]?.values).toMatchObject({ metric: 'codmn', value: 6.04, class: 'IV' });
  });

  test('simulated readings beside measured ones are listed as left out', () => {
    const mixed = [...readings, reading(day + HOUR_MS, { codmn: 14 }, { origin: 'simulated', device: 's1' })];
    const derivation = waterKind.explain(station, mixed, { start: day, end: day + 24 * HOUR_MS }, standards, day + 30 * HOUR_MS);
    expect(derivation.figure.en).toBe('Water class IV');
    expect(derivation.inputs.find((input) => input.value === 14)?.excluded?.en).toContain('never mix');
  });

  test('a day that still runs is explained with the samples there are', () => {
    const now = day + 9 * HOUR_MS;
    const derivation = waterKind.explain(station, readings.slice(0, 1), { start: day, end: now }, standards, now);
    expect(derivation.figure.en).toBe('Still running, so far, not judged: Water class III');
    expect(derivation.figure.zh).toBe('时段未结束，至今（不作评价）：水质类别 III');
  });

  test('without readings there is no class', () => {
    const derivation = waterKind.explain(station, [], { start: day, end: day + 24 * HOUR_MS }, standards, day + 24 * HOUR_MS);
    expect(derivation.figure.en).toBe('Water class none');
  });
});
