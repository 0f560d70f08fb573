import { SeriesState } from './series-state.ts';

/** Memory of one series of values: a device at a station, or one bay of a lot. */
export class SourceState {
  readonly #series = new Map<string, SeriesState>();

  of(metric: string): SeriesState {
    const known = this.#series.get(metric);
    if (known) return known;
    const state = new SeriesState();
    this.#series.set(metric, state);
    return state;
  }

  /** As `of`, undefined where the metric never came. */
  known(metric: string): SeriesState | undefined {
    return this.#series.get(metric);
  }
}
