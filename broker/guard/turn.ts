/** How long one turn of the event loop may go on with what clients sent, ms. */
const LONGEST_MS = 15;

/**
 * Shares the turns of the event loop among all clients: a hundred messages of a thousand readings each that came together would
 * hold everything else up for half a second. Who comes when the turn's time is used up is read again in the next one, in the order
 * they came.
 */
export class Turn {
  #waiting: (() => void)[] = [];
  #isOpen = false;
  #endsAt = 0;

  /** Whether there is time left; the first to ask in a turn always has some. */
  hasTime(): boolean {
    const now = performance.now();
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#endsAt = now + LONGEST_MS;
      setImmediate(this.#next);
    }
    return now < this.#endsAt;
  }

  /** Calls back when the next turn begins; for who was just told that there is no time left. */
  wait(goOn: () => void): void {
    this.#waiting.push(goOn);
  }

  readonly #next = (): void => {
    this.#isOpen = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
  };
}
