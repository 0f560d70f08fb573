import type { WaterStation } from '../../district.ts';
import { HOUR_MS } from '../../time.ts';
import type { Kind } from '../kind.ts';
import { waterDays } from './days.ts';
import type { WaterDetail } from './detail.ts';
import { explainWater } from './explain.ts';
import { LiveWaterStation } from './live.ts';
import { waterMarks } from './marks.ts';
import { waterMetrics } from './metrics.ts';
import { waterModel } from './model.ts';
import { waterRules, waterSignals } from './signals.ts';
import type { WaterStandards } from './standard.ts';

/** Surface water: classes of GB 3838-2002 by the single-factor method of 环办〔2011〕22号. */
export const waterKind: Kind<WaterStation, WaterDetail, WaterStandards> = {
  id: 'water',
  label: { zh: '地表水', en: 'Surface water' },
  metrics: waterMetrics,
  headline: ['dissolved_oxygen', 'codmn', 'nh3n', 'tp', 'ph', 'temperature'],
  // HJ 915-2017: every four hours.
  periodMs: 4 * HOUR_MS,
  live: (station, standards) => new LiveWaterStation(station, standards),
  signals: waterSignals,
  rules: waterRules,
  editions: ({ limits }) => limits,
  explain: explainWater,
  marks: waterMarks,
  days: waterDays,
  model: waterModel,
};
