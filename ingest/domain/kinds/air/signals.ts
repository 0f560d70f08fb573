import type { AlertLevel, Signal, SignalRule } from '../../alerts/signal.ts';
import type { Assessment } from '../../assessment.ts';
import type { AirStation } from '../../district.ts';
import type { AirDetail } from './detail.ts';

/** An hourly mean is already an hour's patience; it neither opens nor ends later than the hour itself. */
export const AIR_RULES: readonly SignalRule[] = [
  { id: 'air-category', label: { zh: '空气质量超标', en: 'Air quality category' }, forMs: 0, clearForMs: 0 },
];

const LEVELS: readonly (readonly [over: number, level: AlertLevel])[] = [
  [300, 1],
  [200, 2],
  [150, 3],
  [100, 4],
];
const LOWEST = 100;
const HYSTERESIS = 0.03;

/**
 * One signal on the hourly AQI: above 100 level IV, 150 III, 200 II, 300 I; clear only below 97 (3 % under the lowest
 * line). NA and no data neither raise nor clear.
 */
export function airSignals(assessment: Assessment<AirDetail>, station: AirStation): Signal[] {
  const { aqi } = assessment.detail;
  if (assessment.at === null) return [];
  const crossed = aqi === null ? undefined : LEVELS.find(([over]) => aqi > over);
  const { rating, reason } = assessment;
  return [
    {
      rule: 'air-category',
      station: station.id,
      metric: 'aqi',
      at: assessment.end,
      level: crossed?.[1] ?? null,
      clear: aqi !== null && aqi < LOWEST * (1 - HYSTERESIS),
      value: aqi,
      threshold: crossed?.[0] ?? LOWEST,
      unit: '',
      text: {
        zh: `小时 AQI ${aqi ?? 'NA'}，${rating.text.zh}，${reason.zh}`,
        en: `hourly AQI ${aqi ?? 'NA'}, ${rating.text.en}, ${reason.en}`,
      },
    },
  ];
}
