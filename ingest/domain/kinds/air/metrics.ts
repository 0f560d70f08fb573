import { HOUR_MS } from '../../time.ts';
import type { MetricDescriptor } from '../kind.ts';
import { POLLUTANT_NAMES, unitOf } from './pollutant-names.ts';
import type { Pollutant } from './standard.ts';

const DAY = 24 * HOUR_MS;

function pollutant(
  id: Pollutant,
  rest: Pick<MetricDescriptor, 'range' | 'maxRatePerHour' | 'resolution' | 'stuckAfterMs'>,
): MetricDescriptor {
  return { id, label: POLLUTANT_NAMES[id], unit: unitOf(id), decimals: id === 'co' ? 1 : 0, rollup: 'mean', ...rest };
}

/**
 * Metrics of an air station. Gases at 298.15 K and 1013.25 hPa, particles at actual conditions (GB 3095-2026, 4.3).
 * SO2 and CO sit at their detection limit for days in clean air, so their standing still proves nothing.
 */
export const AIR_METRICS: readonly MetricDescriptor[] = [
  pollutant('pm25', { range: [0, 2000], maxRatePerHour: 400, resolution: 0.1, stuckAfterMs: DAY }),
  pollutant('pm10', { range: [0, 10_000], maxRatePerHour: 1500, resolution: 0.1, stuckAfterMs: DAY }),
  pollutant('so2', { range: [0, 3000], maxRatePerHour: 500, resolution: 0.1 }),
  pollutant('no2', { range: [0, 4000], maxRatePerHour: 400, resolution: 0.1, stuckAfterMs: DAY }),
  pollutant('o3', { range: [0, 1500], maxRatePerHour: 250, resolution: 0.1, stuckAfterMs: DAY }),
  pollutant('co', { range: [0, 200], maxRatePerHour: 20, resolution: 0.01 }),
  weather('temperature', '气温', 'temperature', '°C', 1, [-30, 50], 0.1, 'mean', 15),
  weather('humidity', '相对湿度', 'humidity', '%', 0, [0, 100], 0.1, 'mean'),
  weather('pressure', '气压', 'pressure', 'hPa', 1, [870, 1090], 0.1, 'mean', 15),
  weather('wind_speed', '风速', 'wind speed', 'm/s', 1, [0, 75], 0.1, 'mean'),
  // A mean of directions is not the mean of their numbers, so an hour keeps its last one.
  weather('wind_direction', '风向', 'wind direction', '°', 0, [0, 360], 1, 'last'),
  weather('voc', '挥发性有机物', 'VOC', 'µg/m³', 0, [0, 20_000], 0.1, 'mean', 5000),
];

function weather(
  id: string,
  zh: string,
  en: string,
  unit: string,
  decimals: number,
  range: readonly [number, number],
  resolution: number,
  rollup: MetricDescriptor['rollup'],
  maxRatePerHour?: number,
): MetricDescriptor {
  const descriptor = { id, label: { zh, en }, unit, decimals, range, resolution, rollup };
  return maxRatePerHour === undefined ? descriptor : { ...descriptor, maxRatePerHour };
}
