import { hoursToRise, type LevelSample, riseRates, robustSlope, timeToLine } from '@clearbay/domain/kinds/flood/rise.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './gauge.ts';

const { measuring } = STANDARDS;

function line(minutes: readonly number[], level: (minute: number) => number): LevelSample[] {
  return minutes.map((minute) => ({ at: EIGHT + minute * MINUTE_MS, level: level(minute) }));
}

const everyFive = Array.from({ length: 13 }, (_, index) => index * 5);

describe('rise rate (Z(t) − Z(t−Δ))/Δ', () => {
  test('a steady rise of 0.6 m/h is that in every window', () => {
    const rates = riseRates(
      line(everyFive, (minute) => 2 + minute * 0.01),
      measuring.riseWindowsMin,
      0.2,
    );
    expect(rates.map((rate) => rate.minutes)).toEqual([5, 10, 30, 60]);
    for (const { mPerHour } of rates) expect(mPerHour).toBeCloseTo(0.6, 9);
  });

  test('a window whose beginning is missing gives none', () => {
    const rates = riseRates(
      line([0, 50, 60], (minute) => minute),
      [5, 10, 30, 60],
      0.2,
    );
    expect(rates.map(({ mPerHour }) => mPerHour)).toEqual([null, 60, null, 60]);
  });

  test('an end may be a fifth of the window off, and the true interval counts', () => {
    expect(
      riseRates(
        line([0, 12], (minute) => minute / 12),
        [10],
        0.2,
      )[0]?.mPerHour,
    ).toBeCloseTo(5, 9);
    expect(
      riseRates(
        line([0, 12.1], (minute) => minute),
        [10],
        0.2,
      )[0]?.mPerHour,
    ).toBeNull();
  });

  test('one sample or none gives none', () => {
    expect(riseRates([], [5], 0.2)).toEqual([{ minutes: 5, mPerHour: null }]);
    expect(
      riseRates(
        line([0], () => 1),
        [5],
        0.2,
      ),
    ).toEqual([{ minutes: 5, mPerHour: null }]);
  });
});

describe('robust slope', () => {
  test('needs four points over at least 15 minutes', () => {
    expect(
      robustSlope(
        line([0, 10, 20], () => 1),
        measuring,
      ),
    ).toBeUndefined();
    expect(
      robustSlope(
        line([0, 1, 2, 14], () => 1),
        measuring,
      ),
    ).toBeUndefined();
    expect(
      robustSlope(
        line([0, 5, 10, 15], () => 1),
        measuring,
      ),
    ).toMatchObject({ mPerHour: 0, points: 4, spanMinutes: 15 });
  });

  test('one false echo does not move it, where the plain rate goes wild', () => {
    const samples = line(everyFive.slice(0, 7), (minute) => 2 + minute * 0.01);
    const spoiled = samples.map((sample, index) => (index === 3 ? { ...sample, level: 7 } : sample));
    expect(robustSlope(spoiled, measuring)?.mPerHour).toBeCloseTo(0.6, 1);
  });

  test('looks at the last half hour only', () => {
    const turning = line(everyFive, (minute) => (minute < 30 ? 5 - minute * 0.1 : 2 + (minute - 30) * 0.01));
    expect(robustSlope(turning, measuring)?.mPerHour).toBeCloseTo(0.6, 6);
  });

  test('of an hourly gauge looks back six hours, of one every four hours twelve', () => {
    const hourly = line([0, 60, 120, 180, 240, 300, 360, 420], (minute) => (minute < 60 ? 9 : 2 + (minute * 0.05) / 60));
    expect(robustSlope(hourly, measuring)).toMatchObject({ points: 7, spanMinutes: 360 });
    expect(robustSlope(hourly, measuring)?.mPerHour).toBeCloseTo(0.05, 9);
    const seldom = line([0, 240, 480, 720, 960], (minute) => 2 + minute / 6000);
    expect(robustSlope(seldom, measuring)).toMatchObject({ points: 4, spanMinutes: 720 });
    expect(robustSlope(hourly.slice(-3), measuring)).toBeUndefined();
  });

  test('an outage does not make a dense gauge a seldom one', () => {
    const back = line([0, 5, 10, 300, 305, 310, 315], (minute) => (minute < 300 ? 1 : 2 + (minute - 300) * 0.01));
    expect(robustSlope(back, measuring)).toMatchObject({ points: 4, spanMinutes: 15 });
    expect(robustSlope(back, measuring)?.mPerHour).toBeCloseTo(0.6, 9);
  });

  test('its interval holds the true slope of a noisy rise at least four times in five', () => {
    let held = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 7, maxLength: 7 }), (noise) => {
        const slope = robustSlope(
          line(everyFive.slice(0, 7), (minute) => 2 + minute * 0.005 + (noise[minute / 5] ?? 0) / 1000),
          measuring,
        );
        expect(slope?.low).toBeLessThanOrEqual(slope?.mPerHour ?? Number.NaN);
        expect(slope?.high).toBeGreaterThanOrEqual(slope?.mPerHour ?? Number.NaN);
        if (slope !== undefined && slope.low <= 0.3 && 0.3 <= slope.high) held += 1;
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(held).toBeGreaterThanOrEqual(160);
  });

  test('many samples are thinned to the same slope', () => {
    const dense = line(
      Array.from({ length: 61 }, (_, index) => index / 2),
      (minute) => 1 + minute * 0.02,
    );
    expect(robustSlope(dense, measuring)).toMatchObject({ points: 61, spanMinutes: 30 });
    expect(robustSlope(dense, measuring)?.mPerHour).toBeCloseTo(1.2, 6);
  });
});

describe('time to a line', () => {
  const slope = { mPerHour: 0.5, low: 0.25, high: 1, points: 7, spanMinutes: 30 };

  test('comes with its earliest and latest', () => {
    expect(timeToLine(1, slope, 24)).toEqual({ hours: 2, earliest: 1, latest: 4 });
  });

  test('a slope that may be falling has no latest', () => {
    expect(timeToLine(1, { ...slope, low: -0.1 }, 24)).toEqual({ hours: 2, earliest: 1, latest: null });
  });

  test('on the line it is now, and nothing is said beyond the horizon', () => {
    expect(timeToLine(0, slope, 24)).toEqual({ hours: 0, earliest: 0, latest: 0 });
    expect(hoursToRise(13, 0.5, 24)).toBeNull();
    expect(hoursToRise(12, 0.5, 24)).toBe(24);
  });
});
