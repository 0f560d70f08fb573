import type { ParkingStation } from '../../district.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Kind } from '../kind.ts';
import { BayLotModel } from './bay-model.ts';
import { parkingDays } from './days.ts';
import type { ParkingDetail } from './detail.ts';
import { explainParking } from './explain.ts';
import { GateLotModel } from './gate-model.ts';
import { LiveLot } from './live.ts';
import { parkingMarks } from './marks.ts';
import { PARKING_METRICS } from './metrics.ts';
import { signPayload } from './sign.ts';
import { PARKING_RULES, parkingSignals } from './signals.ts';
import type { ParkingStandards } from './standards.ts';

/** Car parks whose bays or gates report. */
export const parkingKind: Kind<ParkingStation, ParkingDetail, ParkingStandards> = {
  id: 'parking',
  label: { zh: '停车', en: 'parking' },
  metrics: PARKING_METRICS,
  headline: ['free', 'entered', 'left'],
  periodMs: MINUTE_MS,
  live: (station, standards) => new LiveLot(station, standards),
  signals: parkingSignals,
  rules: PARKING_RULES,
  editions: ({ guidance }) => guidance,
  explain: explainParking,
  sign: signPayload,
  marks: parkingMarks,
  days: parkingDays,
  model: (station, seed) => (station.counting === 'bays' ? new BayLotModel(station, seed) : new GateLotModel(station, seed)),
};
