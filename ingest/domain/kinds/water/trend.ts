import type { ClassShares } from './basin.ts';
import { type ClassNo, type MethodEdition, qualityOfClass } from './standard.ts';

type TrendDirection = 'better' | 'worse' | 'steady';

/** Change between two periods: `some` is 有所好转 or 有所下降, `clear` is 明显好转 or 明显下降. */
export interface WaterTrend {
  readonly direction: TrendDirection;
  readonly degree: 'none' | 'some' | 'clear';
  /** Quality levels for a section, percentage points of ΔG − ΔD for a basin; positive is better. */
  readonly change: number;
}

/** Trend of a section (环办〔2011〕22号): one quality level up or down is some change, two or more a clear one. */
export function sectionTrend(before: ClassNo, after: ClassNo, method: MethodEdition): WaterTrend {
  const level = (classNo: ClassNo) => method.qualities.findIndex(({ code }) => code === qualityOfClass(classNo, method));
  const change = level(before) - level(after);
  const degree = change === 0 ? 'none' : Math.abs(change) === 1 ? 'some' : 'clear';
  return { direction: change === 0 ? 'steady' : change > 0 ? 'better' : 'worse', degree, change };
}

/**
 * Trend of a basin: change of the I to III share minus change of the 劣V share, in percentage points, compared in
 * integers; up to 10 no clear change, up to 20 some, above a clear one (settings). Null where a period has no section.
 */
export function basinTrend(before: ClassShares, after: ClassShares, method: MethodEdition): WaterTrend | null {
  const unit = before.assessed * after.assessed;
  if (unit === 0) return null;
  const net = ({ excellentOrGood, inferior }: ClassShares) => excellentOrGood - inferior;
  const points = 100 * (net(after) * before.assessed - net(before) * after.assessed);
  const { some, clear } = method.settings.basinTrend;
  const degree = Math.abs(points) <= some * unit ? 'none' : Math.abs(points) <= clear * unit ? 'some' : 'clear';
  const direction = degree === 'none' ? 'steady' : points > 0 ? 'better' : 'worse';
  return { direction, degree, change: points / unit };
}
