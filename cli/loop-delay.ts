import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;

/** How late the event loop runs, over the last full minute (until there is one, since the start). */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #lastMinute: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#lastMinute = this.#measured();
      this.#histogram.reset();
    }, WINDOW_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  /** 99th percentile, ms with two decimals. */
  p99Ms(): number {
    return this.#lastMinute ?? this.#measured();
  }

  /** The histogram holds whole intervals: a punctual loop shows the resolution itself. */
  #measured(): number {
    const late = this.#histogram.percentile(99) / 1e6 - RESOLUTION_MS;
    return Math.round(Math.max(0, late) * 100) / 100;
  }
}
