import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import type { Weather } from '@clearbay/domain/kinds/kind.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import { waterMetric } from '@clearbay/domain/kinds/water/metrics.ts';
import { judgePeriods, type PeriodValue } from '@clearbay/domain/kinds/water/period.ts';
import { waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { station } from './station.ts';

const start = startOfDate('2026-01-01');

/** A plain year on the coast: a warm summer, showers, and a storm of 90 mm about every five weeks. */
function weatherOf(seed: number): (hour: number) => Weather {
  const random = new Seeded(seed);
  let storm = 0;
  return (hour) => {
    const summer = -Math.cos((2 * Math.PI * (hour / 24 - 15)) / 365);
    if (storm === 0 && random.next() < 1 / (24 * 35)) storm = 8;
    const shower = random.next() < 0.02 ? random.between(1, 5) : 0;
    const rainfall = storm > 0 ? random.between(8, 15) : shower;
    if (storm > 0) storm -= 1;
    const sunshine = Math.max(0, -Math.cos((2 * Math.PI * hour) / 24)) * (rainfall > 0 ? 0.2 : 1);
    const temperature = 21 + 8 * summer + 3 * sunshine;
    return {
      rainfall,
      rainRate: rainfall,
      temperature,
      humidity: 70,
      pressure: 1010,
      windSpeed: 3,
      windDirection: 90,
      airMass: 0,
      stagnation: 0.3,
      sunshine,
      tide: 0,
    };
  };
}

function year(waterBody: WaterBody, seed: number) {
  const model = waterKind.model({ ...station, waterBody }, seed);
  const weather = weatherOf(seed);
  const samples = [];
  for (let hour = 0; hour < 365 * 24; hour += 1) {
    const at = start + hour * HOUR_MS;
    const now = weather(hour);
    for (const { values } of model.step(at, now)) samples.push({ at, values, rainfall: now.rainfall });
  }
  return samples;
}

describe.each(['river', 'lake'] as const)('a simulated %s', (waterBody) => {
  test('is mostly class II to III, now and then IV after heavy rain', () => {
    const editions = waterEditions(loadWaterStandards(), '2026-01-01');
    const days = [1, 2, 3, 4, 5].flatMap((seed) => {
      const values = year(waterBody, seed).flatMap(({ at, values: sample }) =>
        Object.entries(sample).map(([metric, value]): PeriodValue => ({ metric, at, value, manual: false })),
      );
      return judgePeriods(values, 'day', waterBody, editions);
    });
    const count = (classes: readonly number[]) => days.filter(({ judgement }) => classes.includes(judgement.classNo ?? 0)).length;
    console.log(`simulated ${waterBody}, days by class: ${[1, 2, 3, 4, 5, 6].map((classNo) => count([classNo])).join(' ')}`);
    expect(count([2, 3]) / days.length).toBeGreaterThan(0.88);
    expect(count([4])).toBeGreaterThan(5);
    expect(count([5, 6]) / days.length).toBeLessThan(0.01);
  });

  test('reports the nine parameters within their plausible ranges and never faster than the metric can', () => {
    let last: Readonly<Record<string, number>> | undefined;
    for (const { values } of year(waterBody, 7)) {
      expect(Object.keys(values)).toHaveLength(9);
      for (const [metric, value] of Object.entries(values)) {
        const descriptor = waterMetric(metric);
        const [low, high] = descriptor?.range ?? [0, 0];
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
        const rate = descriptor?.maxRatePerHour;
        if (rate !== undefined && last !== undefined) expect(Math.abs(value - (last[metric] ?? 0))).toBeLessThan(rate);
      }
      last = values;
    }
  });

  test('has more oxygen by day than by night', () => {
    const dry = year(waterBody, 3);
    const mean = (hour: number) => {
      const found = dry
        .filter(({ at }) => ((at - start) / HOUR_MS) % 24 === hour)
        .map(({ values }) => values.dissolved_oxygen ?? 0);
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    expect(mean(15)).toBeGreaterThan(mean(5) + 0.3);
  });
});

test('the same seed gives the same water, another seed another', () => {
  expect(year('river', 5).slice(0, 200)).toEqual(year('river', 5).slice(0, 200));
  expect(year('river', 5)[100]).not.toEqual(year('river', 6)[100]);
});

test('a model stepped each minute is as calm as its probes', () => {
  const model = waterKind.model(station, 9);
  const weather = weatherOf(9)(12);
  let last = model.step(start, weather)[0]?.values;
  for (let minute = 1; minute < 600; minute += 1) {
    const values = model.step(start + minute * 60_000, { ...weather, rainfall: 0 })[0]?.values;
    expect(Math.abs((values?.dissolved_oxygen ?? 0) - (last?.dissolved_oxygen ?? 0))).toBeLessThan(0.2);
    expect(Math.abs((values?.ph ?? 0) - (last?.ph ?? 0))).toBeLessThan(0.1);
    last = values;
  }
});
