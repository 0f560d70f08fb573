import { solvePositive } from '@clearbay/domain/kinds/flood/normal-equations.ts';
import { fitTide, predictTide, separableConstituents } from '@clearbay/domain/kinds/flood/tide.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './gauge.ts';

const { tide: settings } = STANDARDS.measuring;
const TRUTH = [
  ['M2', 28.9841042, 1.8, 40],
  ['S2', 30, 0.55, 80],
  ['N2', 28.4397295, 0.35, 20],
  ['K1', 15.0410686, 0.34, 300],
  ['O1', 13.9430356, 0.28, 250],
  ['M4', 57.9682084, 0.12, 10],
  ['MS4', 58.9841042, 0.07, 130],
] as const;

function astronomical(at: number): number {
  const hours = (at - EIGHT) / HOUR_MS;
  return TRUTH.reduce(
    (sum, [, speed, amplitude, phase]) => sum + amplitude * Math.cos(((speed * hours - phase) * Math.PI) / 180),
    0.4,
  );
}

function record(days: number, surge: (at: number) => number = () => 0, noise = 0) {
  const random = new Seeded(11);
  return Array.from({ length: days * 24 * 4 }, (_, index) => {
    const at = EIGHT + index * 15 * 60_000;
    return { at, level: astronomical(at) + surge(at) + noise * random.normal() };
  });
}

describe('harmonic fit of a station’s own history', () => {
  test('finds amplitudes and phases of a made tide', () => {
    const fit = fitTide(record(40), settings);
    expect(fit?.mean).toBeCloseTo(0.4, 3);
    for (const [name, , amplitude, phase] of TRUTH) {
      const found = fit?.constituents.find((each) => each.name === name);
      expect(found?.amplitude, name).toBeCloseTo(amplitude, 3);
      expect(Math.cos((((found?.phase ?? 0) - phase) * Math.PI) / 180), name).toBeGreaterThan(0.9999);
    }
    expect(fit?.rmse).toBeLessThan(1e-3);
  });

  test('predicts the days after its record', () => {
    const fit = fitTide(
      record(40, () => 0, 0.02),
      settings,
    );
    if (fit === undefined) throw new Error('no fit');
    for (let hour = 0; hour < 72; hour += 1) {
      const at = EIGHT + 42 * DAY_MS + hour * HOUR_MS;
      expect(Math.abs(predictTide(fit, at) - astronomical(at))).toBeLessThan(0.03);
    }
  });

  test('a flood in the record stands out as residual and does not bend the tide', () => {
    const surge = (at: number): number => {
      const hours = (at - EIGHT - 20 * DAY_MS) / HOUR_MS;
      return hours > 0 && hours < 30 ? 1.5 * Math.sin((hours / 30) * Math.PI) : 0;
    };
    const fit = fitTide(record(40, surge, 0.02), settings);
    if (fit === undefined) throw new Error('no fit');
    const peak = EIGHT + 20 * DAY_MS + 15 * HOUR_MS;
    expect(astronomical(peak) + 1.5 - predictTide(fit, peak)).toBeGreaterThan(1.35);
    const calm = EIGHT + 5 * DAY_MS;
    expect(Math.abs(astronomical(calm) - predictTide(fit, calm))).toBeLessThan(0.1);
  });

  test('says nothing below fifteen days or with too few samples', () => {
    expect(fitTide(record(14), settings)).toBeUndefined();
    expect(fitTide([], settings)).toBeUndefined();
    expect(
      fitTide(
        record(40).filter((_, index) => index % 400 === 0),
        settings,
      ),
    ).toBeUndefined();
  });

  test('a gap in the record does no harm', () => {
    const gappy = record(40).filter(({ at }) => at < EIGHT + 12 * DAY_MS || at > EIGHT + 19 * DAY_MS);
    expect(fitTide(gappy, settings)?.rmse).toBeLessThan(1e-3);
  });

  test('takes only constituents that the record can tell apart (Rayleigh)', () => {
    const names = (days: number): string[] => separableConstituents(days * 24, 1).map(([name]) => name);
    expect(names(15)).toEqual(['M2', 'K1', 'M4', 'O1', 'S2', 'MS4']);
    expect(names(28)).toContain('N2');
    expect(names(28)).not.toContain('P1');
    expect(names(190)).toContain('P1');
  });
});

test('the solver refuses a singular matrix', () => {
  expect(solvePositive([Float64Array.of(1, 0), Float64Array.of(1, 1)], Float64Array.of(1, 1))).toBeUndefined();
  const solution = solvePositive([Float64Array.of(4, 0), Float64Array.of(2, 3)], Float64Array.of(8, 7));
  expect(solution?.[0]).toBeCloseTo(1.25, 12);
  expect(solution?.[1]).toBeCloseTo(1.5, 12);
});
