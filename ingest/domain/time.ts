/** Windows of time in the district's zone (Asia/Shanghai). Windows are half-open at the start: a value labelled by its END belongs to (start, end]. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * HOUR_MS;

/** Asia/Shanghai had summer time from 1986 to 1991 and mean solar time before 1901; live data need neither. */
const FIXED_SINCE = Date.UTC(1992, 0, 1);

const zoned = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Offset of local time from UTC at an instant, ms. */
export function offsetAt(at: number): number {
  if (at >= FIXED_SINCE) return OFFSET_MS;
  const part = Object.fromEntries(zoned.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(part.year ?? 1970, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return local - Math.floor(at / 1000) * 1000;
}

/** END of the hour that a value labelled `at` belongs to: 13:00:01 to 14:00:00 give 14:00. */
export function hourEnd(at: number): number {
  return Math.ceil(at / HOUR_MS) * HOUR_MS;
}

/** START of the natural day (local midnight) that a value labelled by its end belongs to; 24:00 belongs to the day that ends. */
export function dayStart(at: number): number {
  const local = at - 1 + offsetAt(at - 1);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  return midnight - offsetAt(midnight - OFFSET_MS);
}

/** Local date of a natural day by its start, YYYY-MM-DD. */
export function dateOf(dayStartAt: number): string {
  return new Date(dayStartAt + offsetAt(dayStartAt)).toISOString().slice(0, 10);
}

/** START (local midnight) of a date YYYY-MM-DD. */
export function startOfDate(date: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return midnight - offsetAt(midnight - OFFSET_MS);
}

/** Local date of an instant, YYYY-MM-DD; midnight opens the new date. */
export function localDate(at: number): string {
  return new Date(at + offsetAt(at)).toISOString().slice(0, 10);
}

/** START of the hydrological day (08:00) that rain labelled `at` (end of its period) belongs to. */
export function rainDayStart(at: number): number {
  return dayStart(at - 8 * HOUR_MS) + 8 * HOUR_MS;
}

/** Days of a calendar year. */
export function daysInYear(year: number): number {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1 ? 366 : 365;
}
