import type { TargetView } from '@clearbay/contract/api.ts';
import type { PlanTarget, WaterStation } from '@clearbay/domain/district.ts';
import { addMicro } from '@clearbay/domain/exact.ts';
import { sourceCompliance } from '@clearbay/domain/kinds/water/compliance.ts';
import { type ItemMean, judgeMeans } from '@clearbay/domain/kinds/water/sample.ts';
import { type WaterStandards, waterEditions } from '@clearbay/domain/kinds/water/standard.ts';
import { type MonthlyMember, monthlyShareTarget, type ZoneMember, zoneShareTarget } from '@clearbay/domain/targets/members.ts';
import { DAY_MS, dateOf, startOfDate } from '@clearbay/domain/time.ts';
import type { RollupRow, SeriesStore } from '@clearbay/store/ports/series.ts';
import { endedSpan } from './air-days.ts';
import type { TargetMoment } from './air-targets.ts';

/** Days of one water station, as stored: rows by local date. */
export type StoredDays = ReadonlyMap<string, readonly RollupRow[]>;

/** The stored days of the year so far, by station. */
export async function storedWaterDays(
  stations: readonly WaterStation[],
  series: Pick<SeriesStore, 'rollups'>,
  { year, runningDay }: TargetMoment,
): Promise<ReadonlyMap<string, StoredDays>> {
  const { from, until } = endedSpan(year, runningDay);
  const rows = await series.rollups({ level: 'day', stations: stations.map(({ id }) => id), from, to: until });
  const byStation = Map.groupBy(rows, (row) => row.station);
  return new Map([...byStation].map(([station, own]) => [station, Map.groupBy(own, (row) => dateOf(row.at))]));
}

/** Exact means of the items over the rows of a period. */
export function meansOf(rows: readonly RollupRow[]): (metric: string) => ItemMean | undefined {
  const sums = new Map<string, { sumMicro: number; count: number }>();
  for (const { metric, sumMicro, validCount } of rows) {
    if (validCount === 0) continue;
    const sum = sums.get(metric) ?? { sumMicro: 0, count: 0 };
    sums.set(metric, { sumMicro: addMicro(sum.sumMicro, sumMicro), count: sum.count + validCount });
  }
  return (metric) => {
    const mean = sums.get(metric);
    return mean === undefined ? undefined : { mean };
  };
}

/** Whether a station meets its class in a period, on the items that were monitored; null without any. */
type Meets = (station: WaterStation, means: (metric: string) => ItemMean | undefined, date: string) => boolean | null;

function monthlyMembers(stations: readonly WaterStation[], days: ReadonlyMap<string, StoredDays>, meets: Meets): MonthlyMember[] {
  return stations.map((station) => {
    const rows = [...(days.get(station.id) ?? [])];
    const months = Map.groupBy(rows, ([date]) => date.slice(0, 7));
    return {
      station: station.id,
      name: station.name,
      months: [...months].map(([month, dated]) => {
        const own = dated.flatMap(([, dayRows]) => dayRows);
        return {
          month,
          meets: meets(station, meansOf(own), `${month}-01`),
          origin: own.some((row) => row.simulated) ? ('simulated' as const) : ('measured' as const),
        };
      }),
    };
  });
}

/** Sections at Class III or better, or sources that comply, by month. */
export function monthlyWater(
  target: PlanTarget,
  stations: readonly WaterStation[],
  days: ReadonlyMap<string, StoredDays>,
  standards: WaterStandards,
  { year, today, demonstration }: TargetMoment,
): TargetView {
  const meets: Meets =
    target.kind === 'water-sources'
      ? ({ waterBody }, means, date) => sourceCompliance(means, waterBody, waterEditions(standards, date)).complies
      : ({ waterBody }, means, date) => {
          const { classNo } = judgeMeans(means, waterBody, waterEditions(standards, date));
          return classNo === null ? null : classNo <= 3;
        };
  const edition = waterEditions(standards, today).limits.label;
  return monthlyShareTarget({ target, year, today, members: monthlyMembers(stations, days, meets), edition, demonstration });
}

/** Function zones, each by its days that meet its class. */
export function functionZones(
  target: PlanTarget,
  stations: readonly WaterStation[],
  days: ReadonlyMap<string, StoredDays>,
  standards: WaterStandards,
  { year, today, runningDay, demonstration }: TargetMoment,
): TargetView {
  const { limits, method } = waterEditions(standards, today);
  const remaining = Math.max(0, Math.round((startOfDate(`${year + 1}-01-01`) - runningDay) / DAY_MS));
  const zones = stations.map((station): ZoneMember => {
    let met = 0;
    let of = 0;
    let simulated = false;
    for (const [date, rows] of days.get(station.id) ?? []) {
      const { classNo } = judgeMeans(meansOf(rows), station.waterBody, waterEditions(standards, date));
      if (classNo === null) continue;
      of += 1;
      if (classNo <= station.targetClass) met += 1;
      simulated ||= rows.some((row) => row.simulated);
    }
    return { station: station.id, name: station.name, origin: simulated ? 'simulated' : 'measured', met, of, remaining };
  });
  return zoneShareTarget({
    target,
    zones,
    zoneShare: method.settings.functionZoneShare / 100,
    edition: limits.label,
    demonstration,
  });
}
