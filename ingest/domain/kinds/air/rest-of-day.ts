import { approximate, type ExactMean, exactValue, largestKept, meanOfMeans } from '../../exact.ts';
import { type IndexColumn, indexOfMean } from './iaqi.ts';
import type { IndexPlan } from './index-plan.ts';
import { eightHourMean } from './ozone.ts';
import type { Pollutant } from './standard.ts';

/** What a pollutant's running day has so far and what its remaining hours may bring; these are assumed to be measured. */
export interface RestOfDay {
  /** Valid hours so far; for O3 valid 8-hour windows. */
  readonly valid: number;
  /** How many the day needs: 20 hours, for O3 14 windows. */
  readonly needed: number;
  /** Whether enough can still come if every remaining hour is valid. */
  readonly canBeValid: boolean;
  /** Mean so far, for O3 the largest 8-hour mean so far, unrounded, for the district value; null before the first. */
  readonly mean: ExactMean | null;
  /** Largest valid hour of O3 so far, where the edition has the daily maximum 1 h as an item (HJ 633-2012). */
  readonly maxHour?: ExactMean;
  /**
   * Mean that the remaining hours may have so that the pollutant stays at an index of 100 or less, rounded down to one
   * decimal more than published; negative: already out of reach; null where nothing remains or the pollutant cannot be valid.
   */
  readonly allowedMean: number | null;
  /** The day cannot stay at 100 or less on account of this pollutant. */
  readonly lost: boolean;
}

type Column = readonly (ExactMean | undefined)[];

const MICRO = 1_000_000;
const GOOD = 100;
const NOTHING = exactValue(0);
const EIGHT_HOURS = 'o3_8h';
const MAX_HOUR = 'o3_1h';

/** A daily item and the largest mean, in millionths, that still has an index of 100: an estimate where it ends in a half. */
export interface GoodBound {
  readonly column: IndexColumn;
  readonly micro: number;
  readonly round: boolean;
}

function itemBound(plan: IndexPlan, input: string): GoodBound | undefined {
  const item = plan.items.find((each) => plan.inputs[each.input] === input);
  if (item === undefined) return undefined;
  const { column } = item;
  const units = column.points[column.steps.indexOf(GOOD)] ?? 0;
  const unitMicro = MICRO / 10 ** column.decimals;
  // Half to even: 60.5 still rounds to 60, 75.5 already to 76.
  const slack = plan.round ? unitMicro / 2 - (units % 2 === 0 ? 0 : 1) : 0;
  return { column, micro: units * unitMicro + slack, round: plan.round };
}

/** The daily item that a pollutant's mean is read against, for O3 the maximum 8 h. */
export function goodBound(plan: IndexPlan, pollutant: Pollutant): GoodBound {
  const bound = itemBound(plan, pollutant === 'o3' ? EIGHT_HOURS : pollutant);
  if (bound === undefined) throw new Error(`no daily item for ${pollutant}`);
  return bound;
}

function isGood({ column, round }: GoodBound, mean: ExactMean | undefined): boolean {
  return mean === undefined || indexOfMean(column, mean, round) <= GOOD;
}

/** Valid hours of [from, until). */
function known(column: Column, from: number, until: number): ExactMean[] {
  return column.slice(Math.max(0, from), Math.max(0, until)).filter((mean) => mean !== undefined);
}

/** Hours that are known and so many more at the same mean. */
interface Span {
  readonly past: readonly ExactMean[];
  readonly coming: number;
}

function finished({ past, coming }: Span, rest: ExactMean): ExactMean | undefined {
  return meanOfMeans([...past, ...Array<ExactMean>(coming).fill(rest)]);
}

/** Mean in millionths that the coming hours may have, in binary: from which the exact one is a step away at most. */
function estimate({ past, coming }: Span, bound: GoodBound): number {
  const sum = past.reduce((total, mean) => total + approximate(mean) * MICRO, 0);
  return (bound.micro * (past.length + coming) - sum) / coming;
}

