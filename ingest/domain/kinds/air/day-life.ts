/** Life of a day's figure: a projection, then ever firmer. */
type DayState = 'running' | 'provisional' | 'published' | 'reviewed' | 'final';

/** Where a day stands; every change of its figure or state is a revision. */
export interface DayLife {
  readonly state: DayState;
  /** Rises with each restatement of the figure. */
  readonly revision: number;
  /** Hash of the inputs of the current figure. */
  readonly inputHash: string;
  /** Id of the edition that judged it. */
  readonly edition: string;
}

export type DayEvent =
  /** The day is over and first judged (00:30). */
  | { readonly type: 'closed' }
  /** Given out (by 12:00 of the next day, HJ 633-2026). */
  | { readonly type: 'published' }
  | { readonly type: 'reviewed'; readonly person: string }
  /** The month is locked. */
  | { readonly type: 'locked' }
  /** Late, corrected or excluded data, or another edition, changed the figure's inputs. */
  | {
      readonly type: 'restated';
      readonly inputHash: string;
      readonly edition: string;
      readonly person?: string;
      readonly reason?: string;
    }
  /** A person opens a final day again. */
  | { readonly type: 'unlocked'; readonly person: string; readonly reason: string };

type DayRefusal = 'wrong-state' | 'needs-person' | 'needs-unlock' | 'needs-reason';

/** `changed` false: the event says nothing new. A refusal leaves the day as it is. */
export type DayStep =
  | { readonly ok: true; readonly life: DayLife; readonly changed: boolean; readonly restatement: boolean }
  | { readonly ok: false; readonly life: DayLife; readonly refusal: DayRefusal };

const NEXT: Readonly<Record<'closed' | 'published' | 'reviewed' | 'locked', readonly [from: DayState, to: DayState]>> = {
  closed: ['running', 'provisional'],
  published: ['provisional', 'published'],
  reviewed: ['published', 'reviewed'],
  locked: ['reviewed', 'final'],
};
const ORDER: readonly DayState[] = ['running', 'provisional', 'published', 'reviewed', 'final'];

/** A day that has begun: a projection of its first inputs (their hash) under an edition (its id), not yet restated. */
export function newDay(inputHash: string, edition: string): DayLife {
  return { state: 'running', revision: 0, inputHash, edition };
}

/**
 * The day after an event. Data may move a running, provisional or published day freely, each time as a new revision; a
 * reviewed day needs a person, a final one must be unlocked with a reason first and then leaves a restatement.
 */
export function nextDay(life: DayLife, event: DayEvent): DayStep {
  if (event.type === 'restated') return restate(life, event);
  if (event.type === 'unlocked') {
    if (life.state !== 'final') return { ok: false, life, refusal: 'wrong-state' };
    if (event.person === '' || event.reason === '') return { ok: false, life, refusal: 'needs-reason' };
    return { ok: true, life: { ...life, state: 'reviewed' }, changed: true, restatement: true };
  }
  const [from, to] = NEXT[event.type];
  if (event.type === 'reviewed' && event.person === '') return { ok: false, life, refusal: 'needs-person' };
  if (life.state === from) return { ok: true, life: { ...life, state: to }, changed: true, restatement: false };
  if (ORDER.indexOf(life.state) >= ORDER.indexOf(to)) return { ok: true, life, changed: false, restatement: false };
  return { ok: false, life, refusal: 'wrong-state' };
}

function restate(life: DayLife, event: Extract<DayEvent, { type: 'restated' }>): DayStep {
  if (event.inputHash === life.inputHash && event.edition === life.edition) {
    return { ok: true, life, changed: false, restatement: false };
  }
  if (life.state === 'final') return { ok: false, life, refusal: 'needs-unlock' };
  if (life.state === 'reviewed' && !event.person) return { ok: false, life, refusal: 'needs-person' };
  const moved = { ...life, revision: life.revision + 1, inputHash: event.inputHash, edition: event.edition };
  return { ok: true, life: moved, changed: true, restatement: life.state !== 'running' };
}
