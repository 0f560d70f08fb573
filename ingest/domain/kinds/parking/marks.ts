import type { ParkingStation } from '../../district.ts';
import type { MetricMark } from '../kind.ts';

/** All bays of the lot: more cannot be free. */
export function parkingMarks({ capacity }: ParkingStation, metric: string): MetricMark[] {
  if (metric !== 'free') return [];
  return [{ value: capacity, label: { zh: '泊位', en: 'bays' }, side: 'at-most', edition: null }];
}
