import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReviewView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { IntakeRefused, type ReviewOrder, type Reviews } from '@clearbay/contract/intake.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import type { ReviewRow, ReviewStore } from '@clearbay/store/ports/intake.ts';
import { OUTCOME } from '@clearbay/store/ports/ledger.ts';
import { reviewedQuality } from '../receive/quality/reviewed-spans.ts';
import type { StandingReviews } from './standing-reviews.ts';

export interface ReviewDeskOptions {
  readonly store: Pick<ReviewStore, 'add' | 'finish'>;
  readonly standing: StandingReviews;
  /** Current readings of a station in [from, to), by event time. */
  readonly stored: (station: string, from: number, to: number) => Promise<readonly Reading[]>;
  /** Commits corrections and wakes what follows the ledger; one OUTCOME byte a reading. */
  readonly commit: (corrections: readonly Reading[]) => Promise<Uint8Array>;
  /** Told of readings that a person's decision changed, before they are committed. */
  readonly onCorrecting: (corrections: readonly Reading[], review: ReviewRow) => void;
  /** Judges the station's present anew, once for a whole review. */
  readonly restart: (station: string) => Promise<void>;
  readonly clock: Clock;
}

const LONGEST_MS = 366 * DAY_MS;
/** Corrections committed together; between two groups live readings have their turn. */
const GROUP = 200;
/** A device's own correction may come in between; its reading is then read again. */
const ROUNDS = 5;

/**
 * Carries out what people decide: each reading of the span gets a correction in the ledger with the same values and the bit
 * `excluded` set or cleared, so that rollups, targets and the live state are recomputed on the usual way. One review at a time.
 */
export class ReviewDesk implements Reviews {
  readonly #options: ReviewDeskOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: ReviewDeskOptions) {
    this.#options = options;
  }

  /** Finishes, in the background, what the last process began. */
  start(): void {
    for (const row of this.#options.standing.unfinished) void this.#alone(() => this.#carryOut(row)).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turn.catch(() => undefined);
  }

  review(order: ReviewOrder): Promise<ReviewView> {
    if (order.to < order.from || order.to - order.from > LONGEST_MS) {
      return Promise.reject(new IntakeRefused('input.invalid', 'a review covers at most 366 days'));
    }
    return this.#alone(() => this.#begin(order));
  }

  async #begin(order: ReviewOrder): Promise<ReviewView> {
    const { store, standing, clock } = this.#options;
    if (!(await this.#hasReadings(order))) {
      throw new IntakeRefused('readings.none', `${order.station} has no stored readings of ${order.metric} in this span`);
    }
    const review = { ...order, at: clock.now() };
    const id = await store.add(review);
    // From here on it holds for readings that come in as well.
    standing.add(review);
    return this.#carryOut({ ...review, id, changed: null });
  }

  async #carryOut(review: ReviewRow): Promise<ReviewView> {
    const { store, restart } = this.#options;
    let changed = 0;
    try {
      for (const [from, to] of slices(review)) changed += await this.#correct(review, from, to);
    } catch (cause) {
      const message = 'not every reading could be corrected; it goes on with the next start';
      throw new IntakeRefused('service.unavailable', message, cause);
    } finally {
      await restart(review.station);
    }
    await store.finish(review.id, changed);
    return { ...review, changed };
  }

  async #hasReadings(order: ReviewOrder): Promise<boolean> {
    for (const [from, to] of slices(order)) {
      const readings = await this.#options.stored(order.station, from, to);
      if (readings.some(({ at, values }) => at < to && Object.hasOwn(values, order.metric))) return true;
    }
    return false;
  }

  /** Corrects the readings in [from, to) until none is left that says otherwise than was decided; gives how many it changed. */
  async #correct(review: ReviewRow, from: number, to: number): Promise<number> {
    let changed = 0;
    for (let round = 0; ; round += 1) {
      const corrections = await this.#corrections(review, from, to);
      if (corrections.length === 0) return changed;
      if (round === ROUNDS) throw new Error(`${corrections.length} readings of ${review.station} cannot be corrected`);
      for (let start = 0; start < corrections.length; start += GROUP) {
        if (this.#stopped) throw new Error('the system stops');
        changed += await this.#commit(corrections.slice(start, start + GROUP), review);
      }
    }
  }

  async #corrections(review: ReviewRow, from: number, to: number): Promise<Reading[]> {
    const { standing, stored } = this.#options;
    const corrections: Reading[] = [];
    for (const reading of await stored(review.station, from, to)) {
      if (reading.at >= to || !Object.hasOwn(reading.values, review.metric)) continue;
      const spans = standing.of(review.station, reading.at) ?? [];
      const quality = reviewedQuality(spans, reading.at, reading.values, reading.quality);
      if (quality === reading.quality) continue;
      const { quality: _former, ...rest } = reading;
      corrections.push({ ...rest, ...(quality && { quality }), correction: true, rev: reading.rev + 1 });
    }
    return corrections;
  }

  async #commit(corrections: readonly Reading[], review: ReviewRow): Promise<number> {
    const { commit, onCorrecting } = this.#options;
    onCorrecting(corrections, review);
    const outcomes = await commit(corrections);
    await nextTurn();
    // `stored`: the ledger has let the original go, the series store replaces it all the same.
    return outcomes.filter((outcome) => outcome === OUTCOME.replaced || outcome === OUTCOME.stored).length;
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** The span in pieces of a day, as half-open spans of event times. */
function* slices({ from, to }: { readonly from: number; readonly to: number }): Generator<readonly [number, number]> {
  for (let start = from; start <= to; start += DAY_MS) yield [start, Math.min(start + DAY_MS, to + 1)];
}
