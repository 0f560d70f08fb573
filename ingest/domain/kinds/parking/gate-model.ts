import type { ParkingStation } from '../../district.ts';
import { Seeded } from '../../seeded.ts';
import { dayStart, HOUR_MS } from '../../time.ts';
import type { Sample, StationModel, Weather } from '../kind.ts';
import { Demand } from './demand.ts';
import { movements } from './vehicles.ts';

/** Share of vehicles that a gate misses; the guard sets the counter right at four in the morning. */
const MISSED_SHARE = 0.004;
const RESET_HOUR = 4;
const CHARGE_HOURS = 1.5;

/** Gates that count vehicles in and out, with the drift that such counters have; charging bays report for themselves. */
export class GateLotModel implements StationModel {
  readonly #random: Seeded;
  readonly #demand: Demand;
  readonly #bays: number;
  readonly #charging: number[];
  #parked = 0;
  #countedFree: number;
  #turn = 0;
  #last: number | undefined;

  constructor(station: ParkingStation, seed: number) {
    this.#random = new Seeded(seed, station.id);
    this.#demand = new Demand(seed, station.id);
    this.#bays = Math.max(0, station.capacity - station.closedBays);
    this.#countedFree = this.#bays;
    this.#charging = Array.from({ length: station.chargers }, () => 0);
  }

  step(at: number, weather: Weather): readonly Sample[] {
    if (this.#last === undefined) {
      this.#last = at;
      this.#parked = Math.min(this.#bays, Math.round(this.#demand.share(at, weather.rainRate) * this.#bays));
      this.#countedFree = this.#bays - this.#parked;
      const chargers = this.#charging.map((_, index) => this.#chargerSample(index));
      return [{ values: { free: this.#countedFree, entered: 0, left: 0 } }, ...chargers];
    }
    const stepMs = Math.max(0, at - this.#last);
    const { arrivals, departures } = movements(
      this.#random,
      this.#demand,
      this.#parked,
      this.#bays,
      stepMs,
      at,
      weather.rainRate,
    );
    this.#parked += arrivals - departures;
    const entered = arrivals - Math.min(arrivals, this.#random.poisson(arrivals * MISSED_SHARE));
    const left = departures - Math.min(departures, this.#random.poisson(departures * MISSED_SHARE));
    this.#countedFree += left - entered;
    const reset = dayStart(at) + RESET_HOUR * HOUR_MS;
    if (this.#last < reset && reset <= at) this.#countedFree = this.#bays - this.#parked;
    this.#last = at;
    return [{ values: { free: this.#countedFree, entered, left } }, ...this.#chargerSteps(stepMs)];
  }

  /** Charging bays that changed, and one in turn. */
  #chargerSteps(stepMs: number): Sample[] {
    const change = 1 - Math.exp(-stepMs / (CHARGE_HOURS * HOUR_MS));
    const wanted = 0.6 * (this.#parked / Math.max(1, this.#bays));
    const changed = new Set<number>();
    this.#charging.forEach((charging, index) => {
      if (this.#random.next() >= change) return;
      const next = this.#random.next() < wanted ? 1 : 0;
      this.#charging[index] = next;
      if (next !== charging) changed.add(index);
    });
    if (this.#charging.length > 0) {
      this.#turn = (this.#turn + 1) % this.#charging.length;
      changed.add(this.#turn);
    }
    return [...changed].map((index) => this.#chargerSample(index));
  }

  #chargerSample(index: number): Sample {
    return { bay: `C-${String(index + 1).padStart(3, '0')}`, values: { charging: this.#charging[index] as number } };
  }
}
