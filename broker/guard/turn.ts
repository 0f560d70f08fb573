/** How long one turn of the event loop may go on with what clients sent, ms. */
const LONGEST_MS = 15;

/**
 * Shares the turns of the event loop among all clients: a hundred messages of a thousand readings each that came together would
 * hold everything else up for half a second. Who comes when the turn's time is used up is served in the next one, in the order they
 * came.
 */
export class Turn {
  #waiting: TurnTaker[] = [];
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

  /** Is served in the next turn. */
  wait(taker: TurnTaker): void {
    this.#waiting.push(taker);
  }

  readonly #next = (): void => {
    this.#isOpen = false;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const taker of waiting) taker.serve();
  };
}

/** What a connection does with what it has read. */
export interface TurnUser {
  arrived(chunk: Buffer): void;
  /** It has read more than it may work on now. */
  pauseForTurn(): void;
  resumeFromTurn(): void;
}

/** One connection's part in the turns; what comes too late in one waits here, in its order. */
export class TurnTaker {
  readonly #turn: Turn;
  readonly #user: TurnUser;
  #late: Buffer[] = [];

  constructor(turn: Turn, user: TurnUser) {
    this.#turn = turn;
    this.#user = user;
  }

  take(chunk: Buffer): void {
    if (this.#late.length === 0 && this.#turn.hasTime()) {
      this.#user.arrived(chunk);
      return;
    }
    this.#late.push(chunk);
    if (this.#late.length > 1) return;
    this.#user.pauseForTurn();
    this.#turn.wait(this);
  }

  /** Another turn has begun. */
  serve(): void {
    for (let chunk = this.#late[0]; chunk !== undefined; chunk = this.#late[0]) {
      if (!this.#turn.hasTime()) {
        this.#turn.wait(this);
        return;
      }
      this.#late.shift();
      this.#user.arrived(chunk);
    }
    this.#user.resumeFromTurn();
  }

  /** The connection has ended. */
  forget(): void {
    this.#late = [];
  }
}
