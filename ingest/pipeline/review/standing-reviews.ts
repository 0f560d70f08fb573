import type { ReviewRow, ReviewStore } from '@clearbay/store/ports/intake.ts';
import type { ReviewedSpan, ReviewedSpans } from '../receive/quality/reviewed-spans.ts';

/** Every decision that people took on stored values, in memory: the receiver asks for each reading. */
export class StandingReviews implements ReviewedSpans {
  readonly #store: Pick<ReviewStore, 'all'>;
  readonly #spans = new Map<string, { readonly spans: ReviewedSpan[]; newest: number }>();
  #unfinished: ReviewRow[] = [];

  constructor(store: Pick<ReviewStore, 'all'>) {
    this.#store = store;
  }

  /** Takes over what was decided before. */
  async start(): Promise<void> {
    const rows = await this.#store.all();
    for (const row of rows) this.add(row);
    this.#unfinished = rows.filter(({ changed }) => changed === null);
  }

  stop(): void {}

  /** Decisions that the last process could not carry out to their end, oldest first. */
  get unfinished(): readonly ReviewRow[] {
    return this.#unfinished;
  }

  of(station: string, at: number): readonly ReviewedSpan[] | undefined {
    const known = this.#spans.get(station);
    // Live readings are mostly newer than any decision.
    return known === undefined || at > known.newest ? undefined : known.spans;
  }

  add({ station, metric, from, to, action }: Pick<ReviewRow, 'station' | 'metric' | 'from' | 'to' | 'action'>): void {
    const known = this.#spans.get(station) ?? { spans: [], newest: to };
    known.spans.push({ metric, from, to, excluded: action === 'exclude' });
    known.newest = Math.max(known.newest, to);
    this.#spans.set(station, known);
  }
}
