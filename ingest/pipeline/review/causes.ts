import type { RestatementCause } from '@clearbay/contract/api.ts';
import { DAY_MS, dayStart } from '@clearbay/domain/time.ts';

/** Why a day's figure may change. */
export interface Cause {
  readonly cause: RestatementCause;
  readonly person: string | null;
  readonly reason: string | null;
}

interface Noted extends Cause {
  at: number;
}

/** The more a cause says, the rather it is the one that is told. */
const WEIGHT: Readonly<Record<RestatementCause, number>> = { late: 0, import: 1, correction: 2, review: 3 };
const KEPT_MS = DAY_MS;

function isSame(one: Cause, other: Cause): boolean {
  return one.cause === other.cause && one.person === other.person && one.reason === other.reason;
}

/** What lately happened to ended days, by station and day. In memory: after a restart only reviews are known by their record. */
export class Causes {
  readonly #noted = new Map<string, Map<number, Noted>>();

  /** Notes why readings of the day that holds `at` changed. */
  note(station: string, at: number, cause: Cause, now: number): void {
    let days = this.#noted.get(station);
    if (days === undefined) {
      days = new Map();
      this.#noted.set(station, days);
    }
    const day = dayStart(at);
    const known = days.get(day);
    if (known !== undefined && (WEIGHT[known.cause] > WEIGHT[cause.cause] || isSame(known, cause))) {
      // Noted for every reading of a back-fill: the usual case makes nothing new.
      known.at = now;
      return;
    }
    days.set(day, { ...cause, at: now });
  }

  /** The cause noted for a day; it is told once. */
  take(station: string, day: number): Cause | undefined {
    const days = this.#noted.get(station);
    const noted = days?.get(day);
    if (noted === undefined) return undefined;
    days?.delete(day);
    const { at, ...cause } = noted;
    return cause;
  }

  /** Forgets what led to no change. */
  forgetBefore(now: number): void {
    for (const [station, days] of this.#noted) {
      for (const [day, { at }] of days) if (at < now - KEPT_MS) days.delete(day);
      if (days.size === 0) this.#noted.delete(station);
    }
  }
}
