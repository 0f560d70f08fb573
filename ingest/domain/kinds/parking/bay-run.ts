import type { ParkingStation } from '../../district.ts';
import { HOUR_MS } from '../../time.ts';
import { countBays, isReliable, type LotCount } from './count.ts';
import type { HeldEvent, LotRun } from './held-events.ts';
import { StayTally } from './indices.ts';
import { LotTimeline } from './lot-timeline.ts';
import { guidanceEdition, type ParkingStandards } from './standards.ts';

/** A bay's level: 1 occupied, 0 free, null not believed (flags). */
export interface BayEvent extends HeldEvent {
  readonly bay: string;
  readonly occupied: 0 | 1 | null;
}

interface BayState {
  readonly occupied: 0 | 1 | null;
  /** Beginning of the present stay; null where it is not known. */
  readonly since: number | null;
  readonly at: number;
}

/** Folds the events of a bay lot in order of time. */
export class BayRun implements LotRun<BayEvent, BayRun> {
  readonly timeline: LotTimeline;
  /** Stays that finished in the last 24 h. */
  readonly stays: StayTally;
  readonly #station: ParkingStation;
  readonly #standards: ParkingStandards;
  /** In order of their last event, so that silent bays are found at the front. */
  readonly #bays: Map<string, BayState>;
  #known = 0;
  #occupied = 0;
  #firstAt: number | null = null;
  #at: number | null = null;

  /** `past`: counts from before the first event, for the forecast. */
  constructor(station: ParkingStation, standards: ParkingStandards, from?: BayRun, past?: LotTimeline) {
    this.#station = station;
    this.#standards = standards;
    this.timeline = from === undefined ? new LotTimeline(past) : from.timeline.clone();
    this.stays = new StayTally(from?.stays);
    this.#bays = new Map(from === undefined ? [] : from.#bays);
    if (from === undefined) return;
    this.#known = from.#known;
    this.#occupied = from.#occupied;
    this.#firstAt = from.#firstAt;
    this.#at = from.#at;
  }

  clone(): BayRun {
    return new BayRun(this.#station, this.#standards, this);
  }

  get at(): number | null {
    return this.#at;
  }

  get firstAt(): number | null {
    return this.#firstAt;
  }

  apply(event: BayEvent): void {
    if (this.#at !== null && event.at > this.#at) {
      const count = this.count();
      const edition = guidanceEdition(this.#standards, this.#at);
      const shown = isReliable(count, edition.unknownHidesShare) ? count.free : null;
      this.timeline.hold(this.#at, event.at, shown, count.open, edition);
    }
    this.#at = event.at;
    this.#firstAt ??= event.at;
    const before = this.#bays.get(event.bay);
    this.#bays.delete(event.bay);
    this.#bays.set(event.bay, { occupied: event.occupied, since: this.#since(before, event), at: event.at });
    this.#tally(before?.occupied ?? null, -1);
    this.#tally(event.occupied, 1);
    if (before?.occupied === 1 && event.occupied === 0) this.stays.finish({ start: before.since, end: event.at });
    this.#forget(event.at);
  }

  count(): LotCount {
    return countBays(this.#station.capacity, this.#station.closedBays, this.#known, this.#occupied);
  }

  isOccupied(bay: string): boolean {
    return this.#bays.get(bay)?.occupied === 1;
  }

  /** A stay has a known beginning only where the bay was seen free before it. */
  #since(before: BayState | undefined, event: BayEvent): number | null {
    if (event.occupied !== 1) return null;
    if (before?.occupied === 1) return before.since;
    return before?.occupied === 0 ? event.at : null;
  }

  #tally(occupied: 0 | 1 | null, sign: 1 | -1): void {
    if (occupied === null) return;
    this.#known += sign;
    this.#occupied += sign * occupied;
  }

  #forget(now: number): void {
    const silentSince = now - this.#standards.counting.bayUnknownAfterHours * HOUR_MS;
    for (const [bay, state] of this.#bays) {
      if (state.at > silentSince) break;
      this.#tally(state.occupied, -1);
      this.#bays.delete(bay);
    }
    this.stays.forget(now);
  }
}
