import { DAY_MS, HOUR_MS, MINUTE_MS, offsetAt } from '@clearbay/domain/time.ts';

/** What stands where there is no value; never a zero. */
export const MISSING = '—';

/** A value with fixed decimals; missing or not finite gives the dash. */
export function formatNumber(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** A share (0 to 1) as percent with `decimals`, rounded for print only. */
export function formatShare(share: number | null | undefined, decimals = 1): string {
  return share === null || share === undefined ? MISSING : `${formatNumber(share * 100, decimals)}%`;
}

/** A whole count with thin grouping. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? MISSING : count.toLocaleString('en-US');
}

/** Local parts of an instant in the district's zone, whatever zone the machine is set to. */
function localIso(at: number): string {
  return new Date(at + offsetAt(at)).toISOString();
}

/** HH:MM in Beijing time. */
export function formatTime(at: number | null | undefined): string {
  return at === null || at === undefined ? MISSING : localIso(at).slice(11, 16);
}

/** HH:MM:SS in Beijing time. */
export function formatClock(at: number): string {
  return localIso(at).slice(11, 19);
}

/** YYYY-MM-DD in Beijing time. */
export function formatDate(at: number): string {
  return localIso(at).slice(0, 10);
}

/** MM-DD HH:MM in Beijing time; the year is added where it is not `now`'s. */
export function formatMoment(at: number, now: number): string {
  const iso = localIso(at);
  const from = iso.slice(0, 4) === localIso(now).slice(0, 4) ? 5 : 0;
  return `${iso.slice(from, 10)} ${iso.slice(11, 16)}`;
}

/** 0 Sunday to 6 Saturday in Beijing time. */
export function weekdayOf(at: number): number {
  return new Date(at + offsetAt(at)).getUTCDay();
}

export interface Span {
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days';
  readonly count: number;
}

/** A length of time in its largest fitting whole unit; below zero counts as zero. */
export function spanOf(ms: number): Span {
  const length = Math.max(0, ms);
  if (length < MINUTE_MS) return { unit: 'seconds', count: Math.floor(length / 1000) };
  if (length < HOUR_MS) return { unit: 'minutes', count: Math.floor(length / MINUTE_MS) };
  if (length < 2 * DAY_MS) return { unit: 'hours', count: Math.floor(length / HOUR_MS) };
  return { unit: 'days', count: Math.floor(length / DAY_MS) };
}
