import type { Clock } from '@clearbay/contract/clock.ts';
import type { Station } from '@clearbay/domain/district.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, dayStart, localDate, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';
import type { PublishedDay, RestatementRow, ReviewStore } from '@clearbay/store/ports/intake.ts';
import { OUTCOME } from '@clearbay/store/ports/ledger.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import type { Committed } from '../receive/commit-queue.ts';
import { type Cause, Causes } from './causes.ts';
import { type DayFigures, noFigure, sameFigure } from './day-figures.ts';

export interface RestatementsOptions {
  readonly stations: readonly Station[];
  readonly figures: DayFigures;
  readonly series: Pick<SeriesStore, 'onRestated' | 'status'>;
  readonly state: Pick<StateStore, 'days' | 'settings'> & { readonly reviews: Pick<ReviewStore, 'list'> };
  readonly clock: Clock;
  /** A station's days could not be compared; they are with the next change or start. */
  readonly onFailure: (error: Error) => void;
  /** A station's changed hours are compared when they have been quiet for so long, and at the latest after `longestMs`. */
  readonly quietMs?: number;
  readonly longestMs?: number;
  readonly tickMs?: number;
}

/** A day's figure is given out this long after its end; what changes it from then on is a restatement. */
const PUBLISHED_AFTER_MS = 30 * MINUTE_MS;
/** At the start so many days are compared again: a change may have been stored and not compared when the process ended. */
const LOOK_BACK_DAYS = 35;
const QUIET_MS = 5000;
const LONGEST_MS = 60_000;
const TICK_MS = 1000;
/** Where every station is due at once, at the start and at the end of a day, so many have their turn in a tick: live readings go on. */
const TURNS_A_TICK = 5;
const REVIEWS_READ = 500;
/** Days from this one on are given out even without any value: there was somebody to give them out. */
const SINCE = 'days.published-since';
const LATE: Cause = { cause: 'late', person: null, reason: null };
const CORRECTED: Cause = { cause: 'correction', person: null, reason: null };

interface Changed {
  from: number;
  to: number;
  readonly since: number;
  last: number;
}

/**
 * Gives out the figures of ended days and keeps the record of each that changed afterwards: old, new, cause and person.
 * It follows the series store: whatever changes stored hours of an ended day is compared with what was given out.
 */
