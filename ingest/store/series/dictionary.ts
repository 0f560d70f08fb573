import type { SourceName } from '../ledger/body.ts';

export interface SeriesName {
  readonly station: string;
  readonly metric: string;
}

/** Numbers of the store's own for sources and for series (a metric of a station), lasting beyond one ledger. */
export class SeriesDictionary {
  readonly sources: SourceName[] = [];
  readonly series: SeriesName[] = [];
  readonly #sourceIds = new Map<string, number>();
  /** The ledger hands out the same object for the same source. */
  readonly #known = new Map<SourceName, number>();
  readonly #seriesIds = new Map<string, Map<string, number>>();

  source(name: SourceName): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const key = `${name.station}\n${name.device}\n${name.bay}`;
    let id = this.#sourceIds.get(key);
    if (id === undefined) {
      id = this.sources.push(name) - 1;
      this.#sourceIds.set(key, id);
    }
    this.#known.set(name, id);
    return id;
  }

  seriesOf(station: string, metric: string): number {
    let metrics = this.#seriesIds.get(station);
    if (metrics === undefined) {
      metrics = new Map();
      this.#seriesIds.set(station, metrics);
    }
    let id = metrics.get(metric);
    if (id === undefined) {
      id = this.series.push({ station, metric }) - 1;
      metrics.set(metric, id);
    }
    return id;
  }

  find(station: string, metric: string): number | undefined {
    return this.#seriesIds.get(station)?.get(metric);
  }

  /** Series of these stations, of these metrics only where given; of all stations where none are given. */
  seriesIn(stations: readonly string[] | undefined, metrics?: readonly string[]): number[] {
    const found: number[] = [];
    for (const station of stations ?? this.#seriesIds.keys()) {
      for (const [metric, id] of this.#seriesIds.get(station) ?? []) {
        if (metrics === undefined || metrics.includes(metric)) found.push(id);
      }
    }
    return found;
  }

  sourcesOf(station: string): number[] {
    return this.sources.flatMap((source, id) => (source.station === station ? [id] : []));
  }
}
