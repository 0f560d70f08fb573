import type { AirStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Kind } from '../kind.ts';
import { airDays } from './day-assessment.ts';
import type { AirDetail } from './detail.ts';
import { explainAir } from './explain.ts';
import { LiveAirStation } from './live.ts';
import { airMarks } from './marks.ts';
import { AIR_METRICS } from './metrics.ts';
import { AirModel } from './model.ts';
import { AIR_RULES, airSignals } from './signals.ts';
import type { AirStandards } from './standard.ts';

/** Ambient air: AQI of HJ 633 by the limits of GB 3095 in the edition of the data's day. */
export const airKind: Kind<AirStation, AirDetail, AirStandards> = {
  id: 'air',
  label: { zh: '环境空气', en: 'Ambient air' },
  metrics: AIR_METRICS,
  headline: ['pm25', 'o3', 'pm10', 'no2', 'so2', 'co'],
  periodMs: 5 * MINUTE_MS,
  live: (station, standards) => new LiveAirStation(station, standards),
  signals: airSignals,
  rules: AIR_RULES,
  editions: ({ editions }) => editions,
  explain: explainAir,
  marks: airMarks,
  days: airDays,
  model: (station, seed) => new AirModel(station, seed),
};
