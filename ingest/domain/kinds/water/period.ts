import type { WaterBody } from '../../district.ts';
import { addMicro, type ExactMean, toMicro } from '../../exact.ts';
import { isExcluded, markFlags } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import { DAY_MS, dateOf, dayStart, startOfDate } from '../../time.ts';
import { type ItemMean, judgeMeans, meanOfValue, type SampleValue, type WaterJudgement } from './sample.ts';
import type { MethodEdition, WaterEditions } from './standard.ts';

export type WaterPeriod = 'day' | 'month';

/**
 * START (local midnight of the 1st) of the month of a value. As everywhere a value labelled 24:00 belongs to the day and
 * month that end; HJ 915-2017 labels a sample by the start of sampling, so what brings such data in adds the period.
 */
export function waterMonthStart(at: number): number {
  return startOfDate(`${dateOf(dayStart(at)).slice(0, 7)}-01`);
}

/** END of a period by its start; a value labelled with it still belongs to the period. */
export function waterPeriodEnd(level: WaterPeriod, start: number): number {
  if (level === 'day') return dayStart(start + DAY_MS + DAY_MS / 2);
  return waterMonthStart(start + 32 * DAY_MS);
}

/** The group of samples of the day (bit) that a value labelled `at` is of. */
export function daySlot(at: number, dayStartAt: number, method: MethodEdition): number {
  return 1 << Math.floor((at - 1 - dayStartAt) / (DAY_MS / method.settings.daySlots));
}

/** Integers of hydrogen ion concentration, 10^-14 mol/L: sums stay exact and independent of order. */
const HYDROGEN_UNITS = 1e14;

interface ItemSum {
  sum: number;
  count: number;
  undetected: number;
  detectedMax: number;
  /** One bit for each group of samples of the day that has a value. */
  slots: number;
}

function emptySum(): ItemSum {
  return { sum: 0, count: 0, undetected: 0, detectedMax: -1, slots: 0 };
}

/** Groups of samples that have a value. */
export function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** One value of one item that takes part in a mean. */
export interface PeriodValue {
  readonly metric: string;
  readonly at: number;
  readonly value: SampleValue;
  readonly manual: boolean;
}

/** Exact sums of the items over one day or month; the order of the values does not matter. */
export class PeriodSums {
  readonly start: number;
  readonly #level: WaterPeriod;
  readonly #method: MethodEdition;
  readonly #automatic = new Map<string, ItemSum>();
  readonly #manual = new Map<string, ItemSum>();

  constructor(level: WaterPeriod, start: number, method: MethodEdition) {
    this.start = start;
    this.#level = level;
    this.#method = method;
  }

