import { approximate, type ExactMean, roundMean, roundToUnits } from '../../exact.ts';
import { dateOf, HOUR_MS } from '../../time.ts';
import { judgeDay, type StationTerms } from './day.ts';
import { type HourTable, hourIndex, meanOfHours, validHours } from './hour-table.ts';
import type { IndexColumn } from './iaqi.ts';
import { indexOfMean } from './iaqi.ts';
import { dayPlan, type IndexPlan } from './index-plan.ts';
import { eightHourMean } from './ozone.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';

/** One pollutant of the running day. */
export interface PollutantOutlook {
  /** Valid hours so far; for O3 valid 8-hour windows. */
  readonly valid: number;
  /** How many the day needs: 20 hours, for O3 14 windows. */
  readonly needed: number;
  /** Whether enough can still come if every remaining hour is valid. */
  readonly canBeValid: boolean;
  /** Mean so far, for O3 the largest 8-hour mean so far, as published; null before the first. */
  readonly value: number | null;
  /** The same unrounded, for the district value. */
  readonly mean: ExactMean | null;
  readonly iaqi: number | null;
  /**
   * Mean that the remaining hours may have so that the pollutant stays at an index of 100 or less, rounded down to one
   * decimal more than published; negative: already out of reach; null where nothing remains or the pollutant cannot be valid.
   */
  readonly allowedMean: number | null;
  /** The day cannot stay at 100 or less on account of this pollutant. */
  readonly lost: boolean;
}

/** `open`: it can still be good. `lost`: it cannot. `na`: too many gaps for a good day. `good`, `bad`: all hours are in. */
export type DayVerdict = 'open' | 'lost' | 'na' | 'good' | 'bad';

/** "Will today be a good day": the natural day so far and what the rest of it may have. Never shown as a judged day. */
export interface DayOutlook {
  readonly date: string;
  readonly start: number;
  readonly edition: string;
  readonly hoursDone: number;
  readonly hoursLeft: number;
  /** Largest index of the means so far; null before the first valid hour. */
  readonly aqiSoFar: number | null;
  readonly primary: readonly Pollutant[];
  readonly verdict: DayVerdict;
  readonly pollutants: Readonly<Record<Pollutant, PollutantOutlook>>;
}

const MICRO = 1_000_000;
const OZONE = POLLUTANTS.indexOf('o3');

/** The day that starts at `start` as known after the hour ending at `lastEnd`; remaining hours are assumed to be measured. */
export function dayOutlook(
  table: HourTable,
  start: number,
  lastEnd: number,
  edition: AirEdition,
  terms: StationTerms = {},
): DayOutlook {
  const hoursDone = Math.max(0, Math.min(24, Math.round((lastEnd - start) / HOUR_MS)));
  const plan = dayPlan(edition);
  const first = hourIndex(table, start + HOUR_MS);
  const pollutants = {} as Record<Pollutant, PollutantOutlook>;
  for (let slot = 0; slot < POLLUTANTS.length; slot += 1) {
    const pollutant = POLLUTANTS[slot] as Pollutant;
    const column = table.means[slot] ?? [];
    const bound = goodBound(plan, slot);
    pollutants[pollutant] =
      slot === OZONE ? ozoneOutlook(column, first, hoursDone, plan, bound) : meanOutlook(column, first, hoursDone, plan, bound);
  }
  const aqiSoFar = Math.max(-1, ...POLLUTANTS.map((pollutant) => pollutants[pollutant].iaqi ?? -1));
  return {
    date: dateOf(start),
    start,
    edition: edition.label,
    hoursDone,
    hoursLeft: 24 - hoursDone,
    aqiSoFar: aqiSoFar < 0 ? null : aqiSoFar,
    primary: aqiSoFar > plan.primaryAbove ? POLLUTANTS.filter((pollutant) => pollutants[pollutant].iaqi === aqiSoFar) : [],
    verdict: hoursDone === 24 ? closedVerdict(table, start, edition, terms) : openVerdict(pollutants, plan, terms),
    pollutants,
  };
}

function closedVerdict(table: HourTable, start: number, edition: AirEdition, terms: StationTerms): DayVerdict {
  const { good } = judgeDay(table, start, edition, terms);
  return good === null ? 'na' : good ? 'good' : 'bad';
}

/** A gap costs the good day but never a bad one (HJ 633-2026, 5.3.1): lost comes before na. */
export function openVerdict(
  pollutants: Readonly<Record<Pollutant, PollutantOutlook>>,
  plan: Pick<IndexPlan, 'strictMissing'>,
  terms: StationTerms,
): DayVerdict {
  if (POLLUTANTS.some((pollutant) => pollutants[pollutant].lost)) return 'lost';
  const gap = POLLUTANTS.some((each) => !pollutants[each].canBeValid && !terms.notMonitored?.includes(each));
  return gap && plan.strictMissing ? 'na' : 'open';
}

