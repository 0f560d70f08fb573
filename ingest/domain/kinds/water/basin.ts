import type { WaterBody } from '../../district.ts';
import { meanOfItem } from './long-period.ts';
import { type ItemJudgement, type ItemMean, judgeMeans, type WaterJudgement } from './sample.ts';
import { type ClassNo, qualityOfClass, type WaterEditions, type WaterQuality, type WaterSettings } from './standard.ts';

/** One section of a river or basin in the period. */
export interface BasinSection {
  readonly id: string;
  readonly judgement: WaterJudgement;
  /** Unrounded means of its items; only small basins and lakes need them. */
  readonly means: ReadonlyMap<string, ItemMean>;
}

export interface ClassShares {
  /** Sections with a class. */
  readonly assessed: number;
  readonly excellentOrGood: number;
  readonly inferior: number;
}

export interface BasinRating {
  /** Null where no section has a class. */
  readonly quality: WaterQuality | null;
  readonly method: 'class-shares' | 'item-means';
  readonly shares: ClassShares;
  /** True where no row of the method fits and the setting decided (60 % I to III with 40 % 劣V). */
  readonly gap: boolean;
  /** Items over class III by the share of sections exceeding (断面超标率); small basins and lakes name them by section. */
  readonly mainPollutants: readonly { readonly metric: string; readonly sections: number; readonly of: number }[];
  readonly bySection: readonly { readonly id: string; readonly mainPollutants: readonly ItemJudgement[] }[];
  /** Class of the averaged items; small basins and lakes only. */
  readonly averaged: WaterJudgement | null;
}

/** Sections by class: I to III, inferior to V, and all that have one. */
export function classShares(classes: readonly (ClassNo | null)[]): ClassShares {
  const known = classes.filter((classNo) => classNo !== null);
  return {
    assessed: known.length,
    excellentOrGood: known.filter((classNo) => classNo <= 3).length,
    inferior: known.filter((classNo) => classNo === 6).length,
  };
}

/** Quality of a basin by class shares (环办〔2011〕22号, 断面水质类别比例法), in integers; null without a section. */
export function qualityOfShares(
  { assessed, excellentOrGood: good, inferior }: ClassShares,
  settings: Pick<WaterSettings, 'basinGap'>,
): { quality: WaterQuality | null; gap: boolean } {
  if (assessed === 0) return { quality: null, gap: false };
  if (good * 10 >= assessed * 9) return { quality: 'excellent', gap: false };
  if (good * 4 >= assessed * 3) return { quality: 'good', gap: false };
  if (inferior * 5 < assessed) return { quality: 'light', gap: false };
  if (inferior * 5 < assessed * 2) return { quality: 'moderate', gap: false };
  if (good * 5 < assessed * 3) return { quality: 'heavy', gap: false };
  return { quality: settings.basinGap, gap: true };
}

function averageItems(sections: readonly BasinSection[], body: WaterBody, editions: WaterEditions): WaterJudgement {
  const means = sections.map((section) => section.means);
  return judgeMeans((metric) => meanOfItem(metric, means, 1), body, editions);
}

function pollutantsByShare(
  sections: readonly BasinSection[],
  { mainPollutants, exceedingShareOf }: WaterSettings,
): BasinRating['mainPollutants'] {
  const counts = new Map<string, { sections: number; measured: number }>();
  for (const { judgement } of sections) {
    for (const item of judgement.items) {
      const count = counts.get(item.metric) ?? { sections: 0, measured: 0 };
      counts.set(item.metric, { sections: count.sections + (item.classNo > 3 ? 1 : 0), measured: count.measured + 1 });
    }
  }
  return [...counts]
    .filter(([, count]) => count.sections > 0)
    .map(([metric, count]) => {
      const of = exceedingShareOf === 'assessed' ? sections.length : count.measured;
      return { metric, sections: count.sections, of };
    })
    .sort((left, right) => right.sections * left.of - left.sections * right.of)
    .slice(0, mainPollutants);
}

/**
 * Quality of a river or basin (环办〔2011〕22号): by the shares of classes from five sections on, else by the mean of each item
 * over the sections. A lake or reservoir is always judged by the means over its points. Sections without a class take no part.
 */
export function rateBasin(sections: readonly BasinSection[], body: WaterBody, editions: WaterEditions): BasinRating {
  const { settings } = editions.method;
  const shares = classShares(sections.map((section) => section.judgement.classNo));
  const assessed = sections.filter((section) => section.judgement.classNo !== null);
  if (body === 'lake' || assessed.length < settings.smallBasin) {
    const averaged = averageItems(assessed, body, editions);
    return {
      quality: averaged.classNo === null ? null : qualityOfClass(averaged.classNo, editions.method),
      method: 'item-means',
      shares,
      gap: false,
      mainPollutants: [],
      bySection: assessed.map(({ id, judgement }) => ({ id, mainPollutants: judgement.mainPollutants })),
      averaged,
    };
  }
  return {
    ...qualityOfShares(shares, settings),
    method: 'class-shares',
    shares,
    mainPollutants: pollutantsByShare(assessed, settings),
    bySection: [],
    averaged: null,
  };
}
