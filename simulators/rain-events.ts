import { DAY_MS, HOUR_MS, offsetAt } from '@clearbay/domain/time.ts';
import { hashed } from './noise.ts';

/** One spell of rain. It falls as a raised cosine over its duration. */
export interface RainEvent {
  readonly start: number;
  readonly durationMs: number;
  /** mm in all. */
  readonly amount: number;
  readonly typhoon: boolean;
}

/** A sort of rain: at most one event a cell of time. */
interface RainSort {
  readonly channel: number;
  readonly cellMs: number;
  readonly typhoon: boolean;
  /** Chance of an event in a cell by month, January first. */
  readonly chance: readonly number[];
  /** Start within the cell, hours from its beginning. */
  readonly startHours: readonly [number, number];
  readonly durationHours: readonly [number, number];
  /** Mean amount, mm; a single amount is exponentially distributed above half of it. */
  readonly meanMm: readonly number[];
}

/** Fronts of spring and plum rains, showers on summer afternoons, a few typhoons: about 1,200 mm a year, as on the coast of Quanzhou. */
const SORTS: readonly RainSort[] = [
  {
    channel: 101,
    cellMs: DAY_MS,
    typhoon: false,
    chance: [0.14, 0.2, 0.25, 0.26, 0.27, 0.24, 0.08, 0.1, 0.1, 0.06, 0.07, 0.09],
    startHours: [0, 20],
    durationHours: [3, 16],
    meanMm: [6, 8, 10, 13, 16, 18, 12, 14, 12, 8, 7, 6],
  },
  {
    channel: 102,
    cellMs: DAY_MS,
    typhoon: false,
    chance: [0, 0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.2, 0.1, 0.02, 0, 0],
    startHours: [13, 18],
    durationHours: [0.5, 2],
    meanMm: [8, 8, 8, 10, 12, 14, 16, 16, 12, 8, 8, 8],
  },
  {
    channel: 103,
    cellMs: 12 * DAY_MS,
    typhoon: true,
    chance: [0, 0, 0, 0, 0, 0.1, 0.35, 0.4, 0.35, 0.12, 0, 0],
    startHours: [0, 240],
    durationHours: [18, 36],
    meanMm: [0, 0, 0, 0, 0, 90, 110, 120, 110, 80, 0, 0],
  },
];

function eventOfCell(seed: number, sort: RainSort, cell: number): RainEvent | undefined {
  // Cells begin at local midnight, so that afternoon showers fall in the afternoon.
  const begin = cell * sort.cellMs - offsetAt(cell * sort.cellMs);
  const month = new Date(cell * sort.cellMs).getUTCMonth();
  if (hashed(seed, sort.channel, cell * 4) >= (sort.chance[month] ?? 0)) return undefined;
  const within = ([low, high]: readonly [number, number], part: number) =>
    (low + (high - low) * hashed(seed, sort.channel, cell * 4 + part)) * HOUR_MS;
  const mean = sort.meanMm[month] ?? 0;
  return {
    start: begin + within(sort.startHours, 1),
    durationMs: within(sort.durationHours, 2),
    amount: mean * (0.5 - 0.5 * Math.log(1 - hashed(seed, sort.channel, cell * 4 + 3))),
    typhoon: sort.typhoon,
  };
}

/** Events that touch [from, to], epoch ms. */
export function rainEvents(seed: number, from: number, to: number): RainEvent[] {
  const events: RainEvent[] = [];
  for (const sort of SORTS) {
    const longest = (sort.startHours[1] + sort.durationHours[1]) * HOUR_MS;
    const first = Math.floor((from + offsetAt(from) - longest) / sort.cellMs);
    const last = Math.floor((to + offsetAt(to)) / sort.cellMs);
    for (let cell = first; cell <= last; cell += 1) {
      const event = eventOfCell(seed, sort, cell);
      if (event !== undefined && event.start <= to && event.start + event.durationMs >= from) events.push(event);
    }
  }
  return events;
}

function progress(event: RainEvent, at: number): number {
  return Math.min(1, Math.max(0, (at - event.start) / event.durationMs));
}

/** mm of the event fallen until `at`. */
export function fallenUntil(event: RainEvent, at: number): number {
  const part = progress(event, at);
  return event.amount * (part - Math.sin(2 * Math.PI * part) / (2 * Math.PI));
}

/** 0 outside the event to 1 at its height. */
export function strengthAt(event: RainEvent, at: number): number {
  return (1 - Math.cos(2 * Math.PI * progress(event, at))) / 2;
}

/** mm per hour at `at`. */
export function rateAt(event: RainEvent, at: number): number {
  return (event.amount / (event.durationMs / HOUR_MS)) * 2 * strengthAt(event, at);
}
