import type { AlertView } from '@clearbay/contract/api.ts';
import type { AlertChange, AlertStore } from '@clearbay/store/ports/state.ts';

const ROWS_A_TRANSACTION = 500;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

function keyOf(change: AlertChange): string {
  return JSON.stringify([change.key.rule, change.key.station, change.key.metric]);
}

function placeOf(change: AlertChange): string {
  return change.alert === null ? `key ${keyOf(change)}` : `alert ${change.alert.id}`;
}

export interface ChangeWriterOptions {
  readonly store: Pick<AlertStore, 'apply'>;
  /** Told of each new state of an alert once it is stored; while the store is away, as soon as that is known. */
  readonly onAlert: (alert: AlertView) => void;
  /** Told when notices were stored in the outbox. */
  readonly onNotice: () => void;
  /** Told, once, of a notice that cannot be stored yet. */
  readonly onUnstoredNotice: (alert: AlertView) => void;
  /** Changes that may wait while the store is away; the oldest is given up past it. */
  readonly mostWaiting: number;
}

/**
 * Brings alert changes to the store in order, many in one transaction. While the store is away they wait here, only the newest
 * state of each alert, and are tried again; a single change that the store refuses never holds up the other keys.
 */
export class ChangeWriter {
  readonly #options: ChangeWriterOptions;
  readonly #waiting = new Map<string, AlertChange>();
  readonly #told = new WeakSet<AlertView>();
  #inFlight: ReadonlySet<AlertChange> = new Set();
  #working: Promise<void> | undefined;
  #stopped = false;
  #wakeUp: (() => void) | undefined;
  #error: string | undefined;
  #givenUp = 0;

  constructor(options: ChangeWriterOptions) {
    this.#options = options;
  }

  put(change: AlertChange): void {
    const place = placeOf(change);
    const earlier = this.#waiting.get(place);
    // A condition without an alert keeps no place: it must come after the ending of the key's last alert.
    if (change.alert === null) this.#waiting.delete(place);
    const notify = change.notify || (earlier?.notify === true && !this.#inFlight.has(earlier));
    this.#waiting.set(place, notify === change.notify ? change : { ...change, notify });
    if (this.#waiting.size > this.#options.mostWaiting) this.#giveUpOldest();
    this.#working ??= this.#work();
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Tries what waits once more and ends; what the store still refuses is judged anew from the readings after a start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeUp?.();
    await this.settled();
  }

  status(): { readonly waiting: number; readonly givenUp: number; readonly error: string | undefined } {
    return { waiting: this.#waiting.size, givenUp: this.#givenUp, error: this.#error };
  }

  async #work(): Promise<void> {
    // Changes of the same turn go together.
    await Promise.resolve();
    try {
      await this.#writeAll();
    } finally {
      this.#working = undefined;
    }
  }

  async #writeAll(): Promise<void> {
    let size = ROWS_A_TRANSACTION;
    let failures = 0;
    while (this.#waiting.size > 0) {
      const batch = this.#first(size);
      this.#inFlight = new Set(batch);
      try {
        await this.#options.store.apply(batch);
        this.#error = undefined;
        failures = 0;
        size = Math.min(size * 2, ROWS_A_TRANSACTION);
        this.#leave(batch);
      } catch (error) {
        this.#error = error instanceof Error ? error.message : String(error);
        this.#keep(batch);
        if (this.#stopped) return;
        // One at a time from here, so that a refused change is found and the others pass it.
        if (size === 1 && batch[0] !== undefined) this.#moveToEnd(keyOf(batch[0]));
        size = 1;
        await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
        failures += 1;
      }
    }
  }

  #first(count: number): readonly AlertChange[] {
    const batch: AlertChange[] = [];
    for (const change of this.#waiting.values()) {
      if (batch.length >= count) break;
      batch.push(change);
    }
    return batch;
  }

  #leave(batch: readonly AlertChange[]): void {
    this.#inFlight = new Set();
    for (const change of batch) {
      const place = placeOf(change);
      if (this.#waiting.get(place) === change) this.#waiting.delete(place);
    }
    for (const { alert } of batch) this.#tell(alert);
    if (batch.some((change) => change.notify)) this.#options.onNotice();
  }

  #keep(batch: readonly AlertChange[]): void {
    this.#inFlight = new Set();
    for (const change of batch) {
      const place = placeOf(change);
      const newer = this.#waiting.get(place);
      if (newer !== undefined && newer !== change && change.notify) this.#waiting.set(place, { ...newer, notify: true });
    }
    for (const { alert, notify } of this.#waiting.values()) {
      if (this.#tell(alert) && notify && alert !== null) this.#options.onUnstoredNotice(alert);
    }
  }

  /** Whether it was news. */
  #tell(alert: AlertView | null): boolean {
    if (alert === null || this.#told.has(alert)) return false;
    this.#told.add(alert);
    this.#options.onAlert(alert);
    return true;
  }

  #moveToEnd(key: string): void {
    for (const [place, change] of [...this.#waiting]) {
      if (keyOf(change) !== key) continue;
      this.#waiting.delete(place);
      this.#waiting.set(place, change);
    }
  }

  #giveUpOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#givenUp += 1;
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