/** The column of a pollutant's daily item and the largest mean, in millionths, that still has an index of 100. */
export interface GoodBound {
  readonly column: IndexColumn;
  readonly micro: number;
}

export function goodBound(plan: IndexPlan, slot: number): GoodBound {
  const item = plan.items.findLast((each) => each.pollutant === slot);
  if (item === undefined) throw new Error(`no daily item for ${POLLUTANTS[slot]}`);
  const { column } = item;
  const units = column.points[column.steps.indexOf(100)] ?? 0;
  const unitMicro = MICRO / 10 ** column.decimals;
  // Half to even: 60.5 still rounds to 60, 75.5 already to 76.
  const slack = plan.round ? unitMicro / 2 - (units % 2 === 0 ? 0 : 1) : 0;
  return { column, micro: units * unitMicro + slack };
}

function meanOutlook(
  column: readonly (ExactMean | undefined)[],
  first: number,
  hoursDone: number,
  plan: IndexPlan,
  bound: GoodBound,
): PollutantOutlook {
  const needed = plan.edition.validity.dayHours;
  const hoursLeft = 24 - hoursDone;
  const valid = validHours(column, first, first + hoursDone);
  const canBeValid = valid + hoursLeft >= needed;
  const mean = meanOfHours(column, first, first + hoursDone, 1);
  const sum = mean === undefined ? 0 : approximate(mean) * MICRO * valid;
  const allowed = (bound.micro * (valid + hoursLeft) - sum) / hoursLeft;
  return {
    valid,
    needed,
    canBeValid,
    ...soFar(mean, plan, bound),
    allowedMean: hoursLeft === 0 || !canBeValid ? null : floorTo(allowed, bound.column.decimals + 1),
    lost: canBeValid && (hoursLeft === 0 ? sum > bound.micro * valid : allowed < 0),
  };
}

function ozoneOutlook(
  column: readonly (ExactMean | undefined)[],
  first: number,
  hoursDone: number,
  plan: IndexPlan,
  bound: GoodBound,
): PollutantOutlook {
  const { ozoneDay } = plan.edition.assessment;
  const minima = plan.edition.validity;
  let largest: ExactMean | undefined;
  let valid = 0;
  let possible = 0;
  let allowed = Number.POSITIVE_INFINITY;
  for (let end = ozoneDay.firstEnd; end <= ozoneDay.lastEnd; end += 1) {
    if (end <= hoursDone) {
      const mean = eightHourMean(column, first + end - 1, minima);
      if (mean === undefined) continue;
      valid += 1;
      possible += 1;
      if (largest === undefined || approximate(mean) > approximate(largest)) largest = mean;
      continue;
    }
    const from = first + Math.max(0, end - 8);
    const past = validHours(column, from, first + hoursDone);
    const coming = end - Math.max(hoursDone, end - 8);
    if (past + coming < minima.eightHourHours) continue;
    possible += 1;
    const mean = past === 0 ? undefined : meanOfHours(column, from, first + hoursDone, 1);
    const sum = mean === undefined ? 0 : approximate(mean) * MICRO * past;
    allowed = Math.min(allowed, (bound.micro * (past + coming) - sum) / coming);
  }
  const over = largest !== undefined && roundToUnits(largest, 0) * MICRO > bound.micro;
  const canBeValid = possible >= ozoneDay.minimumWindows || over;
  const open = hoursDone < 24 && canBeValid && Number.isFinite(allowed);
  return {
    valid,
    needed: ozoneDay.minimumWindows,
    canBeValid,
    ...soFar(largest, plan, bound),
    allowedMean: open ? floorTo(over ? -1 : allowed, bound.column.decimals + 1) : null,
    lost: over || (open && allowed < 0),
  };
}

/** What is published of a mean so far. */
export function soFar(
  mean: ExactMean | undefined,
  plan: IndexPlan,
  { column }: GoodBound,
): Pick<PollutantOutlook, 'value' | 'mean' | 'iaqi'> {
  if (mean === undefined) return { value: null, mean: null, iaqi: null };
  return { value: roundMean(mean, column.decimals), mean, iaqi: Math.max(0, indexOfMean(column, mean, plan.round)) };
}

/** Rounded down, so that a rest of the day at exactly this mean keeps the promise. */
export function floorTo(micro: number, decimals: number): number {
  return Math.floor((micro * 10 ** decimals) / MICRO) / 10 ** decimals;
}
