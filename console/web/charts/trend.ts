import { HOUR_MS } from '@clearbay/domain/time.ts';
import type { DrawnPoint } from './points.ts';

/** Fewer points than this make no trend. */
const LEAST_POINTS = 3;

/** Change per hour over the points of the last `spanMs`, by least squares; null with too few of them. Excluded points take no part. */
export function changePerHour(points: readonly DrawnPoint[], spanMs: number): number | null {
  const end = points.at(-1)?.x;
  if (end === undefined) return null;
  const recent = points.filter(({ x, y, validCount }) => x > end - spanMs && validCount > 0 && !Number.isNaN(y));
  if (recent.length < LEAST_POINTS) return null;
  const meanX = recent.reduce((sum, { x }) => sum + (x - end), 0) / recent.length;
  const meanY = recent.reduce((sum, { y }) => sum + y, 0) / recent.length;
  let above = 0;
  let below = 0;
  for (const { x, y } of recent) {
    above += (x - end - meanX) * (y - meanY);
    below += (x - end - meanX) ** 2;
  }
  return below === 0 ? null : (above / below) * HOUR_MS;
}
