import type { WaterStation } from '../../district.ts';
import { roundHalfEven } from '../../exact.ts';
import { Seeded, SlowNoise } from '../../seeded.ts';
import { HOUR_MS } from '../../time.ts';
import type { Sample, StationModel, Weather } from '../kind.ts';
import { waterMetric } from './metrics.ts';

/** What one water of coastal Fujian is like between storms, and what a millimetre of runoff does to it. */
interface Character {
  readonly base: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly perRunoff: Readonly<Record<string, number>>;
  /** Hours in which the water follows the air, and in which a storm's runoff passes. */
  readonly warmingHours: number;
  readonly runoffHours: number;
  /** Part of saturation that daylight adds to dissolved oxygen, and pH units it adds. */
  readonly photosynthesis: number;
  readonly alkalinity: number;
}

const RIVER: Character = {
  base: {
    ph: [7.0, 7.3],
    oxygen: [0.86, 0.93],
    conductivity: [160, 320],
    turbidity: [8, 20],
    codmn: [2.3, 3.9],
    nh3n: [0.12, 0.42],
    tp: [0.06, 0.12],
    tn: [1.4, 2.4],
  },
  perRunoff: { conductivity: -1.2, turbidity: 4, codmn: 0.045, nh3n: 0.007, tp: 0.0028, tn: 0.012 },
  warmingHours: 30,
  runoffHours: 16,
  photosynthesis: 0.1,
  alkalinity: 0.2,
};

const LAKE: Character = {
  base: {
    ph: [7.4, 7.9],
    oxygen: [0.84, 0.92],
    conductivity: [400, 900],
    turbidity: [5, 12],
    codmn: [3.2, 4.6],
    nh3n: [0.08, 0.3],
    tp: [0.026, 0.041],
    tn: [0.7, 1.2],
  },
  perRunoff: { conductivity: -1.5, turbidity: 1.5, codmn: 0.025, nh3n: 0.004, tp: 0.00045, tn: 0.008 },
  warmingHours: 72,
  runoffHours: 30,
  photosynthesis: 0.24,
  alkalinity: 0.6,
};

/** Nutrients, solids and organics wander together slowly by this part; the probe's own noise comes on top. */
const WANDER = 0.09;
const WANDER_HOURS = 18;
const PROBE_NOISE: Readonly<Record<string, number>> = {
  conductivity: 0.003,
  turbidity: 0.03,
  codmn: 0.012,
  nh3n: 0.015,
  tp: 0.015,
  tn: 0.01,
};
/** A storm cannot strip a catchment for ever: runoff above this (mm) adds nothing more. */
const RUNOFF_CEILING = 110;

/** Follows a target with a time constant: after `hours` about 63 % of the way. */
function approach(value: number, target: number, elapsedHours: number, hours: number): number {
  return target + (value - target) * Math.exp(-elapsedHours / hours);
}

class WaterModel implements StationModel {
  readonly #random: Seeded;
  readonly #character: Character;
  readonly #base: Record<string, number> = {};
  readonly #wander: Record<string, SlowNoise> = {};
  #lastAt: number | null = null;
  #temperature = 0;
  #light = 0;
  #runoff = 0;

  constructor(station: WaterStation, seed: number) {
    this.#random = new Seeded(seed, station.id);
    this.#character = station.waterBody === 'lake' ? LAKE : RIVER;
    for (const [metric, [low, high]] of Object.entries(this.#character.base)) {
      this.#base[metric] = this.#random.between(low, high);
      this.#wander[metric] = new SlowNoise(seed, `${station.id} ${metric}`, WANDER_HOURS * HOUR_MS);
    }
  }

  step(at: number, weather: Weather): readonly Sample[] {
    const hours = this.#lastAt === null ? 0 : (at - this.#lastAt) / HOUR_MS;
    if (this.#lastAt === null) this.#temperature = weather.temperature;
    this.#lastAt = at;
    this.#temperature = approach(
      this.#temperature,
      weather.temperature + 1.2 * weather.sunshine,
      hours,
      this.#character.warmingHours,
    );
    this.#light = approach(this.#light, weather.sunshine, hours, 3);
    this.#runoff = Math.min(RUNOFF_CEILING, approach(this.#runoff, 0, hours, this.#character.runoffHours) + weather.rainfall);
    return [{ values: this.#values() }];
  }

  #values(): Record<string, number> {
    const { photosynthesis, alkalinity } = this.#character;
    const saturation = 468 / (31.6 + this.#temperature);
    // Night takes what day gives: plants breathe, and a storm's load uses oxygen up.
    const breath = photosynthesis * (1.4 * this.#light - 0.4) - 0.0012 * this.#runoff + 0.015 * this.#wanderOf('oxygen');
    const values: Record<string, number> = {
      temperature: this.#temperature + 0.02 * this.#random.normal(),
      ph: (this.#base.ph ?? 7) + alkalinity * this.#light - 0.003 * this.#runoff + 0.05 * this.#wanderOf('ph'),
      dissolved_oxygen: saturation * ((this.#base.oxygen ?? 0.9) + breath) + 0.02 * this.#random.normal(),
    };
    for (const [metric, noise] of Object.entries(PROBE_NOISE)) {
      const quiet = (this.#base[metric] ?? 0) * (1 + WANDER * this.#wanderOf(metric));
      const stormy = quiet + (this.#character.perRunoff[metric] ?? 0) * this.#runoff;
      values[metric] = Math.max(0.2 * quiet, stormy) * (1 + noise * this.#random.normal());
    }
    for (const metric of Object.keys(values)) {
      values[metric] = roundHalfEven(values[metric] ?? 0, waterMetric(metric)?.decimals ?? 2);
    }
    return values;
  }

  #wanderOf(metric: string): number {
    return this.#wander[metric]?.at(this.#lastAt ?? 0) ?? 0;
  }
}

/**
 * A water of coastal Fujian, seeded: dissolved oxygen, pH and temperature follow the day, a storm washes turbidity,
 * phosphorus, organics and ammonia in. Mostly class II to III, now and then IV after heavy rain. Nine parameters a step.
 */
export function waterModel(station: WaterStation, seed: number): StationModel {
  return new WaterModel(station, seed);
}
