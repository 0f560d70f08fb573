import type { TargetView } from '@clearbay/contract/api.ts';
import { roundHalfEven } from '@clearbay/domain/exact.ts';
import { formatNumber, formatShare } from './format.ts';

const isShare = (target: Pick<TargetView, 'unit'>): boolean => target.unit === '%' || target.unit === '';

/** A value of a target as printed, with one decimal by GB/T 8170: shares in percent, means in their unit. */
export function targetValue(target: Pick<TargetView, 'unit'>, value: number | null): string {
  if (value === null) return '—';
  const printed = formatNumber(roundHalfEven(isShare(target) ? value * 100 : value, 1), 1);
  return isShare(target) ? `${printed}%` : `${printed} ${target.unit}`;
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

/**
 * A margin as printed: which side of the target the value lies on and by how much, in percentage points or in the unit. One
 * decimal, more where the print would hide on which side.
 */
export function targetMargin(
  target: Pick<TargetView, 'unit'>,
  margin: number,
): { readonly side: 'kept' | 'missed' | 'exact'; readonly size: string; readonly isShare: boolean } {
  const size = Math.abs(isShare(target) ? margin * 100 : margin);
  let decimals = 1;
  while (decimals < 6 && size > 0 && Number(size.toFixed(decimals)) === 0) decimals += 1;
  return {
    side: margin === 0 ? 'exact' : margin > 0 ? 'kept' : 'missed',
    size: formatNumber(size, decimals),
    isShare: isShare(target),
  };
}
