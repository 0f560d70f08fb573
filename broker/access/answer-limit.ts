import type { GuardedConnection } from '../guard/guarded-connection.ts';

const SERVER_UNAVAILABLE = Buffer.from([0x20, 2, 0, 3]);

/** Answers every CONNECT within a time: whatever the answer waits for (a password check, the disk), no socket hangs on it. */
export class AnswerLimit {
  readonly #withinMs: number;
  readonly #timers = new Map<GuardedConnection, NodeJS.Timeout>();

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** A whole CONNECT has come. */
  asked(connection: GuardedConnection): void {
    const timer = setTimeout(() => {
      connection.write(SERVER_UNAVAILABLE);
      connection.refuse('connect-unanswered');
    }, this.#withinMs);
    timer.unref();
    this.#timers.set(connection, timer);
  }

  /** The CONNACK has left, or the connection is gone. */
  settled(connection: GuardedConnection): void {
    clearTimeout(this.#timers.get(connection));
    this.#timers.delete(connection);
  }
}
