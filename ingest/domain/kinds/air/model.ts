import type { AirStation } from '../../district.ts';
import type { Values } from '../../reading.ts';
import { SlowNoise } from '../../seeded.ts';
import { DAY_MS, HOUR_MS, localDate, startOfDate } from '../../time.ts';
import type { Sample, StationModel, Weather } from '../kind.ts';
import { AIR_METRICS } from './metrics.ts';

/** What the air holds, before the instrument rounds it. */
interface Air {
  pm25: number;
  coarse: number;
  so2: number;
  no2: number;
  co: number;
  o3: number;
  voc: number;
}

const RESOLUTIONS = new Map(AIR_METRICS.map((metric) => [metric.id, metric.resolution]));
/** How fast the air follows its sources, h. */
const MIXING_HOURS = 1.5;
const PLACE_HOURS = 12;
const GUST_HOURS = 0.7;

/**
 * A station of coastal Fujian: PM2.5 about 20 µg/m³ over the year with a winter maximum, two traffic peaks a day,
 * stagnant episodes, rain that washes particles out, ozone that sunshine makes and evening traffic eats. Seeded: the same
 * seed, times and weather give the same samples.
 */
export class AirModel implements StationModel {
  readonly #station: AirStation;
  readonly #random: () => number;
  /** Character of the place: how much traffic and how much it lies in the sea wind. */
  readonly #traffic: number;
  readonly #inland: number;
  #at: number | undefined;
  readonly #place: SlowNoise;
  readonly #gust: SlowNoise;
  #sun = 0;
  #air: Air = { pm25: 18, coarse: 18, so2: 5, no2: 16, co: 0.5, o3: 65, voc: 60 };

  constructor(station: AirStation, seed: number) {
    this.#station = station;
    this.#random = generator(seed);
    this.#place = new SlowNoise(seed, 'place', PLACE_HOURS * HOUR_MS);
    this.#gust = new SlowNoise(seed, 'gust', GUST_HOURS * HOUR_MS);
    this.#traffic = 0.85 + 0.3 * this.#random();
    this.#inland = 0.9 + 0.2 * this.#random();
  }

  step(at: number, weather: Weather): readonly Sample[] {
    const hours = this.#at === undefined ? 24 : Math.max(0, (at - this.#at) / HOUR_MS);
    this.#at = at;
    this.#sun += (weather.sunshine - this.#sun) * follow(hours, 2);
    this.#advance(at, weather, hours);
    return [{ values: this.#measure(weather) }];
  }

  #advance(at: number, weather: Weather, hours: number): void {
    const air = this.#air;
    const season = seasonOf(at);
    const traffic = trafficOf(at) * this.#traffic;
    // Wind thins out what the ground emits; stagnation lets it pile up.
    const pile = ((0.6 + 1.1 * weather.stagnation) * 2.6) / (1.2 + 0.45 * weather.windSpeed);
    // An episode is the region's; the place adds its own.
    const precursor = weather.airMass + 0.35 * this.#place.at(at);
    const episode = Math.exp(0.36 * precursor);
    const gust = 1 + 0.06 * this.#gust.at(at);
    const pm25 = (11 + 14.5 * season.winter) * episode * pile * (0.8 + 0.25 * traffic) * this.#inland * gust;
    const no2 = (5 + 14 * traffic + 7 * season.winter) * pile * (1 - 0.35 * weather.sunshine) * gust;
    const co = (0.33 + 0.16 * traffic + 0.12 * season.winter) * (0.55 + 0.45 * pile) * (0.9 + 0.1 * episode);
    const ozone = this.#ozone(weather, season, no2, precursor);
    const mixing = follow(hours, MIXING_HOURS);
    const washed = Math.exp(-0.13 * Math.min(weather.rainRate, 15) * Math.min(hours, 6));
    air.pm25 = (air.pm25 + (pm25 - air.pm25) * mixing) * washed;
    const dust = (13 + 0.8 * weather.windSpeed + 6 * traffic) * (1.4 - weather.humidity / 100) * gust;
    air.coarse = (air.coarse + (dust - air.coarse) * mixing) * washed;
    air.so2 += ((3.2 + 2.2 * pile * (1 + 0.2 * precursor)) * gust - air.so2) * mixing;
    air.no2 += (no2 - air.no2) * mixing;
    air.co += (co - air.co) * mixing;
    air.o3 += (ozone - air.o3) * mixing;
    air.voc += ((35 + 45 * traffic) * pile * (1 + 0.1 * precursor) - air.voc) * mixing;
  }

  #ozone(weather: Weather, season: Season, no2: number, precursor: number): number {
    const background = 62 + 8 * season.spring;
    const heat = Math.max(0.25, Math.min(1.3, (weather.temperature - 4) / 22));
    const precursors = Math.exp(0.3 * precursor) * (0.75 + 0.55 * weather.stagnation);
    const made = 150 * this.#sun * heat * precursors * (1 - 0.35 * season.monsoon);
    return Math.max(4, background + made - 1.1 * no2 - 0.8 * Math.min(20, weather.rainRate));
  }

