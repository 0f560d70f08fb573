import type { ParkingStation } from '../../district.ts';
import { DAY_MS, dayStart, HOUR_MS } from '../../time.ts';
import { countGates, type LotCount } from './count.ts';
import { counterDrift, type GateReport, reconcile } from './drift.ts';
import type { HeldEvent, LotRun } from './held-events.ts';
import { LotTimeline } from './lot-timeline.ts';
import { guidanceEdition, type ParkingStandards } from './standards.ts';

export type GateEvent = HeldEvent & GateReport;

/** Of two reports of one identity, revision and receive time: the one that says more, the greater first. Decides the same way round whatever came first. */
export function prefersGates(next: GateEvent, held: GateEvent): boolean {
  for (const field of ['free', 'entered', 'left'] as const) {
    const [one, other] = [next[field] ?? Number.NEGATIVE_INFINITY, held[field] ?? Number.NEGATIVE_INFINITY];
    if (one !== other) return one > other;
  }
  return false;
}

/** Sums of the last 24 h: vehicles in and out, drift added up without sign, and how often the count had to be clamped. */
export interface GateDay {
  readonly entered: number;
  readonly left: number;
  readonly drift: number;
  readonly clampings: number;
}

interface Passage extends GateDay {
  readonly at: number;
}

function plus(sum: GateDay, passage: GateDay, sign: 1 | -1): GateDay {
  return {
    entered: sum.entered + sign * passage.entered,
    left: sum.left + sign * passage.left,
    drift: sum.drift + sign * passage.drift,
    clampings: sum.clampings + sign * passage.clampings,
  };
}

/** Folds the reports of a lot's gate counters in order of time. */
export class GateRun implements LotRun<GateEvent, GateRun> {
  readonly timeline: LotTimeline;
  readonly #station: ParkingStation;
  readonly #standards: ParkingStandards;
  /** Reports of the last 24 h. */
  #passages: Passage[] = [];
  #first = 0;
  #day: GateDay = { entered: 0, left: 0, drift: 0, clampings: 0 };
  /** Free bays as the counter says. */
  #rawFree: number | null = null;
  /** Vehicles that the last reconciliation added to the counter's occupied bays. */
  #shift = 0;
  #reconciled: { readonly at: number; readonly shift: number } | null = null;
  /** Least and largest occupied count of the counter since the last reconciliation. */
  #span: readonly [least: number, most: number] | null = null;
  #firstAt: number | null = null;
  #at: number | null = null;

  /** `past`: counts from before the first event, for the forecast. */
  constructor(station: ParkingStation, standards: ParkingStandards, from?: GateRun, past?: LotTimeline) {
    this.#station = station;
    this.#standards = standards;
    this.timeline = from === undefined ? new LotTimeline(past) : from.timeline.clone();
    if (from === undefined) return;
    this.#passages = from.#passages.slice(from.#first);
    this.#day = from.#day;
    this.#rawFree = from.#rawFree;
    this.#shift = from.#shift;
    this.#reconciled = from.#reconciled;
    this.#span = from.#span;
    this.#firstAt = from.#firstAt;
    this.#at = from.#at;
  }

  clone(): GateRun {
    return new GateRun(this.#station, this.#standards, this);
  }

  get at(): number | null {
    return this.#at;
  }

  get firstAt(): number | null {
    return this.#firstAt;
  }

  apply(event: GateEvent): void {
    if (this.#at !== null && event.at > this.#at) {
      const { free, open } = this.count();
      const edition = guidanceEdition(this.#standards, this.#at);
      this.timeline.hold(this.#at, event.at, this.#rawFree === null ? null : free, open, edition);
    }
    this.#reconcileNightly(event.at);
    this.#at = event.at;
    this.#firstAt ??= event.at;
    const drift = counterDrift(this.#rawFree, event) ?? 0;
    // A counter that jumps was set right at the lot itself: our own correction would count twice.
    if (drift !== 0) this.#shift = 0;
    const moved = (event.left ?? 0) - (event.entered ?? 0);
    this.#rawFree = event.free ?? (this.#rawFree === null ? null : this.#rawFree + moved);
    this.#widenSpan();
    const { free, rawFree } = this.count();
    const clampings = this.#rawFree !== null && rawFree !== free ? 1 : 0;
    this.#pass({ at: event.at, entered: event.entered ?? 0, left: event.left ?? 0, drift: Math.abs(drift), clampings });
  }

  count(): LotCount {
    const { capacity, closedBays } = this.#station;
    return countGates(capacity, closedBays, this.#rawFree === null ? null : this.#rawFree - this.#shift);
  }

  /** The last nightly reconciliation that changed the count; null before the first. */
  get reconciled(): { readonly at: number; readonly shift: number } | null {
    return this.#reconciled;
  }

  get day(): GateDay {
    return this.#day;
  }

  #pass(passage: Passage): void {
    this.#passages.push(passage);
    this.#day = plus(this.#day, passage, 1);
    while ((this.#passages[this.#first] as Passage).at <= passage.at - DAY_MS) {
      this.#day = plus(this.#day, this.#passages[this.#first] as Passage, -1);
      this.#first += 1;
    }
    if (this.#first <= 256) return;
    this.#passages.splice(0, this.#first);
    this.#first = 0;
  }

  #reconcileNightly(at: number): void {
    const moment = dayStart(at) + this.#standards.counting.reconcileHour * HOUR_MS;
    if (this.#at === null || this.#at >= moment || at < moment || this.#span === null || this.#rawFree === null) return;
    const inUse = this.#inUse();
    const { shift, basis } = reconcile([...this.#span, inUse - this.#rawFree], inUse, null);
    this.#shift = shift;
    if (basis !== 'none') this.#reconciled = { at: moment, shift };
    this.#span = null;
  }

  #widenSpan(): void {
    if (this.#rawFree === null) return;
    const occupied = this.#inUse() - this.#rawFree;
    const [least, most] = this.#span ?? [occupied, occupied];
    this.#span = [Math.min(least, occupied), Math.max(most, occupied)];
  }

  #inUse(): number {
    return Math.max(0, this.#station.capacity - this.#station.closedBays);
  }
}
