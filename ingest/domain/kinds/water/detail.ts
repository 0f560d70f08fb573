import type { WaterBody } from '../../district.ts';
import type { PeriodJudgement } from './period.ts';
import type { WaterJudgement } from './sample.ts';
import type { TrophicIndex } from './trophic.ts';

/** The newest valid value of one metric. */
export interface LatestItem {
  readonly metric: string;
  readonly value: number;
  readonly at: number;
  /** Whether it is new enough to take part in the class of the moment. */
  readonly current: boolean;
}

/** What is known of one water station now (自动站评价: only the monitored items are judged). */
export interface WaterDetail {
  readonly waterBody: WaterBody;
  readonly targetClass: number;
  /** Class of the moment, on the items that are current. */
  readonly now: WaterJudgement;
  /** Items that a full class would cover. */
  readonly itemsOfClass: number;
  readonly latest: readonly LatestItem[];
  /** The day that runs, every item however few its samples; null before its first value. */
  readonly runningDay: PeriodJudgement | null;
  /** The day before, on items with enough samples. */
  readonly previousDay: PeriodJudgement | null;
  readonly runningMonth: PeriodJudgement | null;
  /** Trophic index of the moment on the items that are current; null for a river and where no chlorophyll is measured. */
  readonly trophic: TrophicIndex | null;
  /** Whether every item keeps its limit by the clear margin. */
  readonly clears: boolean;
}
