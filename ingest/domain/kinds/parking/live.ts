import type { Assessment } from '../../assessment.ts';
import type { ParkingStation } from '../../district.ts';
import { isExcluded, markFlags, QUALITY } from '../../quality.ts';
import type { Origin, Reading } from '../../reading.ts';
import type { LiveStation } from '../kind.ts';
import { assessLot } from './assess.ts';
import { type BayEvent, BayRun } from './bay-run.ts';
import { Chargers } from './charging.ts';
import type { ParkingDetail } from './detail.ts';
import { type GateEvent, GateRun, prefersGates } from './gate-run.ts';
import { HELD_MS, HeldEvents } from './held-events.ts';
import type { LotTimeline } from './lot-timeline.ts';
import type { ParkingStandards } from './standards.ts';

function flagsOf(reading: Reading, metric: string): number {
  return (reading.quality?.[metric] ?? 0) | markFlags(reading.marks?.[metric]);
}

/** A level of a bay: 0 or 1, null where it is kept out; undefined where the reading has none. */
function bayLevel(reading: Reading, metric: string): 0 | 1 | null | undefined {
  const value = reading.values[metric];
  if (value === undefined) return undefined;
  return isExcluded(flagsOf(reading, metric)) ? null : value >= 0.5 ? 1 : 0;
}

function lotValue(reading: Reading, metric: string): number | null {
  const value = reading.values[metric];
  return value === undefined || isExcluded(flagsOf(reading, metric)) ? null : value;
}

function isFuture(reading: Reading): boolean {
  const flags = reading.quality;
  return flags !== undefined && Object.values(flags).some((each) => (each & QUALITY.future) !== 0);
}

/** A lot while its bays or gates report; what `counting` does not name is not counted. */
export class LiveLot implements LiveStation<ParkingDetail> {
  readonly #station: ParkingStation;
  readonly #standards: ParkingStandards;
  readonly #bays: HeldEvents<BayEvent, BayRun>;
  readonly #gates: HeldEvents<GateEvent, GateRun>;
  readonly #chargers = new Chargers();
  #past: LotTimeline | undefined;
  #origin: { readonly at: number; readonly origin: Origin } | undefined;

  constructor(station: ParkingStation, standards: ParkingStandards) {
    this.#station = station;
    this.#standards = standards;
    this.#bays = new HeldEvents(
      () => new BayRun(station, standards, undefined, this.#past),
      (next, held) => (next.occupied ?? -1) > (held.occupied ?? -1),
      true,
    );
    this.#gates = new HeldEvents(() => new GateRun(station, standards, undefined, this.#past), prefersGates, false);
  }

  accept(reading: Reading): void {
    if (isFuture(reading)) return;
    const { at, rev, receivedAt, bay } = reading;
    const took = bay === undefined ? this.#acceptGates(reading) : this.#acceptBay(reading, bay);
    const charging = bay === undefined ? undefined : bayLevel(reading, 'charging');
    const charged = charging !== undefined && bay !== undefined && this.#chargers.accept(bay, { at, rev, receivedAt, charging });
    if ((took || charged) && (this.#origin === undefined || at >= this.#origin.at)) this.#origin = { at, origin: reading.origin };
  }

  assess(now: number): Assessment<ParkingDetail> {
    const held = this.#held();
    const run = held.run();
    const bays = this.#station.counting === 'bays' ? this.#bays.run() : undefined;
    const newest = Math.max(run.at ?? Number.NEGATIVE_INFINITY, this.#origin?.at ?? Number.NEGATIVE_INFINITY);
    const { bayUnknownAfterHours } = this.#standards.counting;
    const charging =
      this.#station.chargers === 0
        ? null
        : this.#chargers.count(this.#station.chargers, newest, bayUnknownAfterHours, (bay) => bays?.isOccupied(bay) ?? false);
    return assessLot(this.#station, run, charging, this.#origin?.origin ?? 'measured', this.#standards, now);
  }

  heldSince(now: number): number {
    return (this.#held().newest ?? now) - HELD_MS;
  }

  rebuild(readings: Iterable<Reading>): void {
    this.#past = this.#held().run().timeline.history();
    this.#bays.clear();
    this.#gates.clear();
    this.#chargers.clear();
    this.#origin = undefined;
    for (const reading of readings) this.accept(reading);
  }

  #held(): HeldEvents<BayEvent, BayRun> | HeldEvents<GateEvent, GateRun> {
    return this.#station.counting === 'bays' ? this.#bays : this.#gates;
  }

  #acceptBay(reading: Reading, bay: string): boolean {
    if (this.#station.counting !== 'bays') return false;
    const occupied = bayLevel(reading, 'occupied');
    if (occupied === undefined) return false;
    const { at, rev, receivedAt, device } = reading;
    return this.#bays.insert({ at, source: `${bay}\n${device}`, rev, receivedAt, bay, occupied });
  }

  #acceptGates(reading: Reading): boolean {
    if (this.#station.counting !== 'counter') return false;
    const free = lotValue(reading, 'free');
    const entered = lotValue(reading, 'entered');
    const left = lotValue(reading, 'left');
    if (free === null && entered === null && left === null) return false;
    const { at, rev, receivedAt, device } = reading;
    return this.#gates.insert({ at, source: device, rev, receivedAt, free, entered, left });
  }
}
