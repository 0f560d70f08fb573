import type { WaterBody } from '../../district.ts';
import { approximate, type ExactMean } from '../../exact.ts';
import type { Text } from '../../text.ts';
import type { MethodEdition } from './standard.ts';

export interface TrophicIndex {
  /** TLI(Σ); null where an item is missing or not above zero. */
  readonly index: number | null;
  /** TLI(j) by metric. */
  readonly parts: Readonly<Record<string, number>>;
  readonly grade: { readonly code: string; readonly text: Text } | null;
  /** Items without which there is no index. */
  readonly missing: readonly string[];
}

/**
 * Trophic level index of a lake (环办〔2011〕22号): Σ Wj · 10 (a + b ln x). Means in the metric's unit, chlorophyll a in
 * µg/L (which is mg/m³), transparency in m, the rest in mg/L. All five items are needed: a part of them is another index.
 */
export function trophicIndex(values: Readonly<Record<string, number | undefined>>, method: MethodEdition): TrophicIndex {
  const { items, grades } = method.trophic;
  const missing = items.filter(({ metric }) => !((values[metric] ?? 0) > 0)).map(({ metric }) => metric);
  const parts: Record<string, number> = {};
  let sum = 0;
  let weights = 0;
  for (const { metric, a, b, r2 } of items) {
    const value = values[metric] ?? 0;
    if (value <= 0) continue;
    const part = 10 * (a + b * Math.log(value));
    parts[metric] = part;
    sum += r2 * part;
    weights += r2;
  }
  if (missing.length > 0) return { index: null, parts, grade: null, missing };
  const index = sum / weights;
  const grade = grades.find(({ below }, place) => below === null || index < below || (place > 0 && index === below));
  return { index, parts, grade: grade === undefined ? null : { code: grade.code, text: grade.text }, missing };
}

/** The index of a lake from the unrounded means of its items, with what is missing; null for a river, and where no chlorophyll is measured at all. */
export function trophicOf(
  mean: (metric: string) => ExactMean | undefined,
  body: WaterBody,
  method: MethodEdition,
): TrophicIndex | null {
  if (body !== 'lake' || mean('chlorophyll_a') === undefined) return null;
  const values: Record<string, number> = {};
  for (const { metric } of method.trophic.items) {
    const found = mean(metric);
    if (found !== undefined) values[metric] = approximate(found);
  }
  return trophicIndex(values, method);
}