  /** Takes a value of this period; an impossible one (negative, not finite) is left out and answered with false. */
  add({ metric, at, value, manual }: PeriodValue): boolean {
    const taken = meanOfValue(metric, value, this.#method);
    if (taken === undefined) return false;
    const sums = manual ? this.#manual : this.#automatic;
    let sum = sums.get(metric);
    if (sum === undefined) {
      sum = emptySum();
      sums.set(metric, sum);
    }
    const hydrogen = metric === 'ph' && this.#method.settings.phMean === 'hydrogen';
    const amount = hydrogen ? Math.round(HYDROGEN_UNITS * 10 ** (-taken.mean.sumMicro / 1e6)) : taken.mean.sumMicro;
    sum.sum = addMicro(sum.sum, amount);
    sum.count += 1;
    if (taken.detectedMaxMicro === null) sum.undetected += 1;
    else if (taken.mean.sumMicro > sum.detectedMax) sum.detectedMax = taken.mean.sumMicro;
    if (this.#level === 'day') sum.slots |= daySlot(at, this.start, this.#method);
    return true;
  }

  /** Metrics with a value. */
  metrics(): string[] {
    return [...new Set([...this.#automatic.keys(), ...this.#manual.keys()])];
  }

  /** The sum that counts: hand samples alone make a month's mean where the setting says so; a day takes all. */
  #sum(metric: string): ItemSum | undefined {
    const manual = this.#manual.get(metric);
    const automatic = this.#automatic.get(metric);
    if (manual === undefined || automatic === undefined) return manual ?? automatic;
    if (this.#level === 'month' && this.#method.settings.manualOutranks) return manual;
    return {
      sum: addMicro(manual.sum, automatic.sum),
      count: manual.count + automatic.count,
      undetected: manual.undetected + automatic.undetected,
      detectedMax: Math.max(manual.detectedMax, automatic.detectedMax),
      slots: manual.slots | automatic.slots,
    };
  }

  /** Values of an item that make its mean. */
  count(metric: string): number {
    return this.#sum(metric)?.count ?? 0;
  }

  /** The unrounded mean of an item; undefined without a value. */
  mean(metric: string): ItemMean | undefined {
    const sum = this.#sum(metric);
    if (sum === undefined) return undefined;
    const hydrogen = metric === 'ph' && this.#method.settings.phMean === 'hydrogen';
    const mean: ExactMean = hydrogen
      ? { sumMicro: toMicro(-Math.log10(sum.sum / sum.count / HYDROGEN_UNITS)), count: 1 }
      : { sumMicro: sum.sum, count: sum.count };
    if (sum.undetected === 0) return { mean };
    return { mean, detectedMaxMicro: sum.detectedMax < 0 ? null : sum.detectedMax };
  }

  /** Whether an item has enough samples: groups of the day (HJ 915), samples of the month. */
  isValid(metric: string): boolean {
    const sum = this.#sum(metric);
    if (sum === undefined) return false;
    const { dayMinimumSlots, monthMinimumSamples } = this.#method.settings;
    return this.#level === 'day' ? bitCount(sum.slots) >= dayMinimumSlots : sum.count >= monthMinimumSamples;
  }
}

/** A day or month of one station, judged. */
export interface PeriodJudgement {
  readonly level: WaterPeriod;
  readonly start: number;
  readonly end: number;
  /** By the means of the items with enough samples. */
  readonly judgement: WaterJudgement;
  /** Items left out for too few samples. */
  readonly insufficient: readonly string[];
  /** Samples of the item that has most. */
  readonly samples: number;
}

/** Class of a day or month from its sums; with `running` every item counts, however few its samples. */
export function judgePeriod(
  sums: PeriodSums,
  level: WaterPeriod,
  body: WaterBody,
  editions: WaterEditions,
  running = false,
): PeriodJudgement {
  const metrics = sums.metrics();
  return {
    level,
    start: sums.start,
    end: waterPeriodEnd(level, sums.start),
    judgement: judgeMeans((metric) => (running || sums.isValid(metric) ? sums.mean(metric) : undefined), body, editions),
    insufficient: metrics.filter((metric) => !sums.isValid(metric)),
    samples: metrics.reduce((most, metric) => Math.max(most, sums.count(metric)), 0),
  };
}

/** Measured or taken by hand; simulated and replayed readings never mix with these. */
export function isReal({ origin }: Pick<Reading, 'origin'>): boolean {
  return origin === 'measured' || origin === 'manual';
}

/** Quality bits of one value of a reading, with what the device's own mark adds. */
export function flagsOf(reading: Reading, metric: string): number {
  return (reading.quality?.[metric] ?? 0) | markFlags(reading.marks?.[metric]);
}

/** The values of a reading that take part in means: excluded ones are left out. */
export function valuesOf(reading: Reading): PeriodValue[] {
  const manual = reading.origin === 'manual';
  const taken: PeriodValue[] = [];
  for (const metric in reading.values) {
    const value = reading.values[metric];
    if (value !== undefined && !isExcluded(flagsOf(reading, metric))) taken.push({ metric, at: reading.at, value, manual });
  }
  return taken;
}

/** Days or months of one station from values in any order, oldest first. Values that are missing make no period. */
export function judgePeriods(
  values: Iterable<PeriodValue>,
  level: WaterPeriod,
  body: WaterBody,
  editions: WaterEditions,
): PeriodJudgement[] {
  const startOf = level === 'day' ? dayStart : waterMonthStart;
  const periods = new Map<number, PeriodSums>();
  for (const value of values) {
    const start = startOf(value.at);
    let sums = periods.get(start);
    if (sums === undefined) {
      sums = new PeriodSums(level, start, editions.method);
      periods.set(start, sums);
    }
    sums.add(value);
  }
  return [...periods.values()]
    .sort((left, right) => left.start - right.start)
    .map((sums) => judgePeriod(sums, level, body, editions));
}
