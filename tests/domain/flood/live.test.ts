import { toMicro } from '@clearbay/domain/exact.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { riseRates } from '@clearbay/domain/kinds/flood/rise.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

function assessed(readings: readonly Reading[], station = GAUGE, standards = STANDARDS) {
  const live = floodKind.live(station, standards);
  for (const reading of readings) live.accept(reading);
  return live.assess(EIGHT);
}

const levels = (values: readonly number[], stepMin = 5): Reading[] =>
  values.map((level, index) => gaugeReading(EIGHT + index * stepMin * MINUTE_MS, { level }));

/** Readings every five minutes with gaps, a second gauge, corrections, exclusions and repeats. */
const day = fc
  .array(
    fc.record({
      step: fc.integer({ min: 0, max: 330 }),
      device: fc.constantFrom('gauge-1', 'gauge-1', 'gauge-2'),
      level: fc.option(
        fc.integer({ min: 1000, max: 6000 }).map((mm) => mm / 1000),
        { nil: undefined },
      ),
      tips: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      rev: fc.integer({ min: 0, max: 2 }),
      delay: fc.integer({ min: 0, max: 5 }),
      flags: fc.constantFrom(0, 0, 0, QUALITY.spike, QUALITY.rate),
    }),
    { maxLength: 80 },
  )
  .map((drawn) =>
    drawn.map(({ step, device, level, tips, rev, delay, flags }) => {
      const at = EIGHT + step * 5 * MINUTE_MS;
      const values = { ...(level === undefined ? {} : { level }), ...(tips === undefined ? {} : { rainfall: tips / 2 }) };
      return gaugeReading(at, values, { device, rev, correction: rev > 0, receivedAt: at + delay, quality: { level: flags } });
    }),
  );

