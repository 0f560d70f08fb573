import type { MetricDescriptor } from '../kind.ts';

export const PARKING_METRICS: readonly MetricDescriptor[] = [
  {
    id: 'free',
    label: { zh: '空余泊位', en: 'free bays' },
    unit: '',
    decimals: 0,
    // Counters drift below zero and above the capacity: kept and clamped, not refused.
    range: [-1000, 100_000],
    resolution: 1,
    rollup: 'mean',
  },
  {
    id: 'occupied',
    label: { zh: '泊位占用', en: 'bay occupied' },
    unit: '',
    decimals: 0,
    range: [0, 1],
    resolution: 1,
    perBay: true,
    rollup: 'mean',
  },
  {
    id: 'entered',
    label: { zh: '驶入车辆', en: 'vehicles entered' },
    unit: '',
    decimals: 0,
    range: [0, 10_000],
    resolution: 1,
    rollup: 'sum',
  },
  {
    id: 'left',
    label: { zh: '驶出车辆', en: 'vehicles left' },
    unit: '',
    decimals: 0,
    range: [0, 10_000],
    resolution: 1,
    rollup: 'sum',
  },
  {
    id: 'charging',
    label: { zh: '充电中', en: 'charging' },
    unit: '',
    decimals: 0,
    range: [0, 1],
    resolution: 1,
    perBay: true,
    rollup: 'mean',
  },
];
