import type { Freshness, StationView } from '@clearbay/contract/api.ts';

const LATE_AFTER_PERIODS = 1.5;
const STALE_AFTER_PERIODS = 3;

/** Freshness by the server's clock, so that a value ages on the page even when nothing arrives. */
export function freshnessAt(lastAt: number | null, periodMs: number, now: number): Freshness {
  if (lastAt === null) return 'never';
  const periods = (now - lastAt) / periodMs;
  if (periods <= LATE_AFTER_PERIODS) return 'fresh';
  return periods <= STALE_AFTER_PERIODS ? 'late' : 'stale';
}

const ORDER: readonly Freshness[] = ['fresh', 'late', 'stale', 'never'];

/** The worse of what the server said last and what the clock says now. */
export function shownFreshness(station: StationView, now: number): Freshness {
  const own = freshnessAt(station.lastAt, station.periodMs, now);
  return ORDER.indexOf(own) > ORDER.indexOf(station.freshness) ? own : station.freshness;
}
