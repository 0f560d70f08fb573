import { DAY_MS, MINUTE_MS, offsetAt } from '../../time.ts';
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

/** Mean change over the horizon on the earlier days of one type that recorded both ends; null for none. */
function typicalChange(
  at: number,
  aheadMs: number,
  days: readonly number[],
  history: FreeHistory,
  weekend: boolean,
): number | null {
  let sum = 0;
  let count = 0;
  for (const back of days) {
    const then = at - back * DAY_MS;
    if (isWeekend(then) !== weekend) continue;
    const from = history(then);
    const to = history(then + aheadMs);
    if (from === null || to === null) continue;
    sum += to - from;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/**
 * Short forecast of free bays: the present count, moved by part of the change that the same hours of earlier days showed and by part of the present trend. Weights are
 * fixed settings; a day of the same type (working day or weekend) counts more than another. `days` are the offsets in days
 * that `history` may hold. Without history the trend alone is used.
 */
export function forecastFree(
  at: number,
  free: number,
  open: number,
  history: FreeHistory,
  days: readonly number[],
  settings: ForecastSettings,
): FreeForecast[] {
  const earlier = history(at - settings.trendMin * MINUTE_MS);
  const weekend = isWeekend(at);
  return settings.horizonsMin.map((minutes) => {
    const aheadMs = minutes * MINUTE_MS;
    const same = typicalChange(at, aheadMs, days, history, weekend);
    const change = same ?? typicalChange(at, aheadMs, days, history, !weekend);
    const weights = same !== null ? settings.sameType : change !== null ? settings.otherType : settings.noHistory;
    const trend = earlier === null ? 0 : ((free - earlier) * minutes) / settings.trendMin;
    const expected = free + weights.typical * (change ?? 0) + weights.trend * trend;
    return { minutes, free: Math.min(open, Math.max(0, Math.round(expected))) };
  });
}
