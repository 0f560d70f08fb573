import type { ProgressView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { Text } from '@clearbay/domain/text.ts';

/** Long work under way, told to the terminal and the page alike. */
export interface Progress {
  advance(done: number, total: number): void;
  finish(): void;
}

const KEEP_FINISHED_MS = 60_000;

/** The board of long work: what runs, how far it is, and for a minute what has ended. */
export class ProgressBoard {
  readonly #clock: Clock;
  readonly #entries = new Map<string, ProgressView>();
  readonly #listeners = new Set<(entries: readonly ProgressView[]) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(id: string, label: Text, total: number): Progress {
    this.#put({ id, label, done: 0, total, startedAt: this.#clock.now(), finishedAt: null });
    return {
      advance: (done, newTotal) => this.#change(id, { done, total: newTotal }),
      finish: () => this.#change(id, { finishedAt: this.#clock.now() }),
    };
  }

  entries(): readonly ProgressView[] {
    const now = this.#clock.now();
    for (const [id, entry] of this.#entries) {
      if (entry.finishedAt !== null && now - entry.finishedAt > KEEP_FINISHED_MS) this.#entries.delete(id);
    }
    return [...this.#entries.values()];
  }

  onChange(listener: (entries: readonly ProgressView[]) => void): void {
    this.#listeners.add(listener);
  }

  #change(id: string, change: Partial<ProgressView>): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#put({ ...entry, ...change });
  }

  #put(entry: ProgressView): void {
    this.#entries.set(entry.id, entry);
    const entries = this.entries();
    for (const listener of this.#listeners) listener(entries);
  }
}
