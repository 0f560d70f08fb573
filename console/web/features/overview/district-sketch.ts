import type { Text } from '@clearbay/domain/text.ts';
import type { Extent } from './plate-layout.ts';

type Line = readonly (readonly [lon: number, lat: number])[];

/** Waters of 泉州台商投资区 drawn by hand: a sketch to find one's way, no survey. */
export const SKETCH: {
  readonly covers: Extent;
  readonly sea: Line;
  readonly lakes: readonly Line[];
  readonly rivers: readonly { readonly name: Text; readonly line: Line; readonly width: number }[];
  readonly labels: readonly { readonly name: Text; readonly at: readonly [lon: number, lat: number] }[];
} = {
  covers: { west: 118.6, east: 118.97, south: 24.79, north: 25.04 },
  sea: [
    [118.6, 24.9],
    [118.655, 24.898],
    [118.672, 24.912],
    [118.684, 24.9],
    [118.7, 24.884],
    [118.716, 24.874],
    [118.738, 24.866],
    [118.762, 24.862],
    [118.786, 24.864],
    [118.806, 24.858],
    [118.832, 24.86],
    [118.852, 24.862],
    [118.868, 24.858],
    [118.878, 24.863],
    [118.892, 24.86],
    [118.904, 24.872],
    [118.92, 24.884],
    [118.93, 24.91],
    [118.97, 24.93],
    [118.97, 24.79],
    [118.6, 24.79],
  ],
  lakes: [
    [
      [118.738, 24.889],
      [118.743, 24.894],
      [118.751, 24.895],
      [118.757, 24.892],
      [118.755, 24.887],
      [118.747, 24.885],
    ],
  ],
  rivers: [
    {
      name: { zh: '洛阳江', en: 'Luoyang River' },
      width: 7,
      line: [
        [118.655, 25.04],
        [118.662, 24.99],
        [118.671, 24.957],
        [118.676, 24.935],
        [118.672, 24.91],
      ],
    },
    {
      name: { zh: '黄塘溪', en: 'Huangtang Stream' },
      width: 4,
      line: [
        [118.69, 25.04],
        [118.707, 24.971],
        [118.74, 24.953],
        [118.79, 24.95],
        [118.824, 24.937],
        [118.848, 24.905],
        [118.866, 24.88],
        [118.878, 24.863],
      ],
    },
  ],
  labels: [
    { name: { zh: '洛阳江', en: 'Luoyang R.' }, at: [118.66, 24.982] },
    { name: { zh: '黄塘溪', en: 'Huangtang Str.' }, at: [118.765, 24.958] },
    { name: { zh: '泉州湾', en: 'Quanzhou Bay' }, at: [118.77, 24.852] },
  ],
};

/** Whether the sketch shows these positions; another district is drawn without it. */
export function sketchCovers(extent: Extent): boolean {
  const { covers } = SKETCH;
  return extent.west >= covers.west && extent.east <= covers.east && extent.south >= covers.south && extent.north <= covers.north;
}
