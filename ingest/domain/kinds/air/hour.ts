import type { ExactMean } from '../../exact.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS } from '../../time.ts';
import { maskOf, settle, unsettled } from './aqi.ts';
import type { EditionChoice } from './edition-choice.ts';
import { type HourTable, hourIndex, meanOfHours } from './hour-table.ts';
import { hourPlan, type IndexPlan, pollutantIndices } from './index-plan.ts';
import { eightHourMean } from './ozone.ts';
import { type HourVariant, POLLUTANTS } from './standard.ts';

/** Hourly indices of a span, a number each; -1 for NA or missing. Position i is the hour ending at `firstEnd + i` hours. */
export interface HourIndices {
  readonly firstEnd: number;
  readonly aqi: Int16Array;
  /** Bit i is POLLUTANTS[i]. */
  readonly primary: Uint8Array;
  /** Six IAQI an hour, in the order of POLLUTANTS. */
  readonly iaqi: Int16Array;
}

/** Where an input of the hourly report comes from. */
type HourSource = (table: HourTable, hour: number, plan: IndexPlan) => ExactMean | undefined;

const OZONE = POLLUTANTS.indexOf('o3');

/** A sliding 24 h mean (2012 items) asks for as many hours as a daily mean. */
const slidingDay =
  (slot: number): HourSource =>
  (table, hour, plan) =>
    meanOfHours(table.means[slot] ?? [], hour - 23, hour + 1, plan.edition.validity.dayHours);

const SOURCES: Readonly<Record<string, HourSource>> = {
  ...Object.fromEntries(
    POLLUTANTS.map((pollutant, slot): [string, HourSource] => [pollutant, (table, hour) => table.means[slot]?.[hour]]),
  ),
  ...Object.fromEntries(POLLUTANTS.map((pollutant, slot) => [`${pollutant}_24h`, slidingDay(slot)])),
  o3_8h: (table, hour, plan) => eightHourMean(table.means[OZONE] ?? [], hour, plan.edition.validity),
};

/** Inputs of the hourly report of one hour (index into the table), in the order of the plan. */
export function hourInputs(plan: IndexPlan, table: HourTable, hour: number, out: (ExactMean | undefined)[]): void {
  for (let i = 0; i < plan.inputs.length; i += 1) out[i] = SOURCES[plan.inputs[i] as string]?.(table, hour, plan);
}

/** Hourly AQI of every hour of [firstEnd, lastEnd], each under the edition of its own day. Sliding items reach back into earlier hours of the table. */
export function judgeHours(
  table: HourTable,
  span: { readonly firstEnd: number; readonly lastEnd: number },
  choose: EditionChoice,
  terms: { readonly notMonitored?: readonly string[]; readonly variant?: HourVariant } = {},
): HourIndices {
  const length = Math.max(0, Math.round((span.lastEnd - span.firstEnd) / HOUR_MS) + 1);
  const result = {
    firstEnd: span.firstEnd,
    aqi: new Int16Array(length).fill(-1),
    primary: new Uint8Array(length),
    iaqi: new Int16Array(length * POLLUTANTS.length).fill(-1),
  };
  const indices = new Int16Array(POLLUTANTS.length);
  const settled = unsettled();
  const inputs: (ExactMean | undefined)[] = [];
  const planned = maskOf(terms.notMonitored ?? []);
  let plan: IndexPlan | undefined;
  let dayEnd = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i += 1) {
    const end = span.firstEnd + i * HOUR_MS;
    if (plan === undefined || end > dayEnd) {
      const start = dayStart(end);
      plan = hourPlan(choose(dateOf(start)), terms.variant);
      dayEnd = start + DAY_MS;
      inputs.length = plan.inputs.length;
    }
    hourInputs(plan, table, hourIndex(table, end), inputs);
    pollutantIndices(plan, inputs, indices);
    settle(plan, indices, planned, settled);
    result.aqi[i] = settled.aqi;
    result.primary[i] = settled.primary;
    for (let slot = 0; slot < indices.length; slot += 1)
      result.iaqi[i * indices.length + slot] = Math.max(-1, indices[slot] ?? -1);
  }
  return result;
}
