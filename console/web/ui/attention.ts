import type { Freshness, StationView } from '@clearbay/contract/api.ts';
import { shownFreshness } from '../live/freshness.ts';

const FRESHNESS_WEIGHT: Readonly<Record<Freshness, number>> = { fresh: 0, late: 1, stale: 2, never: 2 };

/** What needs a person first: the worst rating, then missing data, then the name's order. */
export function byAttention(now: number): (a: StationView, b: StationView) => number {
  const weight = (view: StationView): number => {
    const rating = view.assessment?.rating;
    const failing = rating?.meets === false ? 100 : 0;
    return failing + Math.max(rating?.rank ?? 0, 0) * 10 + FRESHNESS_WEIGHT[shownFreshness(view, now)];
  };
  return (a, b) => weight(b) - weight(a) || a.station.id.localeCompare(b.station.id);
}
