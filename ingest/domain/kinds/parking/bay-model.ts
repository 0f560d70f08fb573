import type { ParkingStation } from '../../district.ts';
import { Seeded } from '../../seeded.ts';
import { HOUR_MS } from '../../time.ts';
import type { Sample, StationModel, Weather } from '../kind.ts';
import { Demand } from './demand.ts';
import { movements } from './vehicles.ts';

/** Hours in which every bay reports once even without a change. */
const REFRESH_HOURS = 12;
/** Share of vehicles on a charging bay that charge, and hours until they have enough. */
const CHARGE_SHARE = 0.7;
const CHARGE_HOURS = 1.5;

/** Name of a bay, `A-001` to `A-100`, then `B-001`. */
function bayName(index: number): string {
  return `${String.fromCharCode(65 + (Math.floor(index / 100) % 26))}-${String((index % 100) + 1).padStart(3, '0')}`;
}

/** Bays with a sensor each: a bay reports when it changes, and in turn so that all are heard of in twelve hours. */
export class BayLotModel implements StationModel {
  readonly #random: Seeded;
  readonly #demand: Demand;
  readonly #names: readonly string[];
  readonly #chargers: number;
  readonly #occupied: boolean[];
  /** Time until which the vehicle charges; absent where none does. */
  readonly #chargingUntil = new Map<number, number>();
  /** Bays by state: the first `#taken` are occupied. A swap moves a bay across in constant time. */
  readonly #order: number[];
  #taken = 0;
  #turn = 0;
  #last: number | undefined;

  constructor(station: ParkingStation, seed: number) {
    this.#random = new Seeded(seed, station.id);
    this.#demand = new Demand(seed, station.id);
    const bays = Math.max(0, station.capacity - station.closedBays);
    this.#names = Array.from({ length: bays }, (_, index) => bayName(index));
    this.#occupied = this.#names.map(() => false);
    this.#order = this.#names.map((_, index) => index);
    this.#chargers = Math.min(station.chargers, bays);
  }

  step(at: number, weather: Weather): readonly Sample[] {
    const bays = this.#names.length;
    const changed = new Set<number>();
    if (this.#last === undefined) {
      const wanted = Math.min(bays, Math.round(this.#demand.share(at, weather.rainRate) * bays));
      for (let count = 0; count < wanted; count += 1) this.#arrive(at, changed);
      this.#last = at;
      return this.#names.map((_, index) => this.#sample(index));
    }
    const stepMs = Math.max(0, at - this.#last);
    this.#last = at;
    for (const [bay, until] of this.#chargingUntil) {
      if (until > at) continue;
      this.#chargingUntil.delete(bay);
      changed.add(bay);
    }
    const { arrivals, departures } = movements(this.#random, this.#demand, this.#taken, bays, stepMs, at, weather.rainRate);
    for (let count = 0; count < departures; count += 1) this.#depart(changed);
    for (let count = 0; count < arrivals; count += 1) this.#arrive(at, changed);
    // At least one bay reports at every step: a quiet lot is not a dead one.
    const turns = Math.min(bays, Math.max(1, Math.round((bays * stepMs) / (REFRESH_HOURS * HOUR_MS))));
    for (let count = 0; count < turns; count += 1) {
      changed.add(this.#turn);
      this.#turn = (this.#turn + 1) % bays;
    }
    return [...changed].map((index) => this.#sample(index));
  }

  #arrive(at: number, changed: Set<number>): void {
    const free = this.#order.length - this.#taken;
    if (free === 0) return;
    const bay = this.#swap(this.#taken + Math.floor(this.#random.next() * free), this.#taken);
    this.#taken += 1;
    this.#occupied[bay] = true;
    if (bay < this.#chargers && this.#random.next() < CHARGE_SHARE) {
      this.#chargingUntil.set(bay, at + CHARGE_HOURS * HOUR_MS * this.#random.between(0.5, 1.5));
    }
    changed.add(bay);
  }

  #depart(changed: Set<number>): void {
    if (this.#taken === 0) return;
    const bay = this.#swap(Math.floor(this.#random.next() * this.#taken), this.#taken - 1);
    this.#taken -= 1;
    this.#occupied[bay] = false;
    this.#chargingUntil.delete(bay);
    changed.add(bay);
  }

  /** Moves the bay at one place of the order to another and gives it. */
  #swap(from: number, to: number): number {
    const bay = this.#order[from] as number;
    this.#order[from] = this.#order[to] as number;
    this.#order[to] = bay;
    return bay;
  }

  #sample(index: number): Sample {
    const occupied = this.#occupied[index] ? 1 : 0;
    const bay = this.#names[index] as string;
    if (index >= this.#chargers) return { bay, values: { occupied } };
    return { bay, values: { occupied, charging: this.#chargingUntil.has(index) ? 1 : 0 } };
  }
}
