import { divideHalfEven, toMicro } from '../exact.ts';
import type { Text } from '../text.ts';

const WHOLE = 1_000_000;

/** How a share is compared with its target. The strict one compares unrounded values (全数值比较, GB/T 8170). */
export type RoundingRule = 'unrounded' | 'one-decimal' | 'whole-percent';

const DECIMALS = { 'one-decimal': 1, 'whole-percent': 0 } as const;

/** Per cent as printed, in units of 10^-decimals. */
function printedUnits(good: number, total: number, decimals: number): number {
  return divideHalfEven(good * 100 * 10 ** decimals, total);
}

/** Whether `good` of `total` reaches a share (0 to 1), in integers: 354 of 365 prints 97.0 % and misses 97 %. */
export function reachesTarget(good: number, total: number, share: number, rule: RoundingRule): boolean {
  if (total <= 0) return false;
  if (rule === 'unrounded') return good * WHOLE >= toMicro(share) * total;
  const decimals = DECIMALS[rule];
  return printedUnits(good, total, decimals) * (WHOLE / 100) >= toMicro(share) * 10 ** decimals;
}

/** `good` of `total` minus the target share, unrounded, its sign exact: −0.000137 for 354 of 365 against 97 %; null for none. */
export function shareMargin(good: number, total: number, share: number): number | null {
  return total === 0 ? null : (good * WHOLE - toMicro(share) * total) / (total * WHOLE);
}

/** How many of `total` may be bad: floor((1 − share) · total) in integers; a printed rule may allow more, or fewer where the share is finer than the print. */
export function allowedBad(total: number, share: number, rule: RoundingRule): number {
  const parts = (WHOLE - toMicro(share)) * total;
  let allowed = (parts - (parts % WHOLE)) / WHOLE;
  if (rule === 'unrounded') return allowed;
  while (allowed > 0 && !reachesTarget(total - allowed, total, share, rule)) allowed -= 1;
  while (allowed < total && reachesTarget(total - allowed - 1, total, share, rule)) allowed += 1;
  return allowed;
}

/** A share as printed, one decimal by GB/T 8170; an em dash without data. */
export function printShare(good: number, total: number): string {
  return total === 0 ? '—' : `${(printedUnits(good, total, 1) / 10).toFixed(1)} %`;
}

export interface Tally {
  readonly good: number;
  readonly bad: number;
  /** Not yet judged. */
  readonly remaining: number;
}

/**
 * What is certain whatever comes: `secured` where even a bad rest reaches the share, `lost` where even a good rest
 * misses it; null while it is open. Days without data only shrink the total, which neither bound can lose by.
 */
export function certainVerdict({ good, bad, remaining }: Tally, share: number, rule: RoundingRule): 'secured' | 'lost' | null {
  const total = good + bad + remaining;
  if (total === 0) return null;
  if (reachesTarget(good, total, share, rule)) return 'secured';
  return reachesTarget(good + remaining, total, share, rule) ? null : 'lost';
}

/** Whether the rest, as bad as what was judged so far, stays within what is allowed; compared in integers. */
export function paceHolds({ good, bad, remaining }: Tally, share: number, rule: RoundingRule): boolean {
  const judged = good + bad;
  const allowed = allowedBad(judged + remaining, share, rule);
  return judged > 0 && bad * (judged + remaining) <= allowed * judged;
}

export const ROUNDING_TEXT: Readonly<Record<RoundingRule, Text>> = {
  unrounded: { zh: '按未修约值比较', en: 'compared unrounded' },
  'one-decimal': { zh: '按修约至一位小数的百分率比较', en: 'compared as a percentage of one decimal' },
  'whole-percent': { zh: '按修约至整数的百分率比较', en: 'compared as a whole percentage' },
};
