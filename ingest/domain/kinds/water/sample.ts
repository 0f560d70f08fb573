import { parseDecimal } from '../../decimal-text.ts';
import type { WaterBody } from '../../district.ts';
import { approximate, compareMicro, type ExactMean, exactValue, excessUnits } from '../../exact.ts';
import { classOfItem, itemTable, type JudgedItem } from './items.ts';
import {
  type ClassNo,
  classCode,
  type MethodEdition,
  type WaterClass,
  type WaterEditions,
  type WaterStandards,
  waterEditions,
} from './standard.ts';

/** A value below the method's detection limit (未检出, `<0.02` or `0.02L`). */
interface Undetected {
  readonly below: number;
}

export type SampleValue = number | Undetected;
/** Values of one sample by metric; null or absent: not measured. */
export type SampleValues = Readonly<Record<string, SampleValue | null | undefined>>;

/** The mean of one item and how it came about. */
export interface ItemMean {
  readonly mean: ExactMean;
  /** Largest detected value, millionths; null where nothing was detected. Undefined: everything was detected. */
  readonly detectedMaxMicro?: number | null;
}

/** What the class says of one item. */
export interface ItemJudgement {
  readonly metric: string;
  /** Unrounded mean, in the metric's unit. */
  readonly value: number;
  readonly class: WaterClass;
  readonly classNo: ClassNo;
  /** (C − S_III) / S_III with two decimals; null within class III and for pH and dissolved oxygen. */
  readonly multiple: number | null;
  /** The multiple as printed in brackets, one decimal, rounded once from the unrounded value; null with `multiple`. */
  readonly multiplePrinted: string | null;
}

/** A class by the worst item. Nothing is said of items that were not measured: see `itemsAssessed`. */
export interface WaterJudgement {
  /** Null where no item of the class was measured. */
  readonly class: WaterClass | null;
  readonly classNo: ClassNo | null;
  /** Items that make the class, largest multiple first. */
  readonly deciding: readonly ItemJudgement[];
  /** 主要污染指标: only where worse than III, at most three, heavy metals and cyanide first. */
  readonly mainPollutants: readonly ItemJudgement[];
  readonly items: readonly ItemJudgement[];
  /** Reported beside the class: total nitrogen (lakes), faecal coliforms. */
  readonly outsideClass: readonly ItemJudgement[];
  /** Metrics that took part, in the order of table 1. */
  readonly itemsAssessed: readonly string[];
  readonly edition: string;
}

interface Ranked extends ItemJudgement {
  readonly precedence: boolean;
  /** Unrounded multiple: one correctly rounded division of exact integers, so equal multiples are equal. */
  readonly excess: number;
}

function judgeItem(item: JudgedItem, source: ItemMean, temperature: ExactMean | undefined): Ranked {
  const { mean, detectedMaxMicro } = source;
  let classNo = classOfItem(item, mean, temperature);
  // Half of a detection limit may not pollute: the class is never worse than what was really detected.
  if (detectedMaxMicro !== undefined && item.rule === 'at-most') {
    const detected = detectedMaxMicro === null ? 1 : classOfItem(item, { sumMicro: detectedMaxMicro, count: 1 }, temperature);
    if (detected < classNo) classNo = detected;
  }
  const base = classNo > 3 ? item.multipleBase : null;
  return {
    metric: item.metric,
    value: approximate(mean),
    class: classCode(classNo),
    classNo,
    multiple: base === null ? null : excessUnits(mean, base, 2) / 100,
    multiplePrinted: base === null ? null : (excessUnits(mean, base, 1) / 10).toFixed(1),
    precedence: item.precedence,
    excess: base === null ? -1 : compareMicro(mean, base) / (base * mean.count),
  };
}

function worstFirst(left: Ranked, right: Ranked): number {
  return right.classNo - left.classNo || right.excess - left.excess;
}

function pollutantOrder(left: Ranked, right: Ranked): number {
  return Number(right.precedence) - Number(left.precedence) || worstFirst(left, right);
}

function plain({ precedence: _precedence, excess: _excess, ...judgement }: Ranked): ItemJudgement {
  return judgement;
}

function judgeAll(items: readonly JudgedItem[], means: (metric: string) => ItemMean | undefined): Ranked[] {
  const judged: Ranked[] = [];
  for (const item of items) {
    const source = means(item.metric);
    if (source !== undefined) judged.push(judgeItem(item, source, item.saturation ? means('temperature')?.mean : undefined));
  }
  return judged;
}

