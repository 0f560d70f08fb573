import type { WaterBody } from '../../district.ts';
import { type Edition, editionById, editionFor } from '../../standards.ts';
import type { Text } from '../../text.ts';

/** Classes of GB 3838-2002; `V-` is 劣V, inferior to V. */
export type WaterClass = 'I' | 'II' | 'III' | 'IV' | 'V' | 'V-';
/** The class as a number, 1 (I) to 6 (劣V); higher is worse. */
export type ClassNo = 1 | 2 | 3 | 4 | 5 | 6;
/** 水质状况 of 环办〔2011〕22号, best first. */
export type WaterQuality = 'excellent' | 'good' | 'light' | 'moderate' | 'heavy';

/** Limits of classes I to V. */
type FiveLimits = readonly [number, number, number, number, number];

/** Limits of one item of table 1; null where the water body has none (total nitrogen of rivers). */
export interface ClassLimits {
  /** Number in table 1. */
  readonly item: number;
  readonly metric: string;
  /** That of the metric. */
  readonly unit: string;
  readonly rule: 'at-most' | 'at-least' | 'within';
  readonly band: readonly [low: number, high: number] | null;
  readonly river: FiveLimits | null;
  readonly lake: FiveLimits | null;
}

/** Limits in force over a span of dates: GB 3838 tables 1 and 2 (and what is picked of table 3). */
interface LimitEdition extends Edition {
  readonly clause: string;
  readonly source: string;
  readonly table1: readonly ClassLimits[];
  /** Items that only drinking-water sources are held against. */
  readonly sources: readonly { readonly table: 2 | 3; readonly metric: string; readonly unit: string; readonly limit: number }[];
}

/** Figures of the method that no text confirms, each with a default; the reasons stand in the configuration. */
export interface WaterSettings {
  /** Class I of dissolved oxygen also at 90 % saturation (table 1, item 3). */
  readonly oxygenSaturation: boolean;
  /** Groups of samples in a day and how many a day mean needs (HJ 915-2017). */
  readonly daySlots: number;
  readonly dayMinimumSlots: number;
  readonly monthMinimumSamples: number;
  readonly quarterMinimumSamples: number;
  readonly yearMinimumMonths: number;
  readonly phMean: 'arithmetic' | 'hydrogen';
  /** Part of the detection limit that stands for an undetected value in means. */
  readonly undetectedFraction: number;
  /** Hand samples of an item alone make its month mean. */
  readonly manualOutranks: boolean;
  readonly mainPollutants: number;
  /** Basins with fewer sections are judged by averaged items. */
  readonly smallBasin: number;
  /** What an item's share of exceeding sections is taken of: all assessed sections, or those that measured the item. */
  readonly exceedingShareOf: 'assessed' | 'measured';
  /** Quality where exactly 60 % are I to III and 40 % inferior to V. */
  readonly basinGap: 'moderate' | 'heavy';
  /** Percent of complying measurements a function zone needs (SL 395-2007). */
  readonly functionZoneShare: number;
  /** Percentage points of the basin trend. */
  readonly basinTrend: { readonly some: number; readonly clear: number };
  /** Hours for which an item's newest value takes part in the class of the moment. */
  readonly currentHours: number;
  readonly clearMarginPercent: number;
  /** Names of sections judged by the lake table where the data do not say. */
  readonly lakeSections: readonly string[];
}

/** The method in force over a span of dates: 环办〔2011〕22号. */
export interface MethodEdition extends Edition {
  readonly clause: string;
  readonly source: string;
  readonly outsideClass: readonly string[];
  readonly withoutMultiple: readonly string[];
  /** Heavy metals and cyanide: first among the main pollutants. */
  readonly precedence: readonly string[];
  /** I to 劣V in order. */
  readonly classes: readonly {
    readonly code: WaterClass;
    readonly quality: WaterQuality;
    readonly colour: string;
    readonly text: Text;
  }[];
  readonly qualities: readonly { readonly code: WaterQuality; readonly colour: string; readonly text: Text }[];
  readonly trophic: {
    readonly items: readonly {
      readonly metric: string;
      readonly unit: string;
      readonly a: number;
      readonly b: number;
      readonly r2: number;
    }[];
    readonly grades: readonly { readonly code: string; readonly below: number | null; readonly text: Text }[];
  };
  readonly settings: WaterSettings;
}

export interface WaterStandards {
  readonly limits: readonly LimitEdition[];
  readonly methods: readonly MethodEdition[];
}

/** What one judgement is made by. */
export interface WaterEditions {
  readonly limits: LimitEdition;
  readonly method: MethodEdition;
}

/**
 * Limits and method in force on a local date (YYYY-MM-DD), or the limits asked for by id.
 * Throws a RangeError for an id that is not configured.
 */
export function waterEditions(standards: WaterStandards, date: string, edition?: string): WaterEditions {
  const limits = edition === undefined ? editionFor(standards.limits, date) : editionById(standards.limits, edition);
  if (limits === undefined) throw new RangeError(`no water edition is called ${edition}`);
  return { limits, method: editionFor(standards.methods, date) };
}

/** The water body a section is judged by where its data do not say: `lakeSections` of the settings, else a river. */
export function waterBodyOf(section: string, settings: Pick<WaterSettings, 'lakeSections'>): WaterBody {
  return settings.lakeSections.includes(section) ? 'lake' : 'river';
}

const CODES: readonly WaterClass[] = ['I', 'II', 'III', 'IV', 'V', 'V-'];

/** The class of a number 1 (I) to 6 (劣V, `V-`). */
export function classCode(classNo: ClassNo): WaterClass {
  return CODES[classNo - 1] ?? 'V-';
}

/** 水质状况 of a class: I and II excellent, III good, IV light, V moderate, 劣V heavy. */
export function qualityOfClass(classNo: ClassNo, method: MethodEdition): WaterQuality {
  return method.classes[classNo - 1]?.quality ?? 'heavy';
}
