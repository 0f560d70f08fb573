import { addMicro, fromMicro } from '@clearbay/domain/exact.ts';
import { antecedentRain } from '@clearbay/domain/kinds/flood/mountain.ts';
import type { AntecedentRain, FloodStandards, MountainEdition } from '@clearbay/domain/kinds/flood/standards.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { DAY_MS, localDate, rainDayStart } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';

export interface AntecedentRainsOptions {
  readonly standards: FloodStandards;
  readonly series: Pick<SeriesStore, 'rollups'>;
}

/** Antecedent rain of the mountain-flood sites from their own stored hours, so that the soil's state is known and not assumed. */
export class AntecedentRains {
  readonly #options: AntecedentRainsOptions;
  readonly #rains: Record<string, AntecedentRain> = {};

  constructor(options: AntecedentRainsOptions) {
    this.#options = options;
  }

  /** The standards with the rains as they stand; the live judges look them up each time. */
  standards(): FloodStandards {
    return { ...this.#options.standards, antecedentRains: this.#rains };
  }

  /** Sums anew the hydrological days that had ended at `now` (epoch ms). */
  async refresh(now: number): Promise<void> {
    const edition = editionFor(this.#options.standards.mountain, localDate(now));
    const day = rainDayStart(now);
    for (const { station } of edition.sites) {
      const daily = await this.#dailyRain(station, day, edition);
      this.#rains[station] = { day, mm: antecedentRain(daily, edition) };
    }
  }

  /** Totals of the days before `day`, oldest first; null where too few hours were reported. */
  async #dailyRain(station: string, day: number, { antecedent }: MountainEdition): Promise<(number | null)[]> {
    const from = day - antecedent.days * DAY_MS;
    const hours = await this.#options.series.rollups({
      level: 'hour',
      stations: [station],
      metrics: ['rainfall'],
      from: from + 1,
      to: day,
    });
    const days = Map.groupBy(
      hours.filter(({ validCount }) => validCount > 0),
      ({ at }) => rainDayStart(at),
    );
    return Array.from({ length: antecedent.days }, (_, index) => {
      const reported = days.get(from + index * DAY_MS) ?? [];
      if (reported.length < antecedent.dayLeastHours) return null;
      return fromMicro(reported.reduce((sum, { sumMicro }) => addMicro(sum, sumMicro), 0));
    });
  }
}
