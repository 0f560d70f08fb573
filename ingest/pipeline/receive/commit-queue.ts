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
  failed(count: number): void;
}

/** How a message is answered: never, at once, or when its readings are on disk. */
const ANSWER = { no: 0, yes: 1, onDisk: 2 } as const;

const EMPTY = new Uint8Array(0);

/** The messages of one turn, in order. */
class Group {
  readonly readings: Reading[] = [];
  readonly dones: Done[] = [];
  readonly answers: number[] = [];
  isSettled = false;
  /** Undefined where the disk refused. */
  outcomes: Uint8Array | undefined;
}

/**
 * Gathers the readings of one turn of the event loop and appends them as one; the ledger joins what is appended while it commits.
 * Messages are answered in the order they came, those with nothing to commit among them.
 */
export class CommitQueue {
  readonly #ledger: Pick<Ledger, 'append'>;
  readonly #events: CommitEvents;
  #group = new Group();
  /** Appended and not yet answered, oldest first. */
  readonly #waiting: Group[] = [];
  #messageStart = 0;
  #inFlight = 0;

  constructor(ledger: Pick<Ledger, 'append'>, events: CommitEvents) {
    this.#ledger = ledger;
    this.#events = events;
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
    if (dones.length === 1) setImmediate(this.#append);
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
    this.#ledger.append(group.readings).then(
      (outcomes) => this.#settle(group, outcomes),
      () => this.#settle(group, undefined),
    );
  };

  #settle(group: Group, outcomes: Uint8Array | undefined): void {
    group.isSettled = true;
    group.outcomes = outcomes;
    while (this.#waiting[0]?.isSettled) this.#answer(this.#waiting.shift() as Group);
  }

  #answer({ readings, dones, answers, outcomes }: Group): void {
    this.#inFlight -= readings.length;
    for (let index = 0; index < dones.length; index += 1) {
      const answer = answers[index];
      (dones[index] as Done)(answer === ANSWER.yes || (answer === ANSWER.onDisk && outcomes !== undefined));
    }
    if (outcomes === undefined) this.#events.failed(readings.length);
    else if (readings.length > 0) this.#events.committed({ readings, outcomes });
  }
}
