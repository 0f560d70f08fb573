import type { SessionJournal } from './session-journal.ts';

export interface RetainedLimits {
  readonly maxRetained: number;
  readonly maxRetainedPerUser: number;
}

/** What is not written is forgotten at the next start; the message itself reports its own failure. */
const onlyForgotten = (): void => {};

/** Whose the retained messages of accounts are, so that none can fill the broker with them; it is remembered over a restart. */
export class RetainedOwners {
  readonly #journal: SessionJournal;
  readonly #limits: RetainedLimits;
  readonly #owners = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(journal: SessionJournal, limits: RetainedLimits) {
    this.#journal = journal;
    this.#limits = limits;
  }

  /** Reads back whose they are; call once, when the journal is open. */
  load(): void {
    for (const { topic, user } of this.#journal.retainedOwners()) this.#note(topic, user);
  }

  /** Whether a user may have a message kept on this topic; then it is the user's until it is cleared. */
  claim(topic: string, user: string): boolean {
    const owner = this.#owners.get(topic);
    if (owner === user) return true;
    if (owner === undefined && this.#owners.size >= this.#limits.maxRetained) return false;
    if ((this.#counts.get(user) ?? 0) >= this.#limits.maxRetainedPerUser) return false;
    this.#forget(topic);
    this.#note(topic, user);
    this.#journal.write('retainedBy', topic, user).catch(onlyForgotten);
    return true;
  }

  /** The topic was cleared. */
  release(topic: string): void {
    if (!this.#forget(topic)) return;
    this.#journal.write('retainedByNone', topic).catch(onlyForgotten);
  }

  #note(topic: string, user: string): void {
    this.#owners.set(topic, user);
    this.#counts.set(user, (this.#counts.get(user) ?? 0) + 1);
  }

  #forget(topic: string): boolean {
    const owner = this.#owners.get(topic);
    if (owner === undefined) return false;
    this.#owners.delete(topic);
    const left = (this.#counts.get(owner) ?? 0) - 1;
    if (left > 0) this.#counts.set(owner, left);
    else this.#counts.delete(owner);
    return true;
  }
}
