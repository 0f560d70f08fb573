import type { BasinView, TargetView } from '@clearbay/contract/api.ts';
import type { WaterStation } from '@clearbay/domain/district.ts';
import { type BasinSection, rateBasin } from '@clearbay/domain/kinds/water/basin.ts';
import { sourceCompliance, sourceRates } from '@clearbay/domain/kinds/water/compliance.ts';
import { type ItemMean, judgeMeans } from '@clearbay/domain/kinds/water/sample.ts';
import { type WaterEditions, type WaterStandards, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { basinTrend } from '@clearbay/domain/kinds/water/trend.ts';
import type { Text } from '@clearbay/domain/text.ts';
import type { TargetMoment } from './air-targets.ts';
import { meansOf, type StoredDays } from './water-targets.ts';

/** Items of a station in a month; a demonstration is judged on simulated data alone, everything else without any. */
type MonthOf = (station: WaterStation, month: string) => ReadonlyMap<string, ItemMean>;

function monthsOf(days: ReadonlyMap<string, StoredDays>, demonstration: boolean): MonthOf {
  return ({ id }, month) => {
    const rows = [...(days.get(id) ?? [])]
      .filter(([date]) => date.startsWith(month))
      .flatMap(([, own]) => own.filter(({ simulated }) => simulated === demonstration));
    const mean = meansOf(rows);
    return new Map(
      [...new Set(rows.map(({ metric }) => metric))].flatMap((metric) => {
        const found = mean(metric);
        return found === undefined ? [] : [[metric, found] as const];
      }),
    );
  };
}

/** The month of a date, and the one before. */
function monthsAround(today: string): readonly [month: string, before: string] {
  const [year = 0, month = 1] = today.split('-').map(Number);
  const before = month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
  return [today.slice(0, 7), before];
}

/** The newest of this month and the one before that has a value of any of the stations; undefined where neither has. */
function newestMonth(stations: readonly WaterStation[], monthOf: MonthOf, today: string): string | undefined {
  return monthsAround(today).find((month) => stations.some((station) => monthOf(station, month).size > 0));
}

function rate(stations: readonly WaterStation[], month: string, monthOf: MonthOf, editions: WaterEditions) {
  const sections = stations.map((station): BasinSection => {
    const means = monthOf(station, month);
    return { id: station.id, means, judgement: judgeMeans((metric) => means.get(metric), station.waterBody, editions) };
  });
  const body = stations.every(({ waterBody }) => waterBody === 'lake') ? 'lake' : 'river';
  return rateBasin(sections, body, editions);
}

/** Rivers by name with their sections, and all river sections together under null. */
function basinsOf(stations: readonly WaterStation[]): [river: Text | null, sections: readonly WaterStation[]][] {
  const rivers = Map.groupBy(
    stations.filter(({ river }) => river !== undefined),
    ({ river }) => river?.name.zh,
  );
  const named = [...rivers.values()].map((own): [Text | null, WaterStation[]] => [own[0]?.river?.name ?? null, own]);
  return [...named, [null, stations.filter(({ waterBody }) => waterBody === 'river')]];
}

/** Ratings of the rivers in the newest month with values, each with its trend; empty where nothing was measured. */
export function basinViews(
  stations: readonly WaterStation[],
  days: ReadonlyMap<string, StoredDays>,
  standards: WaterStandards,
  { today, demonstration }: TargetMoment,
): BasinView[] {
  const monthOf = monthsOf(days, demonstration);
  const month = newestMonth(stations, monthOf, today);
  if (month === undefined) return [];
  const [, before] = monthsAround(`${month}-01`);
  const editions = waterEditions(standards, `${month}-01`);
  return basinsOf(stations)
    .filter(([, sections]) => sections.length > 0)
    .map(([river, sections]): BasinView => {
      const rated = rate(sections, month, monthOf, editions);
      const former = rate(sections, before, monthOf, waterEditions(standards, `${before}-01`));
      return {
        month,
        river,
        sections: sections.map(({ id }) => id),
        quality: editions.method.qualities.find(({ code }) => code === rated.quality) ?? null,
        method: rated.method,
        shares: rated.shares,
        mainPollutants: rated.mainPollutants,
        class: rated.averaged?.class ?? null,
        trend: basinTrend(former.shares, rated.shares, editions.method),
      };
    });
}

/** Compliance of the sources in the newest month with values, by number and by volume; undefined where nothing was measured. */
export function sourcesOfMonth(
  stations: readonly WaterStation[],
  days: ReadonlyMap<string, StoredDays>,
  standards: WaterStandards,
  { today, demonstration }: TargetMoment,
): TargetView['sources'] {
  const monthOf = monthsOf(days, demonstration);
  const month = newestMonth(stations, monthOf, today);
  if (month === undefined) return undefined;
  const editions = waterEditions(standards, `${month}-01`);
  const sources = stations.map((station) => {
    const means = monthOf(station, month);
    const { complies } = sourceCompliance((metric) => means.get(metric), station.waterBody, editions);
    return { complies, volume: station.intakeVolume };
  });
  return { month, ...sourceRates(sources) };
}
