export interface BackOffOptions {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Waits between attempts: doubled each time up to the last, and shifted by up to a quarter so that many workers do not come at once. */
export class BackOff {
  readonly #options: BackOffOptions;
  #attempts = 0;

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  /** Wait before the next attempt, ms. */
  next(): number {
    const { firstMs, lastMs } = this.#options;
    const wait = Math.min(lastMs, firstMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return Math.round(wait * (0.75 + Math.random() / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
