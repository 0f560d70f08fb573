/** A lot's bays at one moment. `free` excludes unknown and closed bays; occupied + free = open. */
export interface LotCount {
  readonly capacity: number;
  readonly closed: number;
  readonly occupied: number;
  readonly unknown: number;
  /** capacity − closed − unknown. */
  readonly open: number;
  readonly free: number;
  /** What the bays or counters say before it is held within 0 and the open bays; kept and flagged where it differs. */
  readonly rawFree: number;
}

/**
 * Count of a lot whose bays report: free = capacity − closed − occupied − unknown, where unknown are the bays in use without a valid state.
 * Held within 0 and the open bays; more reporting bays than the lot has in use shows as `rawFree` apart from `free`.
 */
export function countBays(capacity: number, closed: number, known: number, occupied: number): LotCount {
  const inUse = Math.max(0, capacity - closed);
  const unknown = Math.max(0, inUse - known);
  const open = inUse - unknown;
  const rawFree = inUse - occupied - unknown;
  const free = Math.min(open, Math.max(0, rawFree));
  return { capacity, closed, occupied: open - free, unknown, open, free, rawFree };
}

/** Count of a lot whose gates report: the counter's free bays, held within 0 and the bays in use. Without a counter value every bay is unknown. */
export function countGates(capacity: number, closed: number, rawFree: number | null): LotCount {
  const inUse = Math.max(0, capacity - closed);
  if (rawFree === null) return { capacity, closed, occupied: 0, unknown: inUse, open: 0, free: 0, rawFree: 0 };
  const free = Math.min(inUse, Math.max(0, rawFree));
  return { capacity, closed, occupied: inUse - free, unknown: 0, open: inUse, free, rawFree };
}

/** Whether so few bays are unknown that the count may be shown on the road. A lot without any bay in use is not. */
export function isReliable(count: LotCount, unknownHidesShare: number): boolean {
  const inUse = count.capacity - count.closed;
  return inUse > 0 && count.unknown * 1_000_000 <= Math.round(unknownHidesShare * 1_000_000) * inUse;
}

/** Occupancy (占用率), 0 to 1: occupied / open; null without an open bay. */
export function occupancyOf(count: LotCount): number | null {
  return count.open === 0 ? null : count.occupied / count.open;
}
