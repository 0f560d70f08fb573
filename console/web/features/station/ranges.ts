import { DAY_MS, HOUR_MS, localDate, MINUTE_MS, startOfDate } from '@clearbay/domain/time.ts';

/** Spans of the station's chart; 24 hours when the page opens. */
export const RANGES = ['h1', 'h6', 'h24', 'd7', 'd30', 'year'] as const;
export type RangeName = (typeof RANGES)[number];

const LENGTHS: Readonly<Record<Exclude<RangeName, 'year'>, number>> = {
  h1: HOUR_MS,
  h6: 6 * HOUR_MS,
  h24: DAY_MS,
  d7: 7 * DAY_MS,
  d30: 30 * DAY_MS,
};

/** The span that ends now; a year begins with the first of January in Beijing time. */
export function spanOf(range: RangeName, now: number): { readonly from: number; readonly to: number } {
  if (range === 'year') return { from: startOfDate(`${localDate(now).slice(0, 4)}-01-01`), to: now };
  return { from: now - LENGTHS[range], to: now };
}

/** Whether values are drawn as they come in; longer spans show buckets and are read anew. */
export function isLive(range: RangeName): boolean {
  return range === 'h1' || range === 'h6' || range === 'h24';
}

/** How often the axis of a range moves on, ms. */
export function stepOf(range: RangeName): number {
  return range === 'h1' ? 5000 : range === 'h6' ? 15_000 : MINUTE_MS;
}
