import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { tideAt } from '@clearbay/simulators/tide.ts';
import { RegionalWeather } from '@clearbay/simulators/weather.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const BEGIN = Date.UTC(2025, 11, 31, 16);
const moments = fc.integer({ min: BEGIN, max: BEGIN + 365 * DAY_MS });

describe('the regional weather', () => {
  test('is the same for a seed and a moment, in whatever order it is asked for', () => {
    fc.assert(
      fc.property(fc.array(moments, { minLength: 2, maxLength: 10 }), (times) => {
        const forwards = new RegionalWeather(7);
        const backwards = new RegionalWeather(7);
        const first = times.map((at) => forwards.at(at, HOUR_MS));
        const second = times.toReversed().map((at) => backwards.at(at, HOUR_MS));
        expect(second.toReversed()).toEqual(first);
      }),
    );
  });

  test('rain of short steps adds up to the rain of the long one', () => {
    const weather = new RegionalWeather(7);
    fc.assert(
      fc.property(moments, fc.integer({ min: 2, max: 50 }), (at, parts) => {
        const whole = weather.at(at, 6 * HOUR_MS).rainfall;
        let sum = 0;
        const step = (6 * HOUR_MS) / parts;
        for (let part = 1; part <= parts; part += 1) sum += weather.at(at - 6 * HOUR_MS + part * step, step).rainfall;
        expect(sum).toBeCloseTo(whole, 6);
      }),
    );
  });

  test('a year is that of Quanzhou: warm, wet in summer, windy in typhoons', () => {
    for (const seed of [1, 20_260_101, 99]) {
      const weather = new RegionalWeather(seed);
      let rain = 0;
      let summerRain = 0;
      let mostWind = 0;
      const monthly = Array.from({ length: 12 }, () => ({ sum: 0, count: 0 }));
      for (let at = BEGIN + HOUR_MS; at <= BEGIN + 365 * DAY_MS; at += HOUR_MS) {
        const now = weather.at(at, HOUR_MS);
        const month = new Date(at).getUTCMonth();
        rain += now.rainfall;
        if (month >= 3 && month <= 8) summerRain += now.rainfall;
        mostWind = Math.max(mostWind, now.windSpeed);
        const mean = monthly[month];
        if (mean) {
          mean.sum += now.temperature;
          mean.count += 1;
        }
        expect(now.rainfall).toBeGreaterThanOrEqual(-1e-9);
        expect(now.humidity).toBeGreaterThanOrEqual(25);
        expect(now.humidity).toBeLessThanOrEqual(100);
        expect(now.stagnation).toBeGreaterThanOrEqual(0);
        expect(now.stagnation).toBeLessThanOrEqual(1);
        expect(now.sunshine).toBeGreaterThanOrEqual(0);
        expect(now.sunshine).toBeLessThanOrEqual(1);
        expect(now.windDirection).toBeGreaterThanOrEqual(0);
        expect(now.windDirection).toBeLessThan(360);
      }
      const means = monthly.map(({ sum, count }) => sum / count);
      console.log(
        `seed ${seed}: ${rain.toFixed(0)} mm, months ${means.map((mean) => mean.toFixed(0)).join(' ')} °C, wind to ${mostWind.toFixed(0)} m/s`,
      );
      expect(rain).toBeGreaterThan(700);
      expect(rain).toBeLessThan(2400);
      expect(summerRain / rain).toBeGreaterThan(0.6);
      expect(means[0]).toBeGreaterThan(8);
      expect(means[0]).toBeLessThan(17);
      expect(means[6]).toBeGreaterThan(25);
      expect(means[6]).toBeLessThan(33);
    }
  });

  test('nights are dark and the afternoon is warmer than the morning', () => {
    const weather = new RegionalWeather(7);
    for (let day = 0; day < 365; day += 30) {
      const midnight = BEGIN + day * DAY_MS;
      expect(weather.at(midnight + HOUR_MS, HOUR_MS).sunshine).toBe(0);
      expect(weather.at(midnight + 12 * HOUR_MS, HOUR_MS).sunshine).toBeGreaterThan(0);
    }
  });
});

describe('the tide', () => {
  test('has two high waters a lunar day and spring and neap tides', () => {
    let high = 0;
    const highs: number[] = [];
    for (let minute = 1; minute < 30 * 1440; minute += 1) {
      const at = BEGIN + minute * 60_000;
      if (tideAt(at) > tideAt(at - 60_000) && tideAt(at) >= tideAt(at + 60_000)) {
        high += 1;
        highs.push(tideAt(at));
      }
    }
    expect(high).toBeGreaterThanOrEqual(57);
    expect(high).toBeLessThanOrEqual(59);
    expect(Math.max(...highs)).toBeLessThanOrEqual(3.2);
    expect(Math.max(...highs) - Math.min(...highs)).toBeGreaterThan(0.8);
  });
});
