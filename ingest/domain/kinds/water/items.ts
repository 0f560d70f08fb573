import type { WaterBody } from '../../district.ts';
import { billionths, compareMicro, type ExactMean, toMicro } from '../../exact.ts';
import type { ClassLimits, ClassNo, WaterEditions } from './standard.ts';

/** One item of table 1 ready for judging: limits in millionths. */
export interface JudgedItem {
  readonly metric: string;
  readonly rule: ClassLimits['rule'];
  /** Limits of classes I to V, millionths; empty for a band. */
  readonly limits: readonly number[];
  readonly low: number;
  readonly high: number;
  /** The class III limit an exceedance multiple is taken over; null where the item has no multiple. */
  readonly multipleBase: number | null;
  /** Heavy metals and cyanide. */
  readonly precedence: boolean;
  /** Whether 90 % saturation stands for class I. */
  readonly saturation: boolean;
}

/** The items of one water body under one pair of editions. */
export interface ItemTable {
  readonly classed: readonly JudgedItem[];
  /** Reported beside the class: total nitrogen of lakes, faecal coliforms. */
  readonly outside: readonly JudgedItem[];
}

function prepare(entry: ClassLimits, body: WaterBody, editions: WaterEditions): JudgedItem | undefined {
  const limits = body === 'river' ? entry.river : entry.lake;
  if (entry.rule !== 'within' && limits === null) return undefined;
  const { withoutMultiple, precedence, settings } = editions.method;
  const base = limits === null || withoutMultiple.includes(entry.metric) ? null : toMicro(limits[2]);
  return {
    metric: entry.metric,
    rule: entry.rule,
    limits: (limits ?? []).map(toMicro),
    low: toMicro(entry.band?.[0] ?? 0),
    high: toMicro(entry.band?.[1] ?? 0),
    multipleBase: base,
    precedence: precedence.includes(entry.metric),
    saturation: entry.metric === 'dissolved_oxygen' && settings.oxygenSaturation,
  };
}

const prepared = new WeakMap<WaterEditions['limits'], WeakMap<WaterEditions['method'], Record<WaterBody, ItemTable>>>();

function tableOf(editions: WaterEditions, body: WaterBody): ItemTable {
  const items = editions.limits.table1.flatMap((entry) => prepare(entry, body, editions) ?? []);
  const isOutside = (item: JudgedItem) => editions.method.outsideClass.includes(item.metric);
  return { classed: items.filter((item) => !isOutside(item)), outside: items.filter(isOutside) };
}

/** The items of a water body; prepared once for each pair of editions, because files are judged row by row. */
export function itemTable(editions: WaterEditions, body: WaterBody): ItemTable {
  let byMethod = prepared.get(editions.limits);
  if (byMethod === undefined) {
    byMethod = new WeakMap();
    prepared.set(editions.limits, byMethod);
  }
  let tables = byMethod.get(editions.method);
  if (tables === undefined) {
    tables = { river: tableOf(editions, 'river'), lake: tableOf(editions, 'lake') };
    byMethod.set(editions.method, tables);
  }
  return tables[body];
}

/** 0.9 × 468 in the unit (mg/L × °C): class I where DO × (31.6 + T) reaches it. */
const SATURATED_PRODUCT = 421.2;

/**
 * Whether dissolved oxygen (mg/L) reaches 90 % of saturation at a temperature (°C), exactly:
 * DO ≥ 0.9 · 468 / (31.6 + T), sea level, times (1 + margin). False without a believable temperature (−5 to 60 °C).
 */
export function isSaturated(oxygen: ExactMean, temperature: ExactMean | undefined, margin = 0): boolean {
  if (temperature === undefined) return false;
  const degrees = temperature.sumMicro / temperature.count;
  if (degrees < -5e6 || degrees > 60e6) return false;
  const product = billionths(oxygen.sumMicro) * billionths(31_600_000 * temperature.count + temperature.sumMicro);
  const needed = billionths(toMicro(SATURATED_PRODUCT * (1 + margin))) * 1_000_000_000n;
  return product >= needed * BigInt(oxygen.count) * BigInt(temperature.count);
}

/** Class of one item from its unrounded value: single-factor, exactly on a limit meets it (全数值比较). */
export function classOfItem(item: JudgedItem, mean: ExactMean, temperature: ExactMean | undefined): ClassNo {
  if (item.rule === 'within') return compareMicro(mean, item.low) >= 0 && compareMicro(mean, item.high) <= 0 ? 1 : 6;
  let reached = 0;
  for (const limit of item.limits) {
    const over = compareMicro(mean, limit);
    if (item.rule === 'at-most' ? over <= 0 : over >= 0) break;
    reached += 1;
  }
  if (reached > 0 && item.saturation && isSaturated(mean, temperature)) return 1;
  return (reached + 1) as ClassNo;
}
