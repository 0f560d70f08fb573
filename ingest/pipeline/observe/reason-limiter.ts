const EVERY_MS = 10_000;
/** Reasons remembered; among more the oldest is told anew. */
const REASONS = 500;

/** Lets through one line of a reason in ten seconds and counts those between. */
export class ReasonLimiter {
  readonly #told = new Map<string, { readonly at: number; suppressed: number }>();

  /** How many were held back since the last one, where this one may be told; else undefined. `now`: epoch ms. */
  admit(reason: string, now: number): number | undefined {
    const last = this.#told.get(reason);
    // A clock that was set back holds nothing up.
    if (last !== undefined && now - last.at < EVERY_MS && now >= last.at) {
      last.suppressed += 1;
      return undefined;
    }
    this.#told.delete(reason);
    this.#told.set(reason, { at: now, suppressed: 0 });
    if (this.#told.size > REASONS) this.#told.delete(this.#told.keys().next().value as string);
    return last?.suppressed ?? 0;
  }
}
