const HOUR_MS = 3_600_000;
/** A neighbour's value speaks for a moment while it is this many periods away at most. */
const REACH_PERIODS = 1.5;

/** What a neighbour last said of the metric. */
export interface NeighbourValue {
  readonly at: number;
  readonly value: number;
  readonly periodMs: number;
}

/** A value that may continue the jump. */
export interface JumpValue {
  readonly at: number;
  readonly value: number;
  readonly periodMs: number;
  /** How close a neighbour must lie to confirm, in the metric's unit; undefined: nearer to the new value than to the old. */
  readonly tolerance: number | undefined;
}

/**
 * A sudden change of one series, from the value it left to the one it went to. It is doubted while neighbours speak and none
 * confirms it, until it goes back; after an hour a lasting difference is the place's own.
 */
export class LoneJump {
  readonly #at: number;
  readonly #before: number;
  readonly #after: number;
  #isOver = false;

  constructor(at: number, before: number, after: number) {
    this.#at = at;
    this.#before = before;
    this.#after = after;
  }

  /** Whether it is settled at a moment, so that the next change is a jump of its own. */
  isOver(at: number): boolean {
    return this.#isOver || at - this.#at > HOUR_MS;
  }

  /** Whether this value, at or after the jump, is doubted. With no neighbour that speaks nothing can be said: it is not. */
  isDoubted(judged: JumpValue, neighbours: Iterable<NeighbourValue>): boolean {
    const { at, value } = judged;
    if (this.isOver(at) || at < this.#at) return false;
    this.#isOver = this.#isBack(value);
    if (this.#isOver) return false;
    let speaks = false;
    for (const neighbour of neighbours) {
      if (Math.abs(neighbour.at - at) > REACH_PERIODS * Math.max(judged.periodMs, neighbour.periodMs)) continue;
      speaks = true;
      if (!this.#confirms(neighbour.value, judged)) continue;
      this.#isOver = true;
      return false;
    }
    return speaks;
  }

  #isBack(value: number): boolean {
    return Math.abs(value - this.#before) < Math.abs(value - this.#after);
  }

  #confirms(neighbour: number, { value, tolerance }: JumpValue): boolean {
    const distance = Math.abs(neighbour - value);
    return tolerance === undefined ? distance < Math.abs(neighbour - this.#before) : distance <= tolerance;
  }
}
