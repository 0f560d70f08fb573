import type { Clock } from '@clearbay/contract/clock.ts';
import type { DeviceClock } from '@clearbay/domain/alerts/device-clock.ts';
import type { AlertSubject } from './alert-record.ts';

const EVERY_MS = 5000;
/** A wall clock that goes apart from the steady one by more than this between two looks was moved. */
const CLOCK_TOLERANCE_MS = 10_000;

/** A device that was heard, with the station that its alert stands at. */
export interface WatchedClock extends AlertSubject {
  readonly device: string;
  readonly station: string;
  readonly clock: DeviceClock;
}

export interface ClockWatchOptions {
  readonly alerts: { checkClocks(now: number, devices: Iterable<WatchedClock>): void };
  readonly clock: Clock;
  readonly devices: () => Iterable<WatchedClock>;
  /** Monotonic time, ms. */
  readonly steadyNow?: () => number;
}

/**
 * Looks for devices whose clocks are wrong. After our own clock was moved every device seems wrong: one is held to be so only when
 * it has been right since then.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  readonly #steadyNow: () => number;
  /** Messages that a device had sent when our clock was moved. */
  readonly #excused = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #aheadMs = 0;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#steadyNow = options.steadyNow ?? (() => performance.now());
  }

  start(): void {
    this.#aheadMs = this.#options.clock.now() - this.#steadyNow();
    this.#timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One look; runs by itself every few seconds. */
  look(): void {
    const { alerts, clock, devices } = this.#options;
    const now = clock.now();
    const aheadMs = now - this.#steadyNow();
    const isMoved = Math.abs(aheadMs - this.#aheadMs) > CLOCK_TOLERANCE_MS;
    this.#aheadMs = aheadMs;
    const judged: WatchedClock[] = [];
    for (const watched of devices()) {
      const { device, clock: known } = watched;
      if (isMoved) this.#excused.set(device, known.messages);
      const excusedAt = this.#excused.get(device);
      if (excusedAt === undefined) judged.push(watched);
      else if (known.messages > excusedAt && !known.isOff && !known.isAhead) this.#excused.delete(device);
    }
    alerts.checkClocks(now, judged);
  }
}
