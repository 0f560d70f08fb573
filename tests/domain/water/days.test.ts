import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import type { HourSum } from '@clearbay/domain/kinds/kind.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import { judgePeriods, valuesOf } from '@clearbay/domain/kinds/water/period.ts';
import { waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { DAY_MS, HOUR_MS, hourEnd, startOfDate } from '@clearbay/domain/time.ts';
import { expect, test } from 'vitest';
import { reading, station } from './station.ts';

const standards = loadWaterStandards();
const editions = waterEditions(standards, '2026-11-20');
const from = startOfDate('2026-11-20');
const span = { from, until: from + 3 * DAY_MS };

/** Hour rows as the store makes them of readings. */
function hoursOf(readings: readonly Reading[], simulated = false): HourSum[] {
  const rows = new Map<string, HourSum>();
  for (const { at, values } of readings) {
    for (const [metric, value] of Object.entries(values)) {
      const key = `${metric} ${hourEnd(at)}`;
      const held = rows.get(key);
      rows.set(key, {
        metric,
        at: hourEnd(at),
        validCount: (held?.validCount ?? 0) + 1,
        validMs: (held?.validMs ?? 0) + HOUR_MS,
        sumMicro: (held?.sumMicro ?? 0) + toMicro(value),
        min: value,
        max: value,
        last: value,
        simulated,
      });
    }
  }
  return [...rows.values()];
}

function recorded(seed: number): Reading[] {
  const random = new Seeded(seed);
  const made: Reading[] = [];
  for (let at = from + HOUR_MS / 2; at <= span.until; at += HOUR_MS / 2) {
    if (random.next() < 0.5) continue;
    made.push(reading(at, { codmn: random.between(2, 8), nh3n: random.between(0.1, 1.4), ph: random.between(6.5, 8.8) }));
  }
  return made.filter(() => random.next() < 0.4);
}

test('days from stored hours equal the days judged from the readings', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const readings = recorded(seed);
    const days = waterKind.days(station, hoursOf(readings), span, standards);
    const judged = judgePeriods(readings.flatMap(valuesOf), 'day', 'river', editions);
    expect(days.map((day) => [day.start, day.end, day.detail])).toEqual(
      judged.map(({ start, end, judgement, insufficient }) => [start, end, { judgement, insufficient, trophic: null }]),
    );
  }
});

test('a day of a lake with the five items has its trophic index (method, TLI)', () => {
  const values = { chlorophyll_a: 26, tp: 0.1, tn: 1.8, transparency: 0.6, codmn: 6.5 };
  const at = [4, 8, 12, 16].map((hour) => from + hour * HOUR_MS);
  const judged = (body: 'lake' | 'river') =>
    waterKind.days({ ...station, waterBody: body }, hoursOf(at.map((one) => reading(one, values))), span, standards)[0]?.detail;
  expect(judged('lake')).toMatchObject({ trophic: { grade: { code: 'light-eutrophic' }, missing: [] } });
  expect((judged('lake') as { trophic: { index: number } }).trophic.index).toBeCloseTo(58.866, 3);
  expect(judged('river')).toMatchObject({ trophic: null });
});

test('a day with too few groups has an entry without a class, a day without values none', () => {
  const days = waterKind.days(station, hoursOf([reading(from + 4 * HOUR_MS, { codmn: 3 })]), span, standards, 'gb3838-2002');
  expect(days).toMatchObject([{ start: from, level: 'day', rating: { code: 'none', meets: null }, figure: { value: null } }]);
});

test('simulated hours take no part on a day that has measured ones', () => {
  const at = [4, 8, 12, 16].map((hour) => from + hour * HOUR_MS);
  const measured = hoursOf(at.map((one) => reading(one, { codmn: 3 })));
  const simulated = hoursOf(
    at.map((one) => reading(one + DAY_MS, { codmn: 14 })).concat(reading(from + HOUR_MS, { codmn: 90 })),
    true,
  );
  const days = waterKind.days(station, [...measured, ...simulated], span, standards);
  expect(days.map(({ origin, rating }) => [origin, rating.code])).toEqual([
    ['measured', 'II'],
    ['simulated', 'V'],
  ]);
});

test('days outside the span are left out, and an unknown edition is refused', () => {
  const hours = hoursOf([reading(from, { codmn: 3 }), reading(span.until + HOUR_MS, { codmn: 3 })]);
  expect(waterKind.days(station, hours, span, standards)).toEqual([]);
  expect(() => waterKind.days(station, hoursOf(recorded(1)), span, standards, 'gb3838-1988')).toThrow(RangeError);
});
