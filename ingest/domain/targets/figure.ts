import type { PlanTarget } from '../district.ts';
import type { Origin } from '../reading.ts';
import type { Text } from '../text.ts';
import { datesFrom } from './calendar.ts';
import type { ValidityCountdown } from './validity.ts';

/** `no-data`: nothing can be said, for want of a valid day or, of an annual mean, of the valid days that it needs. */
export type Verdict = 'secured' | 'on-track' | 'at-risk' | 'lost' | 'no-data';

/** A bad day that used up the budget. */
export interface BadDay {
  readonly date: string;
  readonly aqi: number;
  readonly primary: readonly string[];
}

/** What each ended day of the year brought: the figure down to the day. */
export interface DayEvidence {
  /** Date of the first value; the others follow day by day. */
  readonly first: string;
  /** AQI of the day (no unit), or its mean with 1 decimal, as printed; null without a valid one. */
  readonly values: readonly (number | null)[];
  /** Empty for AQI. */
  readonly unit: string;
  /** A value above it is a bad day (AQI 100), or one above the mean that the target allows. */
  readonly line: number;
}

/** A target of the plan, judged: the fields that the console shows. */
export interface TargetFigure {
  readonly id: string;
  readonly kind: PlanTarget['kind'];
  readonly name: Text;
  readonly clause: Text;
  readonly note?: Text;
  readonly unit: string;
  /** Share 0 to 1, or µg/m³. */
  readonly target: number;
  /** Reached so far, unrounded; null without data. */
  readonly value: number | null;
  /**
   * How far the value lies on the good side of the target, in the unit of both, unrounded; negative on the bad side. Its sign
   * is exact. Null without data.
   */
  readonly margin: number | null;
  readonly verdict: Verdict;
  readonly verdictText: Text;
  /** 0 to 1; null where none can be given. */
  readonly probability: number | null;
  readonly method: Text;
  readonly edition: string;
  /** Judged on simulated data alone. */
  readonly simulated: boolean;
  readonly budget?: {
    readonly allowed: number;
    readonly used: number;
    readonly left: number;
    readonly good: number;
    readonly valid: number;
    readonly invalid: number;
    readonly daysLeft: number;
    readonly badDays: readonly BadDay[];
  };
  /** What the rest of the year may average (the mean target only). */
  readonly rest?: {
    /** Days still to come, today included. */
    readonly days: number;
    /** In the unit, rounded down to 1 decimal so that it keeps the target; null where nothing remains or it is out of reach. */
    readonly mayAverage: number | null;
  };
  /** Valid days that the year and its months still need (targets on daily values only). */
  readonly validity?: ValidityCountdown;
  readonly evidence?: DayEvidence;
  /** The same without the days of exceptional events; absent where there were none. `badDays` for the good-day target. */
  readonly withoutExceptional?: {
    readonly value: number | null;
    readonly margin: number | null;
    readonly badDays?: number;
  };
  readonly otherEditions: readonly {
    readonly edition: string;
    readonly value: number | null;
    readonly verdict: Verdict;
    readonly badDays?: number;
    /** The edition's own annual limit, for the mean target. */
    readonly limit?: number;
  }[];
  readonly members: readonly {
    readonly station: string;
    readonly value: number | null;
    readonly meets: boolean | null;
    readonly text: Text;
  }[];
}

/** Evidence of the first `elapsed` days of a year from the values of those that have one. */
export function dayEvidence(
  year: number,
  elapsed: number,
  values: ReadonlyMap<string, number | null>,
  of: Pick<DayEvidence, 'unit' | 'line'>,
): DayEvidence {
  const first = `${year}-01-01`;
  return { first, values: datesFrom(first, elapsed).map((date) => values.get(date) ?? null), ...of };
}

/** What was taken into a target and what was left out because of where it came from. */
export interface Separated<T> {
  readonly taken: readonly T[];
  readonly leftOut: number;
  readonly simulated: boolean;
}

/**
 * Keeps simulated and real data apart: a demonstration is judged on simulated data alone, everything else on measured
 * and manual data alone. What is left out is counted, never mixed in.
 */
export function separateOrigins<T extends { readonly origin: Origin }>(
  items: readonly T[],
  demonstration: boolean,
): Separated<T> {
  const taken = items.filter(({ origin }) =>
    demonstration ? origin === 'simulated' : origin === 'measured' || origin === 'manual',
  );
  return { taken, leftOut: items.length - taken.length, simulated: demonstration };
}

/** Sentence about what the separation left out; empty where nothing was. */
export function originText({ leftOut, simulated }: Pick<Separated<unknown>, 'leftOut' | 'simulated'>): Text {
  const basis = simulated
    ? { zh: '演示：仅按模拟数据评价', en: 'demonstration: judged on simulated data alone' }
    : { zh: '', en: '' };
  if (leftOut === 0) return basis;
  const zh = `${leftOut} 条${simulated ? '非模拟' : '模拟或回放'}数据未计入`;
  const en = `${leftOut} ${simulated ? 'not simulated' : 'simulated or replayed'} records left out`;
  return simulated ? { zh: `${basis.zh}；${zh}`, en: `${basis.en}; ${en}` } : { zh, en };
}

/** Joins sentences that are not empty. */
export function joinTexts(...texts: readonly Text[]): Text {
  const join = (language: 'zh' | 'en', by: string) =>
    texts
      .map((text) => text[language])
      .filter((text) => text !== '')
      .join(by);
  return { zh: join('zh', '；'), en: join('en', '; ') };
}

/** The plan's own fields of a target. */
export function planFields({ id, kind, name, clause, note, value }: PlanTarget) {
  return { id, kind, name, clause, ...(note === undefined ? {} : { note }), target: value };
}
