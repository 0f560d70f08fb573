import type { ParkingStation } from '@clearbay/domain/district.ts';
import { approximate } from '@clearbay/domain/exact.ts';
import type { ParkingStandards } from '@clearbay/domain/kinds/parking/standards.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';

export interface RecordedFreeOptions {
  readonly stations: readonly ParkingStation[];
  readonly standards: ParkingStandards;
  readonly series: Pick<SeriesStore, 'rollups'>;
}

/** Free bays of the last week from the stored hours of lots that report them, so that a restart does not cost the forecast its days. */
export class RecordedFree {
  readonly #options: RecordedFreeOptions;
  readonly #means: Record<string, ReadonlyMap<number, number>> = {};

  constructor(options: RecordedFreeOptions) {
    this.#options = options;
  }

  /** The standards with the hours as they stand; the live judges look them up each time. */
  standards(): ParkingStandards {
    return { ...this.#options.standards, recordedFree: this.#means };
  }

  /** Reads anew the hours up to `now` (epoch ms). */
  async refresh(now: number): Promise<void> {
    const { stations, standards, series } = this.#options;
    const from = now - standards.forecast.historyDays * DAY_MS - HOUR_MS;
    for (const { id } of stations) {
      const hours = await series.rollups({ level: 'hour', stations: [id], from, to: now, metrics: ['free'] });
      const means = hours
        .filter(({ validCount }) => validCount > 0)
        .map(({ at, sumMicro, validCount }) => [at, approximate({ sumMicro, count: validCount })] as const);
      this.#means[id] = new Map(means);
    }
  }
}
