import type { Text } from '../../text.ts';
import { MISSING, UNRESOLVED } from './iaqi.ts';
import type { IndexPlan } from './index-plan.ts';
import { type Category, type IndexRules, POLLUTANTS, type Pollutant } from './standard.ts';

/**
 * `complete`: all items took part. `partial`: some are missing and the AQI is published all the same.
 * `na`: no AQI, primary pollutant, level or category may be given.
 */
export type IndexValidity = 'complete' | 'partial' | 'na';

/** AQI of one hour or day; numbers only, so that a year of hours can be settled without an object each. */
export interface Settled {
  /** 0 to 500; -1 for NA. */
  aqi: number;
  /** Largest index of what is there, published or not; -1 for none. A lower bound where something is missing. */
  rest: number;
  /** Bit i is POLLUTANTS[i]. */
  primary: number;
  missing: number;
}

/** An AQI before anything is known: NA, nothing primary, nothing missing. */
export function unsettled(): Settled {
  return { aqi: MISSING, rest: MISSING, primary: 0, missing: 0 };
}

/**
 * AQI = the largest IAQI; primary pollutants are all that share it, only above 50. A missing pollutant follows the
 * edition's rule (HJ 633-2026, 5.3: published only above 100; 2012: from the others); those in `notMonitored` (bits) never block ("/", 5.3.2).
 */
export function settle(plan: IndexPlan, indices: Int16Array, notMonitored: number, out: Settled): void {
  let largest = MISSING;
  let primary = 0;
  let missing = 0;
  let unresolved = false;
  for (let i = 0; i < POLLUTANTS.length; i += 1) {
    const index = indices[i] ?? MISSING;
    if (index < 0) {
      if (index === UNRESOLVED) unresolved = true;
      if ((notMonitored & (1 << i)) === 0) missing |= 1 << i;
    } else if (index > largest) {
      largest = index;
      primary = 1 << i;
    } else if (index === largest) {
      primary |= 1 << i;
    }
  }
  // What lies above its table and has no value to stand in (2012, notes b and c) is missing, but can never make a day or hour good.
  const withheld = (unresolved || (plan.strictMissing && missing !== 0)) && largest <= 100;
  out.aqi = withheld ? MISSING : largest;
  out.rest = largest;
  out.primary = !withheld && largest > plan.primaryAbove ? primary : 0;
  out.missing = missing;
}

/** What may be said of a settled AQI: `na` where none may be given, `partial` where a pollutant that is monitored is missing (HJ 633-2026, 5.3), else `complete`. */
export function validityOf(settled: Settled): IndexValidity {
  if (settled.aqi < 0) return 'na';
  return settled.missing === 0 ? 'complete' : 'partial';
}

/** The pollutants whose bits are set, in the order of `POLLUTANTS`. */
export function pollutantsOf(mask: number): readonly Pollutant[] {
  return mask === 0 ? NONE : POLLUTANTS.filter((_, i) => (mask & (1 << i)) !== 0);
}

const NONE: readonly Pollutant[] = [];

/** Bit i is `POLLUTANTS[i]`; names that are no pollutant set none. */
export function maskOf(pollutants: readonly string[]): number {
  return POLLUTANTS.reduce((mask, pollutant, i) => (pollutants.includes(pollutant) ? mask | (1 << i) : mask), 0);
}

/** Category of an AQI (HJ 633, annex A); undefined for a negative one. */
export function categoryOf(rules: IndexRules, aqi: number): Category | undefined {
  if (aqi < 0) return undefined;
  return rules.categories.find((category) => category.upTo === null || aqi <= category.upTo);
}

/** Who should take care: the groups of every pollutant above 100 (HJ 633-2026, annex A). */
export function sensitiveGroups(
  rules: IndexRules,
  indices: Readonly<Partial<Record<Pollutant, number | null>>>,
): { readonly pollutant: Pollutant; readonly text: Text }[] {
  return POLLUTANTS.filter((pollutant) => (indices[pollutant] ?? 0) > 100).map((pollutant) => ({
    pollutant,
    text: rules.sensitiveGroups[pollutant],
  }));
}
