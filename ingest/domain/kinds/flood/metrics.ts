import { DAY_MS } from '../../time.ts';
import type { MetricDescriptor } from '../kind.ts';

export const FLOOD_METRICS: readonly MetricDescriptor[] = [
  {
    id: 'level',
    label: { zh: '水位', en: 'water level' },
    unit: 'm',
    decimals: 2,
    range: [-50, 6000],
    // One metre a minute is the physical limit for an echo.
    maxRatePerHour: 60,
    resolution: 0.01,
    stuckAfterMs: 3 * DAY_MS,
    rollup: 'mean',
  },
  {
    id: 'distance',
    label: { zh: '传感器至水面距离', en: 'distance from sensor to water' },
    unit: 'm',
    decimals: 3,
    range: [0, 200],
    resolution: 0.001,
    rollup: 'mean',
  },
  {
    id: 'rainfall',
    label: { zh: '降水量', en: 'rainfall' },
    unit: 'mm',
    decimals: 1,
    // Since the last report: a day's report of the heaviest rain must pass.
    range: [0, 2000],
    resolution: 0.1,
    rollup: 'sum',
  },
  {
    id: 'flow',
    label: { zh: '流量', en: 'discharge' },
    unit: 'm³/s',
    decimals: 2,
    range: [-200_000, 200_000],
    resolution: 0.01,
    rollup: 'mean',
  },
  {
    id: 'voltage',
    label: { zh: '电源电压', en: 'supply voltage' },
    unit: 'V',
    decimals: 2,
    range: [0, 60],
    resolution: 0.01,
    rollup: 'last',
  },
];