/** Class by the worst item (单因子评价法) from the means of the items that there are. */
export function judgeMeans(
  means: (metric: string) => ItemMean | undefined,
  body: WaterBody,
  editions: WaterEditions,
): WaterJudgement {
  const table = itemTable(editions, body);
  const judged = judgeAll(table.classed, means);
  let worst = 0;
  for (const item of judged) if (item.classNo > worst) worst = item.classNo;
  const classNo = worst === 0 ? null : (worst as ClassNo);
  return {
    class: classNo === null ? null : classCode(classNo),
    classNo,
    deciding: judged
      .filter((item) => item.classNo === worst)
      .sort(worstFirst)
      .map(plain),
    mainPollutants: worst > 3 ? mainPollutants(judged, editions.method) : [],
    items: judged.map(plain),
    outsideClass: judgeAll(table.outside, means).map(plain),
    itemsAssessed: judged.map((item) => item.metric),
    edition: editions.limits.label,
  };
}

function mainPollutants(judged: readonly Ranked[], method: MethodEdition): ItemJudgement[] {
  return judged
    .filter((item) => item.classNo > 3)
    .sort(pollutantOrder)
    .slice(0, method.settings.mainPollutants)
    .map(plain);
}

/** Whether a value can have been measured: a concentration below zero and a pH outside 0 to 14 cannot. In the metric's unit. */
export function isMeasured(metric: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return metric === 'temperature' || (value >= 0 && (metric !== 'ph' || value <= 14));
}

/** The mean that one value is; undefined where it is missing or impossible. */
export function meanOfValue(metric: string, value: SampleValue | null | undefined, method: MethodEdition): ItemMean | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return isMeasured(metric, value) ? { mean: exactValue(value) } : undefined;
  if (!isMeasured(metric, value.below)) return undefined;
  return { mean: exactValue(value.below * method.settings.undetectedFraction), detectedMaxMicro: null };
}

const UNDATED = '9999-12-31';

/** How one sample is judged. */
export interface SampleOptions {
  readonly waterBody: WaterBody;
  readonly standards: WaterStandards;
  /** Local date of the sample, YYYY-MM-DD: it chooses the edition; the newest where it is unknown. */
  readonly date?: string;
  /** Another edition of the limits, by id. */
  readonly edition?: string;
}

/**
 * Class of one sample (GB 3838-2002 table 1; 环办〔2011〕22号, single-factor). Values by metric in the metric's unit;
 * missing items are not assessed and say nothing. Throws a RangeError for an edition that is not configured.
 */
export function assessSample(values: SampleValues, options: SampleOptions): WaterJudgement {
  const editions = waterEditions(options.standards, options.date ?? UNDATED, options.edition);
  return judgeMeans((metric) => meanOfValue(metric, values[metric], editions.method), options.waterBody, editions);
}

const UNDETECTED = /^(?:[<＜]\s*(?<after>[^\s-].*)|(?<before>[^\s-].*?)\s*L)$/i;
const UNDETECTED_WORD = /^(?:未检出|n\.?d\.?|[<＜]\s*dl)$/i;

/**
 * Reads a value of a file: a number in decimal notation, `<0.02` or `0.02L` (below detection); undefined for empty, `--` and anything else,
 * such as 未检出 without a limit (`isUndetectedWithoutLimit`).
 */
export function parseSampleValue(text: string): SampleValue | undefined {
  const trimmed = text.trim();
  const number = parseDecimal(trimmed);
  if (number !== undefined) return number;
  const groups = UNDETECTED.exec(trimmed)?.groups;
  const below = parseDecimal(groups?.after ?? groups?.before ?? '');
  return below === undefined ? undefined : { below };
}

/**
 * Whether a text says that nothing was detected but not below which limit (未检出, `ND`). In means part of the limit stands for such a
 * value (setting `undetectedFraction`); without the limit there is nothing to put in its place, so it counts as missing.
 */
export function isUndetectedWithoutLimit(text: string): boolean {
  return UNDETECTED_WORD.test(text.trim());
}

/** Items of a sample for a file: `nh3n(0.8);cod(0.6)`, metrics with their printed multiples. */
export function itemList(items: readonly ItemJudgement[]): string {
  return items.map((item) => (item.multiplePrinted === null ? item.metric : `${item.metric}(${item.multiplePrinted})`)).join(';');
}
