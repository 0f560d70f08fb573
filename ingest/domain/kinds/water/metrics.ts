import type { Text } from '../../text.ts';
import { HOUR_MS } from '../../time.ts';
import type { MetricDescriptor } from '../kind.ts';

/** An analyser that repeats one value over six rounds of four hours is stuck. */
const ANALYSER_STUCK_MS = 24 * HOUR_MS;
/** Probes vary from minute to minute; half a day of one value is a fault. */
const PROBE_STUCK_MS = 12 * HOUR_MS;

function analysed(
  id: string,
  label: Text,
  decimals: number,
  highest: number,
  more: Partial<MetricDescriptor> = {},
): MetricDescriptor {
  return { id, label, unit: 'mg/L', decimals, range: [0, highest], resolution: 10 ** -decimals, rollup: 'mean', ...more };
}

/** Every metric of the kind: the nine parameters of HJ 915-2017, then the other items of GB 3838 and what the trophic index needs. */
export const waterMetrics: readonly MetricDescriptor[] = [
  analysed('temperature', { zh: '水温', en: 'water temperature' }, 1, 45, {
    unit: '°C',
    range: [-2, 45],
    maxRatePerHour: 10,
    stuckAfterMs: 24 * HOUR_MS,
  }),
  analysed('ph', { zh: 'pH 值', en: 'pH' }, 2, 14, { unit: '', maxRatePerHour: 2, stuckAfterMs: PROBE_STUCK_MS }),
  analysed('dissolved_oxygen', { zh: '溶解氧', en: 'dissolved oxygen' }, 2, 25, {
    maxRatePerHour: 6,
    stuckAfterMs: PROBE_STUCK_MS,
  }),
  analysed('conductivity', { zh: '电导率', en: 'conductivity' }, 1, 60_000, {
    unit: 'µS/cm',
    stuckAfterMs: PROBE_STUCK_MS,
  }),
  analysed('turbidity', { zh: '浊度', en: 'turbidity' }, 1, 4000, { unit: 'NTU', stuckAfterMs: PROBE_STUCK_MS }),
  analysed('codmn', { zh: '高锰酸盐指数', en: 'permanganate index' }, 2, 100, { stuckAfterMs: ANALYSER_STUCK_MS }),
  analysed('nh3n', { zh: '氨氮', en: 'ammonia nitrogen' }, 3, 100, { stuckAfterMs: ANALYSER_STUCK_MS }),
  analysed('tp', { zh: '总磷', en: 'total phosphorus' }, 3, 50, { stuckAfterMs: ANALYSER_STUCK_MS }),
  analysed('tn', { zh: '总氮', en: 'total nitrogen' }, 2, 100, { stuckAfterMs: ANALYSER_STUCK_MS }),
  analysed('cod', { zh: '化学需氧量', en: 'chemical oxygen demand' }, 1, 1000),
  analysed('bod5', { zh: '五日生化需氧量', en: 'five-day biochemical oxygen demand' }, 1, 500),
  analysed('copper', { zh: '铜', en: 'copper' }, 4, 50),
  analysed('zinc', { zh: '锌', en: 'zinc' }, 4, 50),
  analysed('fluoride', { zh: '氟化物', en: 'fluoride' }, 3, 50),
  analysed('selenium', { zh: '硒', en: 'selenium' }, 5, 5),
  analysed('arsenic', { zh: '砷', en: 'arsenic' }, 5, 10),
  analysed('mercury', { zh: '汞', en: 'mercury' }, 6, 1),
  analysed('cadmium', { zh: '镉', en: 'cadmium' }, 5, 10),
  analysed('chromium_vi', { zh: '铬（六价）', en: 'chromium (VI)' }, 4, 50),
  analysed('lead', { zh: '铅', en: 'lead' }, 4, 50),
  analysed('cyanide', { zh: '氰化物', en: 'cyanide' }, 4, 50),
  analysed('volatile_phenol', { zh: '挥发酚', en: 'volatile phenol' }, 4, 50),
  analysed('petroleum', { zh: '石油类', en: 'petroleum' }, 3, 500),
  analysed('anionic_surfactant', { zh: '阴离子表面活性剂', en: 'anionic surfactant' }, 3, 50),
  analysed('sulphide', { zh: '硫化物', en: 'sulphide' }, 3, 100),
  analysed('faecal_coliforms', { zh: '粪大肠菌群', en: 'faecal coliforms' }, 0, 1e8, { unit: '/L' }),
  analysed('sulphate', { zh: '硫酸盐', en: 'sulphate' }, 1, 10_000),
  analysed('chloride', { zh: '氯化物', en: 'chloride' }, 1, 30_000),
  analysed('nitrate', { zh: '硝酸盐（以 N 计）', en: 'nitrate (as N)' }, 2, 500),
  analysed('iron', { zh: '铁', en: 'iron' }, 3, 100),
  analysed('manganese', { zh: '锰', en: 'manganese' }, 3, 100),
  analysed('chlorophyll_a', { zh: '叶绿素 a', en: 'chlorophyll a' }, 1, 2000, { unit: 'µg/L' }),
  analysed('transparency', { zh: '透明度', en: 'transparency' }, 2, 30, { unit: 'm' }),
  analysed('algae_density', { zh: '藻密度', en: 'algae density' }, 0, 1e9, { unit: 'cells/L' }),
];

const BY_ID = new Map(waterMetrics.map((metric) => [metric.id, metric]));

/** Descriptor of a metric; undefined where the kind has none of that name. */
export function waterMetric(id: string): MetricDescriptor | undefined {
  return BY_ID.get(id);
}

/** Name of an item for people; the id itself where it is unknown. */
export function itemLabel(id: string): Text {
  return BY_ID.get(id)?.label ?? { zh: id, en: id };
}