/** The readings that count, found by a plain search: one for each device and time, of the last 26 h. */
function winners(readings: readonly Reading[]): Reading[] {
  const newest = Math.max(...readings.map(({ at }) => at));
  const found = new Map<string, Reading>();
  for (const reading of readings) {
    if (reading.at <= newest - 26 * HOUR_MS) continue;
    const key = `${String(reading.at).padStart(16, '0')} ${reading.device}`;
    const held = found.get(key);
    const rank = (each: Reading): readonly number[] => [
      each.rev,
      -each.receivedAt,
      each.values.level ?? Number.NEGATIVE_INFINITY,
      each.values.rainfall ?? -1,
    ];
    const wins =
      held === undefined ||
      rank(reading).reduce((sign, value, index) => sign || Math.sign(value - (rank(held)[index] ?? 0)) || 0, 0) > 0;
    if (wins) found.set(key, reading);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
}

describe('the same readings give the same assessment', () => {
  const told = (readings: readonly Reading[]): Reading[] => readings.filter(({ values }) => Object.keys(values).length > 0);

  test('in any order', () => {
    fc.assert(
      fc.property(day, fc.infiniteStream(fc.nat()), (readings, weights) => {
        const order = readings.map((reading) => ({ reading, weight: weights.next().value as number }));
        const shuffled = order.sort((a, b) => a.weight - b.weight).map(({ reading }) => reading);
        // What is too old when it comes is ignored, so the newest goes first in one of the two.
        const sorted = [...readings].sort((a, b) => b.at - a.at);
        const newestFirst = (list: Reading[]): Reading[] => [...sorted.slice(0, 1), ...list];
        expect(assessed(newestFirst(shuffled))).toEqual(assessed(newestFirst(readings)));
      }),
      { numRuns: 150 },
    );
  });

  test('live, while they come, and in one batch: gaps, late and corrected ones included', () => {
    fc.assert(
      fc.property(day, (readings) => {
        const live = floodKind.live(GAUGE, STANDARDS);
        for (const reading of readings) {
          live.accept(reading);
          live.assess(reading.at);
        }
        const batch = floodKind.live(GAUGE, STANDARDS);
        batch.rebuild(winners(told(readings)));
        expect(live.assess(EIGHT)).toEqual(batch.assess(EIGHT));
      }),
      { numRuns: 150 },
    );
  });

  test('and its sums and rates are those of a plain search over the readings', () => {
    fc.assert(
      fc.property(
        day.filter((readings) => told(readings).length > 0),
        (readings) => {
          const { detail } = assessed(readings);
          const counted = winners(told(readings));
          const sums = ['gauge-1', 'gauge-2'].map((device) => {
            const reports = counted.filter((each) => each.device === device && each.values.rainfall !== undefined);
            return { reports, total: reports.reduce((sum, each) => sum + (each.values.rainfall ?? 0), 0) };
          });
          const [first, second] = sums as [(typeof sums)[0], (typeof sums)[0]];
          const chosen = first.reports.length === 0 || second.total > first.total ? second : first;
          const end = chosen.reports.at(-1)?.at;
          expect(detail.rain.at).toBe(end ?? null);
          for (const { hours, mm } of detail.rain.sums) {
            const inside = chosen.reports.filter((each) => end !== undefined && each.at > end - hours * HOUR_MS);
            expect(mm).toBe(inside.length === 0 ? null : inside.reduce((sum, each) => sum + (each.values.rainfall ?? 0), 0));
          }
          const valid = counted.filter((each) => each.values.level !== undefined && each.quality?.level !== QUALITY.spike);
          const last = valid.at(-1);
          expect(detail.level?.value).toBe(last?.values.level);
          const same = valid.filter((each) => each.device === last?.device);
          const samples = same.map((each) => ({ at: each.at, level: each.values.level ?? 0 }));
          expect(detail.rise.rates).toEqual(
            riseRates(samples, STANDARDS.measuring.riseWindowsMin, STANDARDS.measuring.endToleranceShare),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what a gauge says', () => {
  test('before the first reading: nothing, and that is not normal', () => {
    const nothing = assessed([]);
    expect(nothing).toMatchObject({ at: null, rating: { code: 'none', rank: -1, meets: null }, figure: { value: null } });
    expect(floodKind.signals(nothing, GAUGE)).toEqual([]);
  });

  test('rain alone gives no stage', () => {
    const wet = assessed([gaugeReading(EIGHT, { rainfall: 3 })]);
    expect(wet.rating.code).toBe('none');
    expect(wet.detail.rain.sums.find(({ hours }) => hours === 1)?.mm).toBe(3);
  });

  test('distance and time to the warning level are in its sentence', () => {
    const rising = assessed(levels([2, 2.05, 2.1, 2.15, 2.2, 2.25, 2.3]));
    expect(rising.detail.rise.slope?.mPerHour).toBeCloseTo(0.6, 6);
    expect(rising.reason.en).toBe('1.20 m below the warning level, in about 2.0 h');
    expect(rising.reason.zh).toBe('距警戒水位 1.20 米，约 2.0 小时');
  });

  test('windows end at the newest reading, so a silent gauge keeps its last word', () => {
    const live = floodKind.live(GAUGE, STANDARDS);
    live.accept(gaugeReading(EIGHT, { level: 4, rainfall: 7 }));
    expect(live.assess(EIGHT + 9 * HOUR_MS)).toEqual(live.assess(EIGHT));
  });

  test('a reading from the future is judged by nothing', () => {
    const future = gaugeReading(EIGHT + 9e8, { level: 9 }, { quality: { level: QUALITY.future } });
    expect(assessed([...levels([2]), future])).toEqual(assessed(levels([2])));
  });

  test('a device’s own fault mark keeps the level out', () => {
    const marked = gaugeReading(EIGHT + HOUR_MS, { level: 9 }, { marks: { level: 'D' } });
    expect(assessed([...levels([2]), marked]).detail.level?.value).toBe(2);
  });

  test('two gauges of one place are not added up and not joined into one slope', () => {
    const other = [1, 2, 3].map((step) =>
      gaugeReading(EIGHT + step * 5 * MINUTE_MS + 1, { level: 9, rainfall: 2 }, { device: 'gauge-0' }),
    );
    const both = assessed([...levels([2, 2, 2]).map((each) => ({ ...each, values: { ...each.values, rainfall: 2 } })), ...other]);
    expect(both.detail.rain.sums.find(({ hours }) => hours === 24)?.mm).toBe(6);
    expect(both.detail.rise.rates.every(({ mPerHour }) => mPerHour === 0 || mPerHour === null)).toBe(true);
  });

  test('the mountain-flood judgement follows the station’s own thresholds', () => {
    const site = STANDARDS.mountain[0]?.sites[0];
    if (site === undefined) throw new Error('no site');
    const station = { ...GAUGE, id: site.station };
    const storm = [gaugeReading(EIGHT, { rainfall: 0 }), gaugeReading(EIGHT + 5 * MINUTE_MS, { rainfall: 50 })];
    const judged = assessed(storm, station);
    expect(judged.detail.mountain?.held).toBe('move');
    expect(floodKind.signals(judged, station).find(({ rule }) => rule === 'mountain-flood')?.level).toBe(1);
  });

  test('heavy rain of the last day makes the soil wet', () => {
    const site = STANDARDS.mountain[0]?.sites[0];
    if (site === undefined) throw new Error('no site');
    const rainy = [0, 8, 16].map((hours) => gaugeReading(EIGHT + hours * HOUR_MS, { rainfall: 25 }));
    expect(assessed(rainy, { ...GAUGE, id: site.station }).detail.mountain?.soil).toBe('wet');
  });
});

test('exact rain: a day of 0.1 mm tips is exactly its count', () => {
  const tips = Array.from({ length: 1440 }, (_, minute) => gaugeReading(EIGHT + minute * MINUTE_MS, { rainfall: 0.1 }));
  const sum = assessed(tips).detail.rain.sums.find(({ hours }) => hours === 24)?.mm ?? 0;
  expect(toMicro(sum)).toBe(144_000_000);
});
