import { setTimeout as rest } from 'node:timers/promises';
import type { Reading } from '@clearbay/domain/reading.ts';
import type { Ledger } from '@clearbay/store/ports/ledger.ts';

type Done = (acknowledge: boolean) => void;

/** Readings that are on disk, in order, with one OUTCOME byte each. */
export interface Committed {
  readonly readings: readonly Reading[];
  readonly outcomes: Uint8Array;
}

interface CommitEvents {
  committed(committed: Committed): void;
  /** Told once of readings that the disk refused; where they are held, they may be committed later. */
  failed(readings: readonly Reading[]): void;
  /** How long the ledger took for a group, and how long the group's first message waited for its answer, ms. */
  timed?(commitMs: number, latencyMs: number): void;
}

export interface HoldSettings {
  /** Whether a commit failed for lack of a disk that takes anything, so that waiting helps. */
  isDiskRefusing(): boolean;
  /** How long a message waits for the disk before it is refused, ms. */
  readonly longestMs: number;
  /** Readings that wait; past it the oldest are refused. */
  readonly mostReadings: number;
  /** How often the disk is tried, ms. */
  readonly retryMs: number;
}

/** Ten minutes, and far fewer readings than the broker lets wait, so that it goes on reading from everybody. */
export const HOLD_DEFAULTS: Omit<HoldSettings, 'isDiskRefusing'> = { longestMs: 600_000, mostReadings: 20_000, retryMs: 500 };

/** Nothing waits: what the disk refuses is refused. */
const NO_HOLD: HoldSettings = { isDiskRefusing: () => false, longestMs: 0, mostReadings: 0, retryMs: 0 };

/** How a message is answered: never, at once, or when its readings are on disk. */
const ANSWER = { no: 0, yes: 1, onDisk: 2 } as const;

const EMPTY = new Uint8Array(0);

/** The messages of one turn, in order. */
class Group {
  readonly readings: Reading[] = [];
  readonly dones: Done[] = [];
  readonly answers: number[] = [];
  isSettled = false;
  /** Monotonic times of its first message and of its last commit, ms. */
  beganAt = 0;
  commitMs = 0;
  /** Monotonic time at which the disk first refused it, ms. */
  refusedAt: number | undefined;
  /** Undefined where the disk refused. */
  outcomes: Uint8Array | undefined;
}

/**
 * Gathers the readings of one turn of the event loop and appends them as one; the ledger joins what is appended while it commits.
 * Messages are answered in the order they came, those with nothing to commit among them. While the disk takes nothing they
 * wait unanswered, with their connections open: a device that is cut off sends its oldest message again and again, and what
 * it has to say now is never heard.
 */
export class CommitQueue {
  readonly #ledger: Pick<Ledger, 'append'>;
  readonly #events: CommitEvents;
  #group = new Group();
  /** Appended and not yet answered, oldest first. */
  readonly #waiting: Group[] = [];
  readonly #hold: HoldSettings;
  /** Refused by the disk and waiting for it, oldest first. */
  #held: Group[] = [];
  #heldReadings = 0;
  #isRetrying = false;
  #messageStart = 0;
  #inFlight = 0;

  constructor(ledger: Pick<Ledger, 'append'>, events: CommitEvents, hold: HoldSettings = NO_HOLD) {
    this.#ledger = ledger;
    this.#events = events;
    this.#hold = hold;
  }

  /** Readings that are not on disk yet. */
  get pending(): number {
    return this.#inFlight + this.#group.readings.length;
  }

  /** A message begins; its readings follow. */
  begin(): void {
    this.#messageStart = this.#group.readings.length;
  }

  add(reading: Reading): void {
    this.#group.readings.push(reading);
  }

  /** The message is complete. */
  end(done: Done): void {
    this.#push(done, this.#group.readings.length > this.#messageStart ? ANSWER.onDisk : ANSWER.yes);
  }

  /** A message that is not taken; answered in its turn. */
  reject(done: Done): void {
    this.#push(done, ANSWER.no);
  }

  #push(done: Done, answer: number): void {
    const { dones, answers } = this.#group;
    dones.push(done);
    answers.push(answer);
    if (dones.length > 1) return;
    this.#group.beganAt = performance.now();
    setImmediate(this.#append);
  }

  readonly #append = (): void => {
    const group = this.#group;
    this.#group = new Group();
    this.#waiting.push(group);
    if (group.readings.length === 0) {
      this.#settle(group, EMPTY);
      return;
    }
    this.#inFlight += group.readings.length;
    // Behind what is held nothing is tried: it would be committed before its turn.
    if (this.#held.length > 0) this.#holdBack(group);
    else void this.#commit(group);
  };

  async #commit(group: Group): Promise<void> {
    const outcomes = await this.#try(group);
    if (outcomes !== undefined) this.#settle(group, outcomes);
    else if (this.#hold.isDiskRefusing()) this.#holdBack(group);
    else {
      this.#noteRefused(group);
      this.#settle(group, undefined);
    }
  }

  async #try(group: Group): Promise<Uint8Array | undefined> {
    const began = performance.now();
    const outcomes = await this.#ledger.append(group.readings).catch(() => undefined);
    group.commitMs = performance.now() - began;
    return outcomes;
  }

  #noteRefused(group: Group): void {
    if (group.refusedAt !== undefined) return;
    group.refusedAt = performance.now();
    this.#events.failed(group.readings);
  }

  #holdBack(group: Group): void {
    this.#noteRefused(group);
    this.#held.push(group);
    this.#heldReadings += group.readings.length;
    if (!this.#isRetrying) void this.#retry();
  }

  /** Tries the oldest until the disk takes it, then commits all the others in their order. */
  async #retry(): Promise<void> {
    this.#isRetrying = true;
    while (this.#held.length > 0) {
      await rest(this.#hold.retryMs, undefined, { ref: false });
      this.#giveUpOldest();
      const oldest = this.#held[0];
      if (oldest === undefined) break;
      const outcomes = await this.#try(oldest);
      if (outcomes === undefined && this.#hold.isDiskRefusing()) continue;
      const [, ...others] = this.#held;
      this.#held = [];
      this.#heldReadings = 0;
      this.#settle(oldest, outcomes);
      await Promise.all(others.map((group) => this.#commit(group)));
    }
    this.#isRetrying = false;
  }

  /** Refuses what waited too long, and what is too much. */
  #giveUpOldest(): void {
    const { longestMs, mostReadings } = this.#hold;
    const since = performance.now() - longestMs;
    for (let oldest = this.#held[0]; oldest !== undefined; oldest = this.#held[0]) {
      if (this.#heldReadings <= mostReadings && (oldest.refusedAt ?? 0) > since) return;
      this.#held.shift();
      this.#heldReadings -= oldest.readings.length;
      this.#settle(oldest, undefined);
    }
  }

  #settle(group: Group, outcomes: Uint8Array | undefined): void {
    group.isSettled = true;
    group.outcomes = outcomes;
    while (this.#waiting[0]?.isSettled) this.#answer(this.#waiting.shift() as Group);
  }

  #answer({ readings, dones, answers, outcomes, beganAt, commitMs }: Group): void {
    this.#inFlight -= readings.length;
    for (let index = 0; index < dones.length; index += 1) {
      const answer = answers[index];
      (dones[index] as Done)(answer === ANSWER.yes || (answer === ANSWER.onDisk && outcomes !== undefined));
    }
    if (outcomes === undefined || readings.length === 0) return;
    this.#events.timed?.(commitMs, performance.now() - beganAt);
    this.#events.committed({ readings, outcomes });
  }
}
