import type { TargetView } from '@clearbay/contract/api.ts';
import type { Derivation } from '@clearbay/domain/derivation.ts';
import type { AirStation, District, PlanTarget, WaterStation } from '@clearbay/domain/district.ts';
import { countsForDistrict } from '@clearbay/domain/kinds/air/district.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import type { WaterStandards } from '@clearbay/domain/kinds/water/standard.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { explainTarget } from '@clearbay/domain/targets/explain.ts';
import { localDate, startOfDate } from '@clearbay/domain/time.ts';
import type { SeriesStore } from '@clearbay/store/ports/series.ts';
import { AirDays } from './air-days.ts';
import { goodAirDays, pm25Mean, type TargetMoment } from './air-targets.ts';
import { airEvidence, editionLabel, waterEvidence } from './target-evidence.ts';
import { basinViews, sourcesOfMonth } from './water-month.ts';
import { functionZones, monthlyWater, type StoredDays, storedWaterDays } from './water-targets.ts';

/** The last readings of a day are drained by then; an earlier judgement could miss them. */
const SETTLE_MS = 10 * 60_000;

export interface PlanTargetsOptions {
  readonly district: District;
  readonly standards: { readonly air: AirStandards; readonly water: WaterStandards };
  readonly series: SeriesStore;
}

const WATER_ROLE = { 'water-sources': 'source', 'water-sections': 'section', 'function-zones': 'function-zone' } as const;

/** Judges the plan's targets from the stored hours and days; what has not changed is not judged again. */
export class PlanTargets {
  readonly #options: PlanTargetsOptions;
  readonly #airDays: AirDays;
  readonly #water: readonly WaterStation[];

  constructor(options: PlanTargetsOptions) {
    this.#options = options;
    const { stations } = options.district;
    const air = stations.filter((station): station is AirStation => station.kind === 'air');
    this.#water = stations.filter((station): station is WaterStation => station.kind === 'water' && station.state === 'service');
    this.#airDays = new AirDays({
      stations: air.filter(countsForDistrict),
      standards: options.standards.air,
      series: options.series,
    });
    options.series.onRestated(({ from, to }) => this.#airDays.forget(from, to));
  }

  /** All targets of the plan as they stand at `now` (epoch ms), in the plan's order. */
  async judge(now: number): Promise<readonly TargetView[]> {
    const { district } = this.#options;
    const moment = this.#moment(now);
    const { year, today } = moment;
    const water = await storedWaterDays(this.#water, this.#options.series, moment);
    const views: TargetView[] = [];
    for (const target of district.targets) {
      // The same evidence gives the same probability: the draws are seeded by the target and the day.
      const seeded = new Seeded(year, `${target.id} ${today}`);
      views.push(await this.#judge(target, water, { ...moment, random: () => seeded.next() }));
    }
    return views;
  }

  /**
   * How a judged target came about, under the edition asked for by id or as it was judged; undefined where the plan has no such target.
   * A RangeError for an edition that does not exist or that the target is not judged under.
   */
  async explain(figure: TargetView, now: number, edition?: string): Promise<Derivation | undefined> {
    const { district, standards, series } = this.#options;
    const target = district.targets.find(({ id }) => id === figure.id);
    if (target === undefined) return undefined;
    const moment = this.#moment(now);
    const label = editionLabel(standards, edition);
    if (target.kind === 'good-air-days' || target.kind === 'pm25-mean') {
      return explainTarget(figure, await airEvidence(target, this.#airDays, standards.air, moment, edition), label);
    }
    const stations = this.#stationsOf(target);
    const water = await storedWaterDays(stations, series, moment);
    return explainTarget(figure, waterEvidence(target, stations, water, standards.water, moment), label);
  }

  #moment(now: number): TargetMoment {
    const { demonstration, exceptionalDays } = this.#options.district;
    const today = localDate(now - SETTLE_MS);
    return {
      year: Number(today.slice(0, 4)),
      today,
      runningDay: startOfDate(today),
      demonstration,
      exceptional: exceptionalDays ?? [],
      random: () => 0,
    };
  }

  #stationsOf({ kind }: PlanTarget): WaterStation[] {
    return this.#water.filter((station) => station.role === WATER_ROLE[kind as keyof typeof WATER_ROLE]);
  }

  async #judge(target: PlanTarget, water: ReadonlyMap<string, StoredDays>, moment: TargetMoment): Promise<TargetView> {
    const { standards } = this.#options;
    if (target.kind === 'good-air-days') return goodAirDays(target, this.#airDays, standards.air, moment);
    if (target.kind === 'pm25-mean') return pm25Mean(target, this.#airDays, standards.air, moment);
    const stations = this.#stationsOf(target);
    if (target.kind === 'function-zones') return functionZones(target, stations, water, standards.water, moment);
    const view = monthlyWater(target, stations, water, standards.water, moment);
    if (target.kind === 'water-sections') return { ...view, basins: basinViews(stations, water, standards.water, moment) };
    const sources = sourcesOfMonth(stations, water, standards.water, moment);
    return sources === undefined ? view : { ...view, sources };
  }
}
