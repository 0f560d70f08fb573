import type { Clock } from '@clearbay/contract/clock.ts';
import type { StationPulse } from '@clearbay/domain/alerts/silence.ts';
import type { AlertSubject } from './alert-record.ts';
import type { AlertEngine } from './engine.ts';

const EVERY_MS = 5000;
/** A wall clock that goes apart from the steady one by more than this between two looks was moved. */
const CLOCK_TOLERANCE_MS = 10_000;
/** Looks further apart than this: the process stood still. */
const STANDSTILL_MS = 4 * EVERY_MS;

export type WatchedStation = StationPulse &
  AlertSubject & {
    /** How many live readings have come; it grows with every one, whatever time the reading bears. */
    readonly arrivals: number;
  };

export interface SilenceWatchOptions {
  readonly alerts: Pick<AlertEngine, 'checkSilence'>;
  readonly clock: Clock;
  readonly stations: () => readonly WatchedStation[];
  /** False while nothing can be taken in, as on a full disk. */
  readonly isListening: () => boolean;
  /** Monotonic time, ms. */
  readonly steadyNow?: () => number;
}

/**
 * Looks for stations that fell silent. What is our own fault is nobody's silence: time in which we took nothing in or stood
 * still does not count, and after our clock was moved a station that goes on sending counts as heard, whatever times it sends,
 * until the clocks agree again.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #steadyNow: () => number;
  readonly #heard = new Map<string, { arrivals: number; steadyAt: number }>();
  #timer: NodeJS.Timeout | undefined;
  #wallAt = 0;
  #steadyAt = 0;
  #unheardUntil = Number.NEGATIVE_INFINITY;
  #isClockInDoubt = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
    this.#steadyNow = options.steadyNow ?? (() => performance.now());
  }

  start(): void {
    this.#wallAt = this.#options.clock.now();
    this.#steadyAt = this.#steadyNow();
    this.#unheardUntil = this.#wallAt;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One look; runs by itself every few seconds. */
  look(): void {
    const { alerts, clock, stations, isListening } = this.#options;
    const wall = clock.now();
    const steady = this.#steadyNow();
    const steadyMs = steady - this.#steadyAt;
    const isMoved = Math.abs(wall - this.#wallAt - steadyMs) > CLOCK_TOLERANCE_MS;
    this.#wallAt = wall;
    this.#steadyAt = steady;
    if (isMoved) this.#isClockInDoubt = true;
    // A clock that was set back has made the future of our own notes.
    if (isMoved || steadyMs > STANDSTILL_MS || !isListening() || this.#unheardUntil > wall) this.#unheardUntil = wall;
    const pulses = stations();
    for (const station of pulses) this.#note(station, steady);
    const contradicting = new Set(pulses.filter((station) => this.#isHeard(station, steady) && isOld(station, wall)));
    if (contradicting.size === 0) this.#isClockInDoubt = false;
    const isExcused = (station: WatchedStation) => this.#isClockInDoubt && contradicting.has(station);
    alerts.checkSilence(
      wall,
      pulses.map((station) => ({
        ...station,
        lastAt: this.#lastAt(station, wall, steady),
        unheardUntil: isExcused(station) ? wall : this.#unheardUntil,
      })),
    );
  }

  #note({ station, arrivals }: WatchedStation, steady: number): void {
    if (arrivals > (this.#heard.get(station)?.arrivals ?? 0)) this.#heard.set(station, { arrivals, steadyAt: steady });
  }

  /** Whether something came from it within three of its periods, by the steady clock. */
  #isHeard({ station, periodMs }: WatchedStation, steady: number): boolean {
    const heard = this.#heard.get(station);
    return heard !== undefined && steady - heard.steadyAt <= 3 * periodMs;
  }

  /** A time that lies ahead of us says nothing of its age; when it was heard does. */
  #lastAt({ station, lastAt }: WatchedStation, wall: number, steady: number): number | null {
    if (lastAt === null || lastAt <= wall) return lastAt;
    const heard = this.#heard.get(station);
    return heard === undefined ? Math.min(wall, this.#unheardUntil) : wall - (steady - heard.steadyAt);
  }
}

/** Its data are not of the present, by our clock. */
function isOld({ lastAt, periodMs }: WatchedStation, wall: number): boolean {
  return lastAt === null || Math.abs(wall - lastAt) > 3 * periodMs;
}