/** Rest of the day for a pollutant judged by its daily mean. `first` is the index of the hour 00–01. */
export function meanRest(column: Column, first: number, hoursDone: number, plan: IndexPlan, pollutant: Pollutant): RestOfDay {
  const bound = goodBound(plan, pollutant);
  const needed = plan.edition.validity.dayHours;
  const day = { past: known(column, first, first + hoursDone), coming: 24 - hoursDone };
  const canBeValid = day.past.length + day.coming >= needed;
  const keeps = (rest: ExactMean) => isGood(bound, finished(day, rest));
  const isOpen = canBeValid && day.coming > 0;
  return {
    valid: day.past.length,
    needed,
    canBeValid,
    mean: meanOfMeans(day.past) ?? null,
    allowedMean: isOpen ? largestKept(estimate(day, bound), bound.column.decimals + 1, keeps) : null,
    lost: canBeValid && !keeps(NOTHING),
  };
}

function largestOf(means: readonly ExactMean[]): ExactMean | undefined {
  return means.reduce<ExactMean | undefined>(
    (largest, mean) => (largest === undefined || approximate(mean) > approximate(largest) ? mean : largest),
    undefined,
  );
}

/** O3's 8-hour windows: those that have ended and are valid, and those that can still become valid. */
function ozoneWindows(column: Column, first: number, hoursDone: number, plan: IndexPlan) {
  const { firstEnd, lastEnd } = plan.edition.assessment.ozoneDay;
  const minima = plan.edition.validity;
  const ended: ExactMean[] = [];
  const open: Span[] = [];
  for (let end = firstEnd; end <= lastEnd; end += 1) {
    if (end <= hoursDone) {
      const mean = eightHourMean(column, first + end - 1, minima);
      if (mean !== undefined) ended.push(mean);
      continue;
    }
    const from = Math.max(0, end - 8);
    const past = known(column, first + from, first + hoursDone);
    const coming = end - Math.max(hoursDone, from);
    if (past.length + coming >= minima.eightHourHours) open.push({ past, coming });
  }
  return { ended, open };
}

/**
 * Rest of the day for O3: the maximum 8 h and, where the edition has it as a daily item (HJ 633-2012), the maximum 1 h.
 * Either one above its bound loses the day at once: over the limit it counts with fewer windows or hours, too.
 */
export function ozoneRest(column: Column, first: number, hoursDone: number, plan: IndexPlan): RestOfDay {
  const eightHours = goodBound(plan, 'o3');
  const oneHour = itemBound(plan, MAX_HOUR);
  const needed = plan.edition.assessment.ozoneDay.minimumWindows;
  const hoursLeft = 24 - hoursDone;
  const hours = known(column, first, first + hoursDone);
  const { ended, open } = ozoneWindows(column, first, hoursDone, plan);
  const largest = largestOf(ended);
  const maxHour = oneHour === undefined ? undefined : largestOf(hours);
  const over = !isGood(eightHours, largest) || (oneHour !== undefined && !isGood(oneHour, maxHour));
  const keeps = (rest: ExactMean) =>
    open.every((window) => isGood(eightHours, finished(window, rest))) && (oneHour === undefined || isGood(oneHour, rest));
  const lost = over || !keeps(NOTHING);
  const neededHours = plan.edition.index.ozoneMaxHourMinimumHours?.value ?? Number.POSITIVE_INFINITY;
  const canBeValid = lost || ended.length + open.length >= needed || hours.length + hoursLeft >= neededHours;
  const bounds = [...open.map((window) => estimate(window, eightHours)), ...(oneHour === undefined ? [] : [oneHour.micro])];
  const decimals = eightHours.column.decimals + 1;
  const isOpen = hoursLeft > 0 && canBeValid && bounds.length > 0;
  return {
    valid: ended.length,
    needed,
    canBeValid,
    mean: largest ?? null,
    ...(maxHour === undefined ? {} : { maxHour }),
    allowedMean: !isOpen ? null : over ? -(10 ** -decimals) : largestKept(Math.min(...bounds), decimals, keeps),
    lost,
  };
}