export class Restatements {
  readonly #options: RestatementsOptions;
  readonly #causes = new Causes();
  readonly #changed = new Map<string, Changed>();
  /** Stations whose days wait for their turn. */
  #turns: { readonly station: string; readonly from: number; readonly to: number }[] = [];
  #since = 0;
  /** Start of the first day that is not given out yet. */
  #until = 0;
  #running = false;
  #stopped = false;
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RestatementsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { state, series, clock, tickMs = TICK_MS } = this.#options;
    const known = await state.settings.get(SINCE);
    this.#since = known === undefined ? startOfDate(localDate(clock.now())) : Number(known);
    if (known === undefined) await state.settings.set(SINCE, String(this.#since));
    series.onRestated(({ station, from, to }) => this.#note(station, from, to));
    const until = this.#endOfPublished();
    this.#until = until;
    this.#giveTurns(until - LOOK_BACK_DAYS * DAY_MS, until);
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  /** Called for every commit: notes what may change days that are given out. */
  committed({ readings, outcomes }: Committed): void {
    const now = this.#options.clock.now();
    for (let index = 0; index < readings.length; index += 1) {
      const { station, at } = readings[index] as Reading;
      if (at > this.#until) continue;
      const outcome = outcomes[index];
      if (outcome === OUTCOME.stored) this.#causes.note(station, at, LATE, now);
      else if (outcome === OUTCOME.replaced) this.#causes.note(station, at, CORRECTED, now);
    }
  }

  /** A person stands behind what is about to change. */
  expect(station: string, at: number, cause: Cause): void {
    if (at <= this.#until) this.#causes.note(station, at, cause, this.#options.clock.now());
  }

  /** Compares now what has changed so far. */
  async compare(): Promise<void> {
    await this.#work;
    this.#noteTurns(this.#turns.length);
    this.#work = this.#compareAll(Number.POSITIVE_INFINITY);
    await this.#work;
  }

  #endOfPublished(): number {
    return startOfDate(localDate(this.#options.clock.now() - PUBLISHED_AFTER_MS));
  }

  #note(station: string, from: number, to: number): void {
    if (from > this.#until && this.#until > 0) return;
    const now = performance.now();
    const known = this.#changed.get(station);
    if (known === undefined) this.#changed.set(station, { from, to, since: now, last: now });
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
      known.last = now;
    }
  }

  #giveTurns(from: number, to: number): void {
    for (const { id } of this.#options.stations) this.#turns.push({ station: id, from, to });
  }

  #noteTurns(count: number): void {
    for (const { station, from, to } of this.#turns.splice(0, count)) this.#note(station, from, to);
  }

  #tick(): void {
    const until = this.#endOfPublished();
    if (until > this.#until) {
      const before = this.#until;
      this.#until = until;
      this.#giveTurns(before, until);
      this.#causes.forgetBefore(this.#options.clock.now());
    }
    this.#noteTurns(TURNS_A_TICK);
    // What is still on its way from the ledger would be taken for missing.
    if (this.#running || this.#stopped || this.#options.series.status().state !== 'up') return;
    this.#running = true;
    this.#work = this.#compareAll(performance.now()).finally(() => {
      this.#running = false;
    });
  }

  async #compareAll(now: number): Promise<void> {
    const { stations, onFailure, quietMs = QUIET_MS, longestMs = LONGEST_MS } = this.#options;
    for (const station of stations) {
      const changed = this.#changed.get(station.id);
      if (changed === undefined || this.#stopped) continue;
      if (now - changed.last < quietMs && now - changed.since < longestMs) continue;
      this.#changed.delete(station.id);
      try {
        await this.#compareStation(station, dayStart(changed.from), Math.min(dayStart(changed.to) + DAY_MS, this.#until));
      } catch (error) {
        this.#note(station.id, changed.from, changed.to);
        onFailure(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  async #compareStation(station: Station, from: number, until: number): Promise<void> {
    const { figures, state } = this.#options;
    const none = noFigure(figures.kindOf(station));
    for await (const piece of figures.judge(station, from, until)) {
      if (this.#stopped) return;
      const published = await state.days.published(station.id, piece.from, piece.until);
      const given = new Map(published.map((day) => [day.day, day]));
      const first: PublishedDay[] = [];
      const restated: Omit<RestatementRow, 'id'>[] = [];
      for (let day = piece.from; day < piece.until; day += DAY_MS) {
        const figure = piece.figures.get(day) ?? none;
        const before = given.get(day);
        const at = this.#options.clock.now();
        if (before === undefined) {
          if (figure !== none || day >= this.#since) first.push({ station: station.id, day, figure, at });
        } else if (!sameFigure(before.figure, figure)) {
          const cause = await this.#causeOf(station.id, day, before.at);
          restated.push({ station: station.id, day, at, ...cause, old: before.figure, new: figure });
        }
      }
      await state.days.publish(first);
      if (restated.length > 0) await state.days.restate(restated);
    }
  }

  /** What was noted; after a restart the newest review of the day since its figure was given out, else late data. */
  async #causeOf(station: string, day: number, since: number): Promise<Cause> {
    const noted = this.#causes.take(station, day);
    if (noted !== undefined) return noted;
    const reviews = await this.#options.state.reviews.list({ station, limit: REVIEWS_READ });
    const review = reviews.find(({ at, from, to }) => at >= since && to > day && from <= day + DAY_MS);
    return review === undefined ? LATE : { cause: 'review', person: review.person, reason: review.reason };
  }
}
