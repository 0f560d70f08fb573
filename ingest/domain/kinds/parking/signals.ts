import type { Signal, SignalRule } from '../../alerts/signal.ts';
import type { Assessment } from '../../assessment.ts';
import type { ParkingStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { ParkingDetail } from './detail.ts';

/** The guidance level already waits before it changes, so the rule opens at once. */
export const PARKING_RULES: readonly SignalRule[] = [
  { id: 'parking-full', label: { zh: '停车场满', en: 'car park full' }, forMs: 0, clearForMs: 2 * MINUTE_MS },
];

/** One signal, `parking-full`; none before the first event. An unreliable count neither raises nor clears. */
export function parkingSignals(assessment: Assessment<ParkingDetail>, station: ParkingStation): readonly Signal[] {
  const { at, detail } = assessment;
  if (at === null) return [];
  const { guidance, count } = detail;
  const full = guidance === 'full';
  return [
    {
      rule: 'parking-full',
      station: station.id,
      metric: 'free',
      at,
      level: full ? detail.fullAlert : null,
      clear: guidance !== null && !full,
      value: guidance === null ? null : count.free,
      threshold: null,
      unit: '',
      text: full
        ? { zh: `停车场已满，空余 ${count.free} / ${count.open}`, en: `car park full, ${count.free} of ${count.open} free` }
        : assessment.reason,
    },
  ];
}
