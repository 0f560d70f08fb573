import type { FloodStation } from '../../district.ts';
import { Seeded } from '../../seeded.ts';
import { HOUR_MS } from '../../time.ts';
import type { Sample, StationModel, Weather } from '../kind.ts';

/** Highest astronomical tide that the tidal lines of a demonstration station are made for, m above mean sea level. */
const HIGHEST_TIDE_M = 3.2;
const TIP_MM = 0.5;

/** Part of the rain that runs off: a wet catchment passes on more. */
function runoff(wetnessMm: number): number {
  return 0.25 + 0.5 * Math.min(1, wetnessMm / 120);
}

/**
 * A gauge over two linear reservoirs in a row (slope and channel) that the shared rain fills. A tidal gauge follows the shared tide, scaled so that
 * the highest tide stays half a metre below its warning level. Reports the level with sensor noise, rain in tips of 0.5 mm,
 * flow by a rating curve (not where tidal) and the battery.
 */
export class GaugeModel implements StationModel {
  readonly #random: Seeded;
  readonly #station: FloodStation;
  readonly #normal: number;
  readonly #bed: number;
  readonly #rainFactor: number;
  readonly #slopeHours: number;
  readonly #channelHours: number;
  /** mm in the channel that bring the level from normal to the warning level. */
  readonly #toWarningMm: number;
  #slopeMm = 0;
  #channelMm = 0;
  #wetnessMm: number;
  #bucketMm = 0;
  #voltage = 12.8;
  #last: number | undefined;

  constructor(station: FloodStation, seed: number) {
    this.#random = new Seeded(seed, station.id);
    this.#station = station;
    const { bed, normal, warning } = station.lines;
    this.#normal = normal ?? (bed === undefined ? warning - 1.5 : bed + 0.4 * (warning - bed));
    this.#bed = bed ?? this.#normal - 1.2;
    this.#rainFactor = this.#random.between(0.85, 1.15);
    this.#slopeHours = this.#random.between(0.8, 2);
    this.#channelHours = this.#random.between(2, 5);
    this.#toWarningMm = this.#random.between(45, 65);
    this.#wetnessMm = this.#random.between(20, 60);
  }

  step(at: number, weather: Weather): readonly Sample[] {
    const hours = this.#last === undefined ? 0 : Math.max(0, at - this.#last) / HOUR_MS;
    this.#last = at;
    const rain = weather.rainfall * this.#rainFactor;
    this.#route(rain, hours);
    this.#charge(weather.sunshine, hours);
    const level = this.#level(weather.tide);
    const values: Record<string, number> = {
      level: Math.round((level + 0.004 * this.#random.normal()) * 100) / 100,
      rainfall: this.#tips(rain),
      voltage: Math.round((this.#voltage + 0.01 * this.#random.normal()) * 100) / 100,
    };
    if (!this.#station.tidal) values.flow = Math.round(6 * Math.max(0, level - this.#bed) ** 1.6 * 100) / 100;
    return [{ values }];
  }

  #route(rain: number, hours: number): void {
    const effective = rain * runoff(this.#wetnessMm);
    this.#wetnessMm = Math.min(150, (this.#wetnessMm + rain) * 0.9 ** (hours / 24));
    // Exact decay of each reservoir over the step, so that long and short steps give the same recession.
    const passed = (this.#slopeMm + effective) * (1 - Math.exp(-hours / this.#slopeHours));
    this.#slopeMm += effective - passed;
    this.#channelMm = this.#channelMm * Math.exp(-hours / this.#channelHours) + passed;
  }

  #level(tide: number): number {
    const { warning } = this.#station.lines;
    const flood = (warning - this.#normal) * (this.#channelMm / this.#toWarningMm);
    if (!this.#station.tidal) return this.#normal + flood;
    const scale = Math.max(0.1, Math.min(1, (warning - 0.5 - this.#normal) / HIGHEST_TIDE_M));
    // The sea takes the water away: rain moves a tidal gauge less.
    return Math.max(this.#bed + 0.1, this.#normal + tide * scale) + flood * 0.35;
  }

  #tips(rain: number): number {
    this.#bucketMm += rain;
    const tips = Math.floor(this.#bucketMm / TIP_MM + 1e-9);
    this.#bucketMm -= tips * TIP_MM;
    return tips * TIP_MM;
  }

  #charge(sunshine: number, hours: number): void {
    const settled = 12.4 + 1.3 * sunshine;
    this.#voltage += (settled - this.#voltage) * (1 - Math.exp(-hours / 3));
  }
}