  #measure(weather: Weather): Values {
    const air = this.#air;
    const noisy = (value: number, share: number) => Math.max(0, value * (1 + share * normal(this.#random)));
    const values: Record<string, number> = {
      pm25: noisy(air.pm25, 0.02),
      pm10: noisy(air.pm25 + air.coarse, 0.02),
      so2: noisy(air.so2, 0.02),
      no2: noisy(air.no2, 0.02),
      o3: noisy(air.o3, 0.01),
      co: noisy(air.co, 0.02),
      voc: noisy(air.voc, 0.03),
      temperature: weather.temperature,
      humidity: Math.min(100, Math.max(0, weather.humidity)),
      pressure: weather.pressure,
      wind_speed: weather.windSpeed,
      wind_direction: weather.windDirection,
    };
    for (const pollutant of this.#station.notMonitored) delete values[pollutant];
    for (const metric in values) values[metric] = toResolution(values[metric] ?? 0, RESOLUTIONS.get(metric) ?? 0.1);
    return values;
  }
}

interface Season {
  /** 0 in July to 1 in January. */
  readonly winter: number;
  /** 1 in late April. */
  readonly spring: number;
  /** 1 in August, when sea air comes in clean. */
  readonly monsoon: number;
}

function seasonOf(at: number): Season {
  const year = localDate(at).slice(0, 4);
  const turn = ((at - startOfDate(`${year}-01-01`)) / (365.25 * DAY_MS)) * 2 * Math.PI;
  const wave = (dayOfYear: number) => (1 + Math.cos(turn - (dayOfYear / 365.25) * 2 * Math.PI)) / 2;
  return { winter: wave(15), spring: wave(115), monsoon: wave(215) ** 2 };
}

/** Traffic of the hour, about 0.2 at night to 1.3 in the rush; at weekends flatter. */
function trafficOf(at: number): number {
  const local = new Date(at + 8 * HOUR_MS);
  const hour = local.getUTCHours() + local.getUTCMinutes() / 60;
  const weekend = local.getUTCDay() === 0 || local.getUTCDay() === 6;
  const peak = (centre: number, width: number) => Math.exp(-(((hour - centre) / width) ** 2));
  const rush = peak(8, 1.5) + 1.05 * peak(18.5, 2);
  return 0.2 + (weekend ? 0.55 : 0.9) * rush + 0.35 * peak(13, 5);
}

/** Share of the way to its target that a quantity goes in `hours`. */
function follow(hours: number, constantHours: number): number {
  return 1 - Math.exp(-hours / constantHours);
}

function toResolution(value: number, resolution: number): number {
  const steps = Math.round(1 / resolution);
  return Math.round(value * steps) / steps;
}

/** Uniform numbers in (0, 1) from a seed (xorshift with an avalanche of the seed). */
function generator(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return (state + 0.5) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}
