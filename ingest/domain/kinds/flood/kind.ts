import type { FloodStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Kind } from '../kind.ts';
import { floodDays } from './days.ts';
import type { FloodDetail } from './detail.ts';
import { levelFromDistance } from './distance.ts';
import { explainFlood } from './explain.ts';
import { LiveGauge } from './live.ts';
import { floodMarks } from './marks.ts';
import { FLOOD_METRICS } from './metrics.ts';
import { GaugeModel } from './model.ts';
import { FLOOD_RULES, floodSignals } from './signals.ts';
import type { FloodStandards } from './standards.ts';

/** Gauges of level and rain. */
export const floodKind: Kind<FloodStation, FloodDetail, FloodStandards> = {
  id: 'flood',
  label: { zh: '防汛', en: 'flood' },
  metrics: FLOOD_METRICS,
  headline: ['level', 'rainfall'],
  periodMs: 5 * MINUTE_MS,
  derive: levelFromDistance,
  live: (station, standards) => new LiveGauge(station, standards),
  signals: floodSignals,
  rules: FLOOD_RULES,
  editions: ({ stages, rainGrades }) => [...stages, ...rainGrades],
  explain: explainFlood,
  marks: floodMarks,
  days: floodDays,
  model: (station, seed) => new GaugeModel(station, seed),
};
