import type { WaterBody } from '../../district.ts';
import { type ExactMean, toMicro } from '../../exact.ts';
import { classOfItem, isSaturated, itemTable, type JudgedItem } from './items.ts';
import { waterMetric } from './metrics.ts';
import type { WaterEditions } from './standard.ts';

/** h = the larger of the margin and two steps of the instrument, millionths. */
function hysteresis(metric: string, span: number, percent: number): number {
  return Math.max((span * percent) / 100, 2 * toMicro(waterMetric(metric)?.resolution ?? 0));
}

function clears(
  item: JudgedItem,
  value: ExactMean,
  temperature: ExactMean | undefined,
  target: number,
  percent: number,
): boolean {
  const micro = value.sumMicro / value.count;
  if (item.rule === 'within') {
    const margin = hysteresis(item.metric, item.high - item.low, percent);
    return micro >= item.low + margin && micro <= item.high - margin;
  }
  const limit = item.limits[target - 1];
  if (limit === undefined) return classOfItem(item, value, temperature) <= target;
  const margin = hysteresis(item.metric, limit, percent);
  if (item.rule === 'at-most') return micro < limit - margin;
  return micro > limit + margin || (target === 1 && item.saturation && isSaturated(value, temperature, percent / 100));
}

/**
 * Whether every item keeps the limit of the target class with a margin (3 %, or two instrument steps; the sign is
 * reversed for dissolved oxygen, pH must be inside its band by 3 % of the band): the clear condition of an alert.
 * The last value of an item whose data stopped still counts, because silence is no recovery. False without any item.
 */
export function clearsTarget(
  values: (metric: string) => ExactMean | undefined,
  target: number,
  body: WaterBody,
  editions: WaterEditions,
): boolean {
  const percent = editions.method.settings.clearMarginPercent;
  let any = false;
  for (const item of itemTable(editions, body).classed) {
    const value = values(item.metric);
    if (value === undefined) continue;
    any = true;
    if (!clears(item, value, values('temperature'), target, percent)) return false;
  }
  return any;
}
