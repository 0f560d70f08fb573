import type { TargetView } from '@clearbay/contract/api.ts';
import { formatNumber, formatShare } from './format.ts';

const isShare = (target: Pick<TargetView, 'unit'>): boolean => target.unit === '%' || target.unit === '';

/** A value of a target as printed: shares in percent with one decimal, means in their unit. */
export function targetValue(target: Pick<TargetView, 'unit'>, value: number | null): string {
  if (value === null) return '—';
  return isShare(target) ? formatShare(value) : `${formatNumber(value, 1)} ${target.unit}`;
}

/** The value asked for; a share must be reached, a mean must not be passed. */
export function targetGoal(target: Pick<TargetView, 'unit' | 'target'>): {
  readonly key: 'atLeast' | 'atMost';
  readonly value: string;
} {
  if (isShare(target))
    return { key: 'atLeast', value: formatShare(target.target, Number.isInteger(target.target * 100) ? 0 : 1) };
  return { key: 'atMost', value: `${target.target} ${target.unit}` };
}
