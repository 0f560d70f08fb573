/** Publishes under way at once over all devices. */
const IN_FLIGHT = 8;

/** A bounded number of publishes under way. The first that fails is thrown by the next call; an abort ends every wait. */
export class Flight {
  readonly #send: (device: string, payload: string) => Promise<void>;
  readonly #aborted: Promise<void>;
  readonly #signal: AbortSignal | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  constructor(send: (device: string, payload: string) => Promise<void>, signal: AbortSignal | undefined) {
    this.#send = send;
    this.#signal = signal;
    this.#aborted = new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Sends, and waits while too much is under way; false when aborted. */
  async take(device: string, payload: string): Promise<boolean> {
    const sending = this.#send(device, payload)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
    return this.#until(IN_FLIGHT - 1);
  }

  /** Waits until everything is acknowledged; false when aborted. */
  land(): Promise<boolean> {
    return this.#until(0);
  }

  async #until(most: number): Promise<boolean> {
    while (this.#underWay.size > most && this.#failure === undefined && !this.#signal?.aborted) {
      await Promise.race([...this.#underWay, this.#aborted]);
    }
    if (this.#signal?.aborted) return false;
    if (this.#failure !== undefined) throw this.#failure;
    return true;
  }
}
