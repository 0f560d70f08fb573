import type { Assessment } from '../../assessment.ts';
import type { Text } from '../../text.ts';
import type { ParkingDetail } from './detail.ts';
import type { GuidanceCode } from './standards.ts';

/** What the sign on the road shows (topic `guidance/<lot>`). */
export interface SignPayload {
  readonly state: GuidanceCode | 'unknown';
  /** Free bays; null where the sign shows no number. 0 while the sign says full, even if a bay just became free. */
  readonly free: number | null;
  readonly text: Text;
}

const HIDDEN: SignPayload = { state: 'unknown', free: null, text: { zh: '暂无数据', en: 'no data' } };

/**
 * Payload of the sign. It lies neither way: with too many bays unknown, or with data that are no longer `fresh`, it shows no number;
 * while the damped state is full it says 满.
 */
export function signPayload(assessment: Assessment<ParkingDetail>, fresh: boolean): SignPayload {
  const { guidance, count } = assessment.detail;
  if (!fresh || guidance === null) return HIDDEN;
  if (guidance === 'full') return { state: 'full', free: 0, text: { zh: '满', en: 'FULL' } };
  return { state: guidance, free: count.free, text: { zh: `空位 ${count.free}`, en: `${count.free} free` } };
}
