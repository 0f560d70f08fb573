import type { Signal, SignalRule } from '../../alerts/signal.ts';
import type { Assessment } from '../../assessment.ts';
import type { FloodStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { FloodDetail, Watch } from './detail.ts';

/** Rules of the kind. Patience of two samples is in the watched level itself (red needs one), so no rule waits before it opens. */
export const FLOOD_RULES: readonly SignalRule[] = [
  { id: 'flood-level', label: { zh: '水位超线', en: 'level over a line' }, forMs: 0, clearForMs: 5 * MINUTE_MS },
  { id: 'flood-rise', label: { zh: '水位陡涨', en: 'fast rise' }, forMs: 2 * MINUTE_MS, clearForMs: 15 * MINUTE_MS },
  { id: 'rain', label: { zh: '暴雨', en: 'rainstorm' }, forMs: 0, clearForMs: 10 * MINUTE_MS },
  { id: 'mountain-flood', label: { zh: '山洪', en: 'mountain flood' }, forMs: 0, clearForMs: 10 * MINUTE_MS },
];

function signal(rule: string, metric: string, unit: string, station: FloodStation, watch: Watch | null): Signal[] {
  if (watch === null) return [];
  const { at, level, clear, value, threshold, text } = watch;
  return [{ rule, station: station.id, metric, at, level, clear, value, threshold, unit, text }];
}

/** One signal for each rule that has data; a rule without data says nothing, which neither opens nor ends an alert. */
export function floodSignals(assessment: Assessment<FloodDetail>, station: FloodStation): readonly Signal[] {
  const { watch } = assessment.detail;
  return [
    ...signal('flood-level', 'level', 'm', station, watch.level),
    ...signal('flood-rise', 'level', 'm/h', station, watch.rise),
    ...signal('rain', 'rainfall', 'mm', station, watch.rain),
    ...signal('mountain-flood', 'rainfall', 'mm', station, watch.mountain),
  ];
}
