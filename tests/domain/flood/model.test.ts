import type { FloodStation } from '@clearbay/domain/district.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import type { Weather } from '@clearbay/domain/kinds/kind.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE } from './gauge.ts';

const CALM: Weather = {
  rainfall: 0,
  rainRate: 0,
  temperature: 22,
  humidity: 70,
  pressure: 1013,
  windSpeed: 2,
  windDirection: 90,
  airMass: 0,
  stagnation: 0.3,
  sunshine: 0.5,
  tide: 0,
};

function run(station: FloodStation, seed: number, weather: (hour: number) => Partial<Weather>, hours = 48, stepMin = 5) {
  const model = floodKind.model(station, seed);
  return Array.from({ length: (hours * 60) / stepMin + 1 }, (_, index) => {
    const hour = (index * stepMin) / 60;
    const [sample] = model.step(EIGHT + index * stepMin * MINUTE_MS, { ...CALM, ...weather(hour) });
    if (sample === undefined) throw new Error('a gauge reports at every step');
    return { hour, ...(sample.values as { level: number; rainfall: number; voltage: number; flow?: number }) };
  });
}

/** 12 mm in five minutes of every hour from the sixth to the twelfth: 84 mm. */
const storm = (hour: number): Partial<Weather> =>
  hour >= 6 && hour < 13 && hour % 1 < 0.01 ? { rainfall: 12, rainRate: 144 } : {};

describe('simulated gauge', () => {
  test('the same seed gives the same water, another seed another', () => {
    expect(run(GAUGE, 5, storm)).toEqual(run(GAUGE, 5, storm));
    expect(run(GAUGE, 6, storm)).not.toEqual(run(GAUGE, 5, storm));
  });

  test('stays near its normal level in dry weather', () => {
    for (const { level } of run(GAUGE, 5, () => ({}))) expect(Math.abs(level - 1)).toBeLessThan(0.05);
  });

  test('answers a storm hours later, and falls again', () => {
    const levels = run(GAUGE, 5, storm, 72);
    const peak = levels.reduce((highest, each) => (each.level > highest.level ? each : highest));
    expect(peak.level).toBeGreaterThan(1.8);
    expect(peak.hour).toBeGreaterThan(8);
    expect(peak.hour).toBeLessThan(24);
    expect(levels.at(-1)?.level).toBeLessThan(1.1);
  });

  test('rain comes in tips of 0.5 mm and none is lost', () => {
    const levels = run(GAUGE, 5, storm);
    const total = levels.reduce((sum, { rainfall }) => sum + rainfall, 0);
    expect(levels.every(({ rainfall }) => (rainfall * 2) % 1 === 0)).toBe(true);
    expect(total).toBeGreaterThan(84 * 0.84);
    expect(total).toBeLessThan(84 * 1.16);
  });

  test('long and short steps recede alike', () => {
    const at = (stepMin: number) => run(GAUGE, 5, storm, 30, stepMin).at(-1)?.level ?? 0;
    expect(Math.abs(at(5) - at(20))).toBeLessThan(0.1);
  });

  test('a tidal gauge follows the shared tide and stays below its warning level without rain', () => {
    const tidal: FloodStation = { ...GAUGE, tidal: true, lines: { bed: -3.5, normal: 0.2, warning: 3.6, guaranteed: 4.2 } };
    const levels = run(tidal, 5, (hour) => ({ tide: 3.2 * Math.cos((hour / 12.42) * 2 * Math.PI) }));
    const highest = Math.max(...levels.map(({ level }) => level));
    expect(highest).toBeGreaterThan(2.6);
    expect(highest).toBeLessThan(3.2);
    expect(levels.every(({ flow }) => flow === undefined)).toBe(true);
  });

  test('every value lies in the range of its metric, whatever the weather', () => {
    const wild = run(GAUGE, 9, (hour) => ({ rainfall: hour % 2 < 0.1 ? 80 : 0, rainRate: 100, sunshine: hour % 1, tide: 5 }), 24);
    for (const values of wild) {
      for (const metric of floodKind.metrics.filter(({ id }) => id !== 'distance')) {
        const value = values[metric.id as 'level'];
        expect(value).toBeGreaterThanOrEqual(metric.range[0]);
        expect(value).toBeLessThanOrEqual(metric.range[1]);
      }
    }
  });

  test('an hour can be stepped at once', () => {
    const model = floodKind.model(GAUGE, 5);
    expect(model.step(EIGHT, CALM)).toHaveLength(1);
    expect(model.step(EIGHT + HOUR_MS, CALM)[0]?.values).toHaveProperty('flow');
  });
});
