import type { Device, District, Station } from '@clearbay/domain/district.ts';
import type { Kind, Sample, StationModel } from '@clearbay/domain/kinds/kind.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { hashed } from './noise.ts';
import type { RegionalWeather } from './weather.ts';
import type { WireReading } from './wire.ts';

/** Water levels, queues of cars and reservoirs of rain forget their beginning within this time. */
const WARM_UP_MS = 48 * HOUR_MS;

/** The stations that are simulated, each with the device its model speaks through: the first that is simulated. Planned and retired stations are silent. */
export function speakingDevices(district: District): ReadonlyMap<Station, Device> {
  const speaking = new Map<Station, Device>();
  for (const station of district.stations) {
    if (station.state === 'planned' || station.state === 'retired') continue;
    const device = district.devices.find((each) => each.station === station.id && each.origin === 'simulated');
    if (device !== undefined) speaking.set(station, device);
  }
  return speaking;
}

function stationSeed(seed: number, station: string): number {
  return [...station].reduce((mixed, letter) => Math.floor(hashed(mixed, 800, letter.charCodeAt(0)) * 0xffff_ffff), seed);
}

/** One station's model under the shared weather: gives what its devices report, step by step. */
export class StationSource {
  readonly station: Station;
  readonly #model: StationModel;
  readonly #weather: RegionalWeather;
  /** Last report of each bay; a bay reports changes only, the first report of a device tells them all. */
  readonly #bays = new Map<string, Sample>();
  #at: number | undefined;
  #untold = true;

  constructor(station: Station, kind: Kind, seed: number, weather: RegionalWeather) {
    this.station = station;
    // Stations of one district share the seed and the weather, never their own chances.
    this.#model = kind.model(station, stationSeed(seed, station.id));
    this.#weather = weather;
  }

  /** Runs the model silently towards `at`, so that it does not begin in a vacuum. */
  warmUp(at: number): void {
    for (let time = at - WARM_UP_MS; time <= at; time += HOUR_MS) this.#step(time, HOUR_MS);
  }

  /** The next report tells every bay, not only those that changed. */
  tellAll(): void {
    this.#untold = true;
  }

  /** What the devices report at `at` (epoch ms), which is not before the last. */
  report(at: number, stepMs: number): WireReading[] {
    const samples = this.#step(at, this.#at === undefined ? stepMs : at - this.#at);
    const told =
      this.#untold && this.#bays.size > 0
        ? [...samples.filter((sample) => sample.bay === undefined), ...this.#bays.values()]
        : samples;
    this.#untold = false;
    const readings = told.map(({ values, bay }) => (bay === undefined ? { at, values } : { at, values, bay }));
    const free = this.#free();
    return free === undefined ? readings : [...readings, { at, values: { free } }];
  }

  /** What the gateway of a lot says of all its bays together; undefined where bays are not counted. */
  #free(): number | undefined {
    const { station } = this;
    if (station.kind !== 'parking' || station.counting !== 'bays') return undefined;
    let taken = 0;
    for (const { values } of this.#bays.values()) if (values.occupied === 1) taken += 1;
    return Math.max(0, station.capacity - station.closedBays - taken);
  }

  #step(at: number, stepMs: number): readonly Sample[] {
    const samples = this.#model.step(at, this.#weather.at(at, stepMs));
    this.#at = at;
    for (const sample of samples) if (sample.bay !== undefined) this.#bays.set(sample.bay, sample);
    return samples;
  }
}
