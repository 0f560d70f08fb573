import type { Seeded } from '../../seeded.ts';
import { HOUR_MS } from '../../time.ts';
import type { Demand } from './demand.ts';

/** Hours in which a lot follows what it wants to be. */
const FOLLOW_HOURS = 0.4;

/** Arrivals and departures of a step, as Poisson counts around what the lot wants. */
export function movements(
  random: Seeded,
  demand: Demand,
  occupied: number,
  capacity: number,
  stepMs: number,
  at: number,
  rainRate: number,
): { readonly arrivals: number; readonly departures: number } {
  const hours = stepMs / HOUR_MS;
  const wanted = demand.share(at, rainRate) * capacity - occupied;
  const following = wanted * (1 - Math.exp(-hours / FOLLOW_HOURS));
  const churn = occupied * (1 - Math.exp(-hours * demand.churnPerHour));
  const departures = Math.min(occupied, random.poisson(churn + Math.max(0, -following)));
  const arrivals = Math.min(capacity - occupied + departures, random.poisson(churn + Math.max(0, following)));
  return { arrivals, departures };
}
