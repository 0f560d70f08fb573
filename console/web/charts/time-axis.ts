import { DAY_MS, HOUR_MS, MINUTE_MS, offsetAt } from '@clearbay/domain/time.ts';

export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** Steps that divide a day, or are whole days; in ms. */
const STEPS = [
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  5 * DAY_MS,
  7 * DAY_MS,
] as const;

/** Longer than this, ticks stand on the first of a month. */
const MONTHS_FROM_MS = 70 * DAY_MS;

/** Ticks of an axis in Beijing time (fixed +08), on round local times, at most `most`; the machine's zone plays no part. */
export function timeTicks(from: number, to: number, most: number): TimeTick[] {
  if (!(to > from) || most < 1) return [];
  if (to - from > MONTHS_FROM_MS) return monthTicks(from, to, most);
  const step = STEPS.find((candidate) => (to - from) / candidate <= most) ?? 7 * DAY_MS;
  const first = Math.ceil((from + offsetAt(from)) / step) * step;
  const ticks: TimeTick[] = [];
  for (let local = first; local - offsetAt(local) <= to; local += step)
    ticks.push({ at: local - offsetAt(local), label: labelOf(local, step) });
  return ticks;
}

function labelOf(local: number, step: number): string {
  const iso = new Date(local).toISOString();
  return step >= DAY_MS || local % DAY_MS === 0 ? iso.slice(5, 10) : iso.slice(11, 16);
}

function monthTicks(from: number, to: number, most: number): TimeTick[] {
  const start = new Date(from + offsetAt(from));
  const ticks: TimeTick[] = [];
  for (let month = start.getUTCMonth(); ; month += 1) {
    const local = Date.UTC(start.getUTCFullYear(), month, 1);
    const at = local - offsetAt(local);
    if (at > to) break;
    if (at >= from) ticks.push({ at, label: new Date(local).toISOString().slice(0, 7) });
  }
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % every === 0);
}
