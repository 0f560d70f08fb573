import { approximate, type ExactMean, meanOfMeans } from '../../exact.ts';

/**
 * Percentile by linear interpolation (HJ 663): ascending x(1..n), k = 1 + (n − 1)·p/100, s = floor(k),
 * m = x(s) + (x(s+1) − x(s))·(k − s). `percent` is a whole number 0 to 100; undefined for no values.
 */
export function percentile(values: readonly ExactMean[], percent: number): ExactMean | undefined {
  const sorted = values.map((mean) => ({ mean, value: approximate(mean) })).sort((a, b) => a.value - b.value);
  const scaled = (sorted.length - 1) * percent;
  const below = Math.floor(scaled / 100);
  const weight = scaled - below * 100;
  const low = sorted[below]?.mean;
  if (low === undefined) return undefined;
  const high = sorted[below + 1]?.mean;
  if (weight === 0 || high === undefined) return low;
  // The weights are hundredths, so the value is the plain mean of 100 values, `weight` of them the upper one.
  return meanOfMeans(Array.from({ length: 100 }, (_, i) => (i < weight ? high : low)));
}
