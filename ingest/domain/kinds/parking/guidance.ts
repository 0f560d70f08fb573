import type { GuidanceCode, GuidanceEdition, GuidanceStep } from './standards.ts';

/** Damped guidance state of a lot; null until a reliable count came. Times are event times, epoch ms. */
export interface GuidanceState {
  readonly code: GuidanceCode | null;
  /** A better or worse level that has not lasted long enough yet. */
  readonly pending: { readonly code: GuidanceCode; readonly since: number } | null;
}

export const NO_GUIDANCE: GuidanceState = { code: null, pending: null };

const PPM = 1_000_000;

/** Compares free/open with a share on integers: negative below, 0 on the line, positive above. */
function compareShare(free: number, open: number, share: number): number {
  return free * PPM - Math.round(share * PPM) * open;
}

/** Words, colour and shares of a guidance level; throws a RangeError where the edition has none of that name. */
export function stepOf(code: GuidanceCode, edition: GuidanceEdition): GuidanceStep {
  const step = edition.steps.find((each) => each.code === code);
  if (step === undefined) throw new RangeError(`edition ${edition.id} has no guidance level ${code}`);
  return step;
}

/**
 * Guidance level of a free count (bays) among `open` bays, without memory: more than 30 % ample, 10 to 30 % tight, below 10 % scarce, none
 * full (defaults). A lot without open bays is full.
 */
export function classify(free: number, open: number, edition: GuidanceEdition): GuidanceCode {
  if (open <= 0 || free <= 0) return 'full';
  let code: GuidanceCode = 'ample';
  for (const step of edition.steps) {
    if (step.upTo === undefined) continue;
    const side = compareShare(free, open, step.upTo.share);
    if (side < 0 || (side === 0 && step.upTo.inclusive)) code = step.code;
  }
  return code;
}

/** The level that a count asks for from a level that holds: worse at its line, better only beyond the line at which each level is left. */
function target(code: GuidanceCode, free: number, open: number, edition: GuidanceEdition): GuidanceCode {
  const now = stepOf(code, edition);
  const plain = stepOf(classify(free, open, edition), edition);
  if (plain.rank >= now.rank) return plain.code;
  let reached = now;
  for (let index = edition.steps.indexOf(now); index > 0; index -= 1) {
    const step = edition.steps[index] as GuidanceStep;
    if (step.rank <= plain.rank || step.leaveAt === undefined || compareShare(free, open, step.leaveAt) < 0) break;
    reached = edition.steps[index - 1] as GuidanceStep;
  }
  return reached.code;
}

/** The state as it holds at `at`, when nothing changed since: a pending level that lasted becomes the level. */
export function settleGuidance(state: GuidanceState, at: number, edition: GuidanceEdition): GuidanceState {
  const { pending } = state;
  if (pending === null || at - pending.since < edition.holdSeconds * 1000) return state;
  return { code: pending.code, pending: null };
}

/**
 * Takes the count that holds from `at` on. Levels change when the new one lasted `holdSeconds`; no free bay is full at once. `free`
 * null (too much unknown) forgets the level: nothing is claimed.
 */
export function observeFree(
  state: GuidanceState,
  at: number,
  free: number | null,
  open: number,
  edition: GuidanceEdition,
): GuidanceState {
  if (free === null) return NO_GUIDANCE;
  const settled = settleGuidance(state, at, edition);
  if (settled.code === null) return { code: classify(free, open, edition), pending: null };
  if (free <= 0 || open <= 0)
    return settled.code === 'full' && settled.pending === null ? settled : { code: 'full', pending: null };
  const asked = target(settled.code, free, open, edition);
  if (asked === settled.code) return settled.pending === null ? settled : { code: settled.code, pending: null };
  const { pending } = settled;
  const held = stepOf(settled.code, edition).rank;
  const sameWay = pending !== null && stepOf(pending.code, edition).rank > held === stepOf(asked, edition).rank > held;
  if (sameWay && pending.code === asked) return settled;
  return { code: settled.code, pending: { code: asked, since: sameWay ? pending.since : at } };
}
