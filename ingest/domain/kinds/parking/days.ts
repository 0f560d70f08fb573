import type { Assessment } from '../../assessment.ts';
import type { ParkingStation } from '../../district.ts';
import { fromMicro, roundMean } from '../../exact.ts';
import { DAY_MS, dateOf, dayStart } from '../../time.ts';
import type { DaySpan, HourSum } from '../kind.ts';
import { ratingOf } from './assess.ts';
import { countGates } from './count.ts';
import { guidanceEditions } from './edition-choice.ts';
import { classify } from './guidance.ts';
import type { ParkingStandards } from './standards.ts';

export interface ParkingDay {
  /** Mean of free bays in the busiest hour, whole bays, and the END of that hour. */
  readonly busiest: { readonly free: number; readonly hour: number };
  /** Mean of the hours' occupancies, 0 to 1. */
  readonly occupancy: number;
  readonly hours: number;
  /** Vehicles counted at the gates; null where nobody counts them. */
  readonly entered: number | null;
  readonly left: number | null;
  /** Vehicles that left by bays in use. */
  readonly turnover: number | null;
}

function judgeDay(station: ParkingStation, hours: readonly HourSum[]): ParkingDay | undefined {
  const inUse = Math.max(0, station.capacity - station.closedBays);
  let busiest: ParkingDay['busiest'] | undefined;
  let occupied = 0;
  let count = 0;
  const sums: { entered: number | null; left: number | null } = { entered: null, left: null };
  for (const { metric, at, validCount, sumMicro } of hours) {
    if (validCount === 0) continue;
    if (metric === 'entered' || metric === 'left') sums[metric] = (sums[metric] ?? 0) + fromMicro(sumMicro);
    if (metric !== 'free') continue;
    const { free } = countGates(station.capacity, station.closedBays, roundMean({ sumMicro, count: validCount }, 0));
    if (busiest === undefined || free < busiest.free) busiest = { free, hour: at };
    occupied += inUse - free;
    count += 1;
  }
  if (busiest === undefined || inUse === 0) return undefined;
  return {
    busiest,
    occupancy: occupied / (inUse * count),
    hours: count,
    ...sums,
    turnover: sums.left === null ? null : sums.left / inUse,
  };
}

/**
 * Judges ended days of a lot from its hours of free bays, by the busiest of them. A lot whose bays report needs a gateway that
 * counts them all (`free`): a mean over single bays that changed is no occupancy. An edition that does not exist throws.
 */
export function parkingDays(
  station: ParkingStation,
  hours: readonly HourSum[],
  span: DaySpan,
  standards: ParkingStandards,
  edition?: string,
): Assessment<ParkingDay>[] {
  const choose = guidanceEditions(standards, edition);
  const byDay = new Map<number, HourSum[]>();
  for (const hour of hours) {
    const start = dayStart(hour.at);
    byDay.set(start, [...(byDay.get(start) ?? []), hour]);
  }
  const judged: Assessment<ParkingDay>[] = [];
  for (let start = span.from; start < span.until; start += DAY_MS) {
    const inDay = byDay.get(start) ?? [];
    const detail = judgeDay(station, inDay);
    if (detail === undefined) continue;
    const guidance = choose(dateOf(start));
    const { free } = detail.busiest;
    const percent = Math.round(detail.occupancy * 100);
    judged.push({
      kind: 'parking',
      station: station.id,
      at: inDay.at(-1)?.at ?? null,
      start,
      end: start + DAY_MS,
      level: 'day',
      edition: guidance.label,
      origin: inDay.some(({ simulated }) => simulated) ? 'simulated' : 'measured',
      rating: ratingOf(classify(free, station.capacity - station.closedBays, guidance), guidance),
      figure: { metric: 'free', value: free, unit: '', decimals: 0 },
      reason: {
        zh: `最繁忙时段空余 ${free}，平均占用率 ${percent} %`,
        en: `${free} free in the busiest hour, mean occupancy ${percent} %`,
      },
      detail,
    });
  }
  return judged;
}
