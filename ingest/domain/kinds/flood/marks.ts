import type { FloodStation } from '../../district.ts';
import type { MetricMark } from '../kind.ts';

/** The gauge's own warning and guaranteed levels, m above its datum. */
export function floodMarks({ lines }: FloodStation, metric: string): MetricMark[] {
  if (metric !== 'level') return [];
  return [
    { value: lines.warning, label: { zh: '警戒水位', en: 'warning level' }, side: 'at-most', edition: null },
    { value: lines.guaranteed, label: { zh: '保证水位', en: 'guaranteed level' }, side: 'at-most', edition: null },
  ];
}
