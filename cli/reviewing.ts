import type { Conflicts, Reviews } from '@clearbay/contract/intake.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import type { Committed } from '@clearbay/pipeline/receive/commit-queue.ts';
import type { ReviewedSpans } from '@clearbay/pipeline/receive/quality/reviewed-spans.ts';
import type { Cause } from '@clearbay/pipeline/review/causes.ts';
import { ConflictDesk } from '@clearbay/pipeline/review/conflict-desk.ts';
import { DayFigures } from '@clearbay/pipeline/review/day-figures.ts';
import { Restatements } from '@clearbay/pipeline/review/restatements.ts';
import { ReviewDesk } from '@clearbay/pipeline/review/review-desk.ts';
import { StandingReviews } from '@clearbay/pipeline/review/standing-reviews.ts';
import type { Judging } from './judging.ts';
import type { Premises } from './premises.ts';
import type { Stores } from './stores.ts';

/** Manual review, conflicts of readings and the record of restated days. */
export interface Reviewing {
  readonly reviews: Reviews;
  readonly conflicts: Conflicts;
  /** For the receiver: what people decided holds for what still comes in. */
  readonly standing: ReviewedSpans;
  /** What became durable may restate an ended day. */
  committed(committed: Committed): void;
  /** Somebody is about to change days of a station. */
  expect(station: string, at: number, cause: Cause): void;
}

export async function startReviewing(
  { district, clock, lifecycle, log }: Premises,
  { state, ledger, series }: Stores,
  { live, stored, standards }: Judging,
): Promise<Reviewing> {
  const standing = new StandingReviews(state.reviews);
  await lifecycle.run(standing);
  const restatements = new Restatements({
    stations: district.stations,
    figures: new DayFigures({ kinds: KINDS, standards: { ...standards }, series }),
    series,
    state,
    clock,
    onFailure: (error) => log.error({ error: error.message }, 'ended days could not be compared'),
  });
  await lifecycle.run(restatements);
  const commit = async (corrections: readonly Reading[]) => {
    const outcomes = await ledger.append(corrections);
    series.wake();
    return outcomes;
  };
  const restart = (station: string) => live.restart(station);
  const reviews = new ReviewDesk({
    store: state.reviews,
    standing,
    stored,
    commit,
    onCorrecting: (corrections, { person, reason }) => {
      for (const { station, at } of corrections) restatements.expect(station, at, { cause: 'review', person, reason });
    },
    restart,
    clock,
  });
  await lifecycle.run(reviews);
  const conflicts = new ConflictDesk({
    ledger,
    standing,
    stored,
    commit,
    onCorrecting: ({ station, at }, { person, reason }) =>
      restatements.expect(station, at, { cause: 'correction', person, reason }),
    restart,
  });
  return {
    reviews,
    conflicts,
    standing,
    committed: (committed) => restatements.committed(committed),
    expect: (station, at, cause) => restatements.expect(station, at, cause),
  };
}
