import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { chooseEdition } from '@clearbay/domain/kinds/air/edition-choice.ts';
import { hourTable } from '@clearbay/domain/kinds/air/hour-table.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { readingHours } from '@clearbay/domain/kinds/air/reading-hours.ts';
import { judgeYear } from '@clearbay/domain/kinds/air/year.ts';
import { HOUR_MS, localDate, startOfDate } from '@clearbay/domain/time.ts';
import { RegionalWeather } from '@clearbay/simulators/weather.ts';
import { describe, expect, test } from 'vitest';
import { reading, STATION } from './air-readings.ts';

const standards = loadAirStandards();
const START = startOfDate('2025-01-01');
const END = startOfDate('2026-01-01');
const SEEDS = [1, 2, 3, 4, 5, 6];

function yearOf(seed: number) {
  const weather = new RegionalWeather(seed);
  const model = airKind.model(STATION, seed);
  const readings = [];
  for (let at = START + HOUR_MS; at <= END; at += HOUR_MS) {
    for (const { values } of model.step(at, weather.at(at, HOUR_MS))) readings.push(reading(at, values, { periodMs: HOUR_MS }));
  }
  const table = hourTable(readingHours(readings), { firstEnd: START + HOUR_MS, lastEnd: END }, standards.editions[1]!.validity);
  return { readings, year: judgeYear(table, 2025, chooseEdition(standards, 'gb3095-2026-transition')) };
}

const years = SEEDS.map(yearOf);
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('simulated station', () => {
  test('has the levels of coastal Fujian: PM2.5 about 20 over the year and a few bad days', () => {
    const pm25 = average(years.map(({ year }) => year.pollutants.pm25.mean.value!));
    const bad = average(years.map(({ year }) => 100 * (1 - year.goodDays.asMeasured.rate!)));
    const causes = new Set(
      years.flatMap(({ year }) => year.days.filter((day) => day.good === false).flatMap((day) => day.primary)),
    );
    console.log(
      `simulated years: PM2.5 mean ${pm25.toFixed(1)} µg/m³, ${bad.toFixed(1)} % of days bad (${[...causes].join(', ')})`,
    );
    expect(pm25).toBeGreaterThan(16);
    expect(pm25).toBeLessThan(25);
    expect(bad).toBeGreaterThan(0.8);
    expect(bad).toBeLessThan(5);
    expect(causes).toContain('o3');
    expect(causes).toContain('pm25');
  });

  test('is dirtier in winter, and O3 peaks in the afternoon, NO2 in the rush', () => {
    const { readings } = years[0]!;
    const mean = (metric: string, take: (month: number, hour: number) => boolean) =>
      average(
        readings
          .filter(({ at }) => take(Number(localDate(at - 1).slice(5, 7)), new Date(at + 8 * HOUR_MS).getUTCHours()))
          .map(({ values }) => values[metric]!),
      );
    expect(mean('pm25', (month) => month === 1 || month === 12)).toBeGreaterThan(
      1.3 * mean('pm25', (month) => month === 7 || month === 8),
    );
    expect(mean('o3', (_, hour) => hour === 15)).toBeGreaterThan(1.2 * mean('o3', (_, hour) => hour === 7));
    expect(mean('no2', (_, hour) => hour === 9)).toBeGreaterThan(1.3 * mean('no2', (_, hour) => hour === 3));
  });

  test('the same seed gives the same samples, another one others', () => {
    const weather = new RegionalWeather(1);
    const samples = (seed: number) => {
      const model = airKind.model(STATION, seed);
      return [1, 2, 3].map((i) => model.step(START + i * HOUR_MS, weather.at(START + i * HOUR_MS, HOUR_MS)));
    };
    expect(samples(7)).toEqual(samples(7));
    expect(samples(7)).not.toEqual(samples(8));
  });

  test('every value is a known metric, in range and at the resolution of its instrument', () => {
    const metrics = new Map(airKind.metrics.map((metric) => [metric.id, metric]));
    for (const { values } of years[0]!.readings.slice(0, 2000)) {
      expect(Object.keys(values).sort()).toEqual([...metrics.keys()].sort());
      for (const [id, value] of Object.entries(values)) {
        const { range, resolution } = metrics.get(id)!;
        expect(value).toBeGreaterThanOrEqual(range[0]);
        expect(value).toBeLessThanOrEqual(range[1]);
        expect(Math.abs(value / resolution - Math.round(value / resolution))).toBeLessThan(1e-6);
      }
    }
  });

  test('leaves out what the station does not monitor', () => {
    const model = airKind.model({ ...STATION, notMonitored: ['so2'] }, 1);
    const [sample] = model.step(START, new RegionalWeather(1).at(START, HOUR_MS));
    expect(sample?.values).not.toHaveProperty('so2');
  });
});
