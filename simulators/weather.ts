import type { Weather } from '@clearbay/domain/kinds/kind.ts';
import { SlowNoise } from '@clearbay/domain/seeded.ts';
import { DAY_MS, HOUR_MS, offsetAt } from '@clearbay/domain/time.ts';
import { smoothNoise } from './noise.ts';
import { fallenUntil, type RainEvent, rainEvents, rateAt, strengthAt } from './rain-events.ts';
import { tideAt } from './tide.ts';

/** Fronts come through every few days. */
const AIR_MASS_HOURS = 60;
const LATITUDE = (24.9 * Math.PI) / 180;
/** The sun is this much behind Beijing time at 118.8° E, hours. */
const SOLAR_LAG_HOURS = 0.08;

const CHANNEL = {
  temperature: 1,
  quick: 2,
  pressure: 3,
  wind: 4,
  gust: 5,
  turn: 6,
  cloud: 7,
  humidity: 8,
  stagnation: 9,
} as const;

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Part of the year, 0 at the turn of the year. */
function yearPart(at: number): number {
  const year = new Date(at).getUTCFullYear();
  const begin = Date.UTC(year, 0, 1);
  return (at - begin) / (Date.UTC(year + 1, 0, 1) - begin);
}

function sunHeight(at: number, year: number): number {
  const declination = -0.4091 * Math.cos(2 * Math.PI * (year + 10 / 365));
  const hours = (((at + offsetAt(at)) % DAY_MS) + DAY_MS) % DAY_MS;
  const angle = ((hours / HOUR_MS - SOLAR_LAG_HOURS - 12) / 12) * Math.PI;
  return Math.max(0, Math.sin(LATITUDE) * Math.sin(declination) + Math.cos(LATITUDE) * Math.cos(declination) * Math.cos(angle));
}

/**
 * The shared weather of the simulated district, in the climate of Quanzhou: a pure function of seed and time, so that any moment can be asked for
 * alone and every kind sees the same rain. Rain of adjoining steps adds up to the rain of the whole.
 */
export class RegionalWeather {
  readonly #seed: number;
  readonly #airMass: SlowNoise;
  #last: { readonly at: number; readonly stepMs: number; readonly weather: Weather } | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#airMass = new SlowNoise(seed, 'air mass', AIR_MASS_HOURS * HOUR_MS);
  }

  /** Weather at `at` (epoch ms); `rainfall` is what fell in the `stepMs` before it. */
  at(at: number, stepMs: number): Weather {
    // The stations of a district ask for the same moment one after another.
    if (this.#last?.at === at && this.#last.stepMs === stepMs) return this.#last.weather;
    const weather = this.#compute(at, stepMs);
    this.#last = { at, stepMs, weather };
    return weather;
  }

  #noise(channel: number, at: number, scaleMs: number): number {
    return smoothNoise(this.#seed, channel, at, scaleMs);
  }

  #compute(at: number, stepMs: number): Weather {
    const events = rainEvents(this.#seed, at - stepMs, at);
    const rainRate = events.reduce((sum, event) => sum + rateAt(event, at), 0);
    const rainfall = events.reduce((sum, event) => sum + fallenUntil(event, at) - fallenUntil(event, at - stepMs), 0);
    const typhoon = this.#typhoon(events, at);
    const wet = 1 - Math.exp(-rainRate / 2);

    const year = yearPart(at);
    /** 1 in midsummer, -1 in midwinter; the sea holds it back to late July. */
    const season = -Math.cos(2 * Math.PI * (year - 25 / 365));
    const cloud = clamp(0.45 + 0.5 * this.#noise(CHANNEL.cloud, at, 18 * HOUR_MS) + 0.6 * wet + typhoon, 0, 1);
    const sun = sunHeight(at, year);
    const sunshine = sun * (1 - 0.78 * cloud);
    // The warmth of the day follows the sun by two hours and a half.
    const warmth = sunHeight(at - 2.5 * HOUR_MS, year) * (1 - 0.6 * cloud);
    const temperature =
      19.2 +
      8.2 * season +
      6 * warmth +
      (3 - 1.6 * season) * this.#noise(CHANNEL.temperature, at, 4 * DAY_MS) +
      0.6 * this.#noise(CHANNEL.quick, at, HOUR_MS) -
      1.8 * wet;
    const humidity = clamp(
      76 + 5 * season - 26 * warmth + 10 * this.#noise(CHANNEL.humidity, at, 2 * DAY_MS) + 18 * wet,
      25,
      100,
    );
    const swell = this.#noise(CHANNEL.wind, at, 1.5 * DAY_MS);
    const windSpeed =
      Math.max(0.2, 2.7 + 1.3 * swell + 1.4 * sunshine + 0.7 * this.#noise(CHANNEL.gust, at, HOUR_MS / 2)) +
      1.5 * wet +
      19 * typhoon;
    const stagnation = clamp(
      0.42 -
        0.22 * season +
        0.42 * this.#noise(CHANNEL.stagnation, at, 3.5 * DAY_MS) -
        0.16 * swell -
        0.25 * sunshine -
        0.5 * wet -
        typhoon,
      0,
      1,
    );
    return {
      rainfall,
      rainRate,
      temperature,
      humidity,
      pressure: 1012.5 - 8 * season + 4 * this.#noise(CHANNEL.pressure, at, 3 * DAY_MS) - 28 * typhoon,
      windSpeed,
      windDirection: this.#direction(at, season, sunshine),
      airMass: this.#airMass.at(at),
      stagnation,
      sunshine,
      tide: tideAt(at),
    };
  }

  #typhoon(events: readonly RainEvent[], at: number): number {
    return events.reduce((most, event) => (event.typhoon ? Math.max(most, strengthAt(event, at)) : most), 0);
  }

  /** Monsoon from the north-east in winter, from the south-west in summer, with a sea breeze by day. */
  #direction(at: number, season: number, sunshine: number): number {
    const monsoon = season > 0 ? 205 - 25 * (1 - season) : 40;
    const breeze = season > -0.3 ? -60 * sunshine : 0;
    const turned = monsoon + breeze + 45 * this.#noise(CHANNEL.turn, at, 6 * HOUR_MS);
    return ((turned % 360) + 360) % 360;
  }
}
