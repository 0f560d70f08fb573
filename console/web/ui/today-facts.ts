import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { AirDetail } from '@clearbay/domain/kinds/air/detail.ts';
import type { DayOutlook } from '@clearbay/domain/kinds/air/outlook.ts';
import type { Pollutant } from '@clearbay/domain/kinds/air/standard.ts';

/** The running day of an air assessment; undefined for other kinds and before the first. */
export function todayOf(assessment: Assessment | null): DayOutlook | undefined {
  return assessment?.kind === 'air' ? (assessment.detail as AirDetail).today : undefined;
}

/** The pollutant that leaves the rest of the day the least room: what the remaining hours may have on average. */
export interface TightestPollutant {
  readonly pollutant: Pollutant;
  readonly allowedMean: number;
}

type Outlooks = readonly (readonly [Pollutant, DayOutlook['pollutants'][Pollutant]])[];

function outlooksOf(today: DayOutlook, notMonitored: readonly string[]): Outlooks {
  const all = Object.entries(today.pollutants) as [Pollutant, DayOutlook['pollutants'][Pollutant]][];
  return all.filter(([pollutant]) => !notMonitored.includes(pollutant));
}

/** By room relative to the mean so far; undefined while nothing is measured or nothing remains. */
export function tightestOf(today: DayOutlook, notMonitored: readonly string[] = []): TightestPollutant | undefined {
  let tightest: (TightestPollutant & { readonly room: number }) | undefined;
  for (const [pollutant, { allowedMean, value }] of outlooksOf(today, notMonitored)) {
    if (allowedMean === null || allowedMean < 0 || value === null || value <= 0) continue;
    const room = allowedMean / value;
    if (tightest === undefined || room < tightest.room) tightest = { pollutant, allowedMean, room };
  }
  return tightest;
}

/** Valid hours that the day still needs for its weakest pollutant, and ozone windows; 0 once there are enough. */
export interface ValidityNeed {
  readonly hours: number;
  readonly windows: number;
}

export function validityNeedOf(today: DayOutlook, notMonitored: readonly string[] = []): ValidityNeed {
  const missing = outlooksOf(today, notMonitored).map(
    ([pollutant, { valid, needed }]) => [pollutant, Math.max(0, needed - valid)] as const,
  );
  return {
    hours: Math.max(0, ...missing.filter(([pollutant]) => pollutant !== 'o3').map(([, count]) => count)),
    windows: missing.find(([pollutant]) => pollutant === 'o3')?.[1] ?? 0,
  };
}
