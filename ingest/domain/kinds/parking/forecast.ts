import { DAY_MS, HOUR_MS, MINUTE_MS, offsetAt } from '../../time.ts';
import type { ForecastSettings } from './standards.ts';

export interface FreeForecast {
  readonly minutes: number;
  /** Free bays expected, a whole number within 0 and the open bays. */
  readonly free: number;
}

/** Free bays at a past moment; null where not recorded. */
export type FreeHistory = (at: number) => number | null;

function isWeekend(at: number): boolean {
  // 1970-01-01 was a Thursday.
  const day = (Math.floor((at + offsetAt(at)) / DAY_MS) + 4) % 7;
  return day === 0 || day === 6;
}

/** Free bays between the means of stored hours (by the END of the hour), each taken for its middle; null where one is missing. */
export function hourlyHistory(means: ReadonlyMap<number, number> | undefined): FreeHistory {
  return (at) => {
    const end = Math.floor((at + HOUR_MS / 2) / HOUR_MS) * HOUR_MS;
    const before = means?.get(end);
    const after = means?.get(end + HOUR_MS);
    if (before === undefined || after === undefined) return null;
    return before + ((after - before) * (at + HOUR_MS / 2 - end)) / HOUR_MS;
  };
}

/** Change on an earlier day by the first history that recorded both ends; null for none. */
function changeOf(from: number, to: number, histories: readonly FreeHistory[]): number | null {
  for (const history of histories) {
    const [first, last] = [history(from), history(to)];
    if (first !== null && last !== null) return last - first;
  }
  return null;
}

/** Mean change over the horizon on the earlier days of one type that recorded it; null for none. */
function typicalChange(
  at: number,
  aheadMs: number,
  days: number,
  histories: readonly FreeHistory[],
  weekend: boolean,
): number | null {
  let sum = 0;
  let count = 0;
  for (let back = 1; back <= days; back += 1) {
    const then = at - back * DAY_MS;
    if (isWeekend(then) !== weekend) continue;
    const change = changeOf(then, then + aheadMs, histories);
    if (change === null) continue;
    sum += change;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/**
 * Short forecast of free bays: the present count, moved by part of the change that the same hours of earlier days showed and by part of the present trend. Weights are
 * fixed settings; a day of the same type (working day or weekend) counts more than another. `histories` are asked in their order, for each of
 * the last `historyDays` days; the first holds the present trend too. Without history the trend alone is used.
 */
export function forecastFree(
  at: number,
  free: number,
  open: number,
  histories: readonly [FreeHistory, ...FreeHistory[]],
  settings: ForecastSettings,
): FreeForecast[] {
  const { historyDays: days } = settings;
  const earlier = histories[0](at - settings.trendMin * MINUTE_MS);
  const weekend = isWeekend(at);
  return settings.horizonsMin.map((minutes) => {
    const aheadMs = minutes * MINUTE_MS;
    const same = typicalChange(at, aheadMs, days, histories, weekend);
    const change = same ?? typicalChange(at, aheadMs, days, histories, !weekend);
    const weights = same !== null ? settings.sameType : change !== null ? settings.otherType : settings.noHistory;
    const trend = earlier === null ? 0 : ((free - earlier) * minutes) / settings.trendMin;
    const expected = free + weights.typical * (change ?? 0) + weights.trend * trend;
    return { minutes, free: Math.min(open, Math.max(0, Math.round(expected))) };
  });
}
