import type { FloodStation } from '@clearbay/domain/district.ts';
import type { FloodStandards } from '@clearbay/domain/kinds/flood/standards.ts';
import { fitTide, type TideFit } from '@clearbay/domain/kinds/flood/tide.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';

/** History that a fit looks at: two spring-neap cycles and more, short enough for silt and sea level not to matter. */
const LOOK_BACK_MS = 90 * DAY_MS;

export interface TideFitsOptions {
  readonly stations: readonly FloodStation[];
  readonly standards: FloodStandards;
  readonly series: Pick<SeriesStore, 'rollups'>;
}

/** Tides of the tidal stations from their own history, so that a rise is judged on what the tide does not explain. */
export class TideFits {
  readonly #options: TideFitsOptions;
  readonly #fits: Record<string, TideFit> = {};

  constructor(options: TideFitsOptions) {
    this.#options = options;
  }

  /** The standards with the fits as they stand; the live judges look them up each time. */
  standards(): FloodStandards {
    return { ...this.#options.standards, tides: this.#fits };
  }

  /** Fits anew from the stored hours up to `now` (epoch ms); a station with too little history keeps none. */
  async refresh(now: number): Promise<void> {
    const { stations, standards, series } = this.#options;
    for (const { id } of stations.filter((station) => station.tidal)) {
      const hours = await series.rollups({
        level: 'hour',
        stations: [id],
        from: now - LOOK_BACK_MS,
        to: now,
        metrics: ['level'],
      });
      // The last value of an hour stands at its end; a mean would stand half an hour earlier.
      const samples = hours.flatMap(({ at, last }) => (last === null ? [] : [{ at, level: last }]));
      const fit = fitTide(samples, standards.measuring.tide);
      if (fit !== undefined) this.#fits[id] = fit;
    }
  }
}
