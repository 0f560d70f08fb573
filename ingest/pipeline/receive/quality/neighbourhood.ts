import type { NeighbourValue } from './lone-jump.ts';
import type { SourceState } from './source-state.ts';

interface Voice {
  readonly state: SourceState;
  readonly periodMs: number;
}

/** Who speaks at which station, so that one station's values can be held against another's. */
export class Neighbourhood {
  readonly #voices = new Map<string, Map<string, Voice>>();

  /** A device that begins to speak, or speaks anew, at a station. */
  add(station: string, device: { readonly id: string; readonly periodMs: number }, state: SourceState): void {
    const voices = this.#voices.get(station) ?? new Map<string, Voice>();
    voices.set(device.id, { state, periodMs: device.periodMs });
    this.#voices.set(station, voices);
  }

  /** The newest values of a metric at these stations. */
  *values(stations: readonly string[], metric: string): Generator<NeighbourValue> {
    for (const station of stations) {
      for (const { state, periodMs } of this.#voices.get(station)?.values() ?? []) {
        const newest = state.known(metric)?.newest;
        if (newest !== undefined) yield { ...newest, periodMs };
      }
    }
  }
}
