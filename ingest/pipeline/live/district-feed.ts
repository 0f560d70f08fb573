import type { DayView, OverviewView, StationDetailView, TargetView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { LiveEvent, LiveFeed } from '@clearbay/contract/live.ts';
import type { District, Station } from '@clearbay/domain/district.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import { DAY_MS, dateOf, localDate, startOfDate } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import type { LiveDistrict } from './live-district.ts';

export interface DistrictFeedOptions {
  readonly live: LiveDistrict;
  readonly district: District;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly standards: Readonly<Record<string, unknown>>;
  readonly series: SeriesStore;
  readonly clock: Clock;
  /** Judges the plan's targets from the stored hours. */
  readonly judgeTargets: (now: number) => Promise<readonly TargetView[]>;
}

/** Start of the natural day that has not ended at `now`. */
function runningDayStart(now: number): number {
  return startOfDate(localDate(now));
}

/** What the console asks for: the present from memory, the past judged from the stored hours. */
export class DistrictFeed implements LiveFeed {
  readonly #options: DistrictFeedOptions;

  constructor(options: DistrictFeedOptions) {
    this.#options = options;
  }

  overview(): OverviewView {
    return this.#options.live.overview();
  }

  station(id: string): StationDetailView | undefined {
    return this.#options.live.station(id);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    return this.#options.live.subscribe(listener);
  }

  watch(station: string): () => void {
    return this.#options.live.watch(station);
  }

  async days(stationId: string, year: number, edition?: string): Promise<readonly DayView[]> {
    const { clock, series } = this.#options;
    const station = this.#find(stationId);
    const from = startOfDate(`${year}-01-01`);
    const until = Math.min(startOfDate(`${year + 1}-01-01`), runningDayStart(clock.now()));
    if (station === undefined || until <= from) return [];
    const hours = await series.rollups({ level: 'hour', stations: [stationId], from, to: until + 1 });
    const { kind, standards } = this.#judging(station);
    const judged = new Map(kind.days(station, hours, { from, until }, standards, edition).map((day) => [dateOf(day.start), day]));
    const days: DayView[] = [];
    for (let start = from; start < until; start += DAY_MS) {
      const date = dateOf(start);
      days.push({ date, assessment: judged.get(date) ?? null });
    }
    return days;
  }

  /** Judges the plan's targets anew and tells who listens. */
  async refreshTargets(): Promise<void> {
    const { clock, judgeTargets, live } = this.#options;
    live.setTargets(await judgeTargets(clock.now()));
  }

  #find(id: string): Station | undefined {
    return this.#options.district.stations.find((station) => station.id === id);
  }

  #judging(station: Station): { readonly kind: Kind; readonly standards: unknown } {
    const kind = this.#options.kinds.get(station.kind);
    if (kind === undefined) throw new Error(`no kind is registered for "${station.kind}"`);
    return { kind, standards: this.#options.standards[station.kind] };
  }
}
