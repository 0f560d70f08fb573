import type { Mark } from './reading.ts';

/** Quality flags of one value, as bits. The raw value is never altered; flags decide what takes part in statistics. */
export const QUALITY = {
  /** Outside the metric's plausible range. */
  range: 1 << 0,
  /** Changed faster than the metric can. */
  rate: 1 << 1,
  /** Jumped away and back. */
  spike: 1 << 2,
  /** The same value for longer than nature allows. */
  stuck: 1 << 3,
  /** The device's clock is off. */
  clock: 1 << 4,
  /** Came later than the lateness window. */
  late: 1 << 5,
  /** Event time in the future beyond tolerance: stored, judged by nothing. */
  future: 1 << 6,
  /** No event time in the payload; the receive time stands in. */
  arrival: 1 << 7,
  /** The device marked it with F, M, S, D, C or B of HJ 212. */
  marked: 1 << 8,
  calibration: 1 << 9,
  maintenance: 1 << 10,
  /** Neighbours do not confirm it. */
  neighbour: 1 << 11,
  /** A person excluded it, with a reason. */
  excluded: 1 << 12,
  /** The device marked it T, above its range: kept and flagged. */
  overRange: 1 << 13,
} as const;

export type QualityFlag = keyof typeof QUALITY;

const EXCLUDING =
  QUALITY.range |
  QUALITY.spike |
  QUALITY.stuck |
  QUALITY.future |
  QUALITY.marked |
  QUALITY.calibration |
  QUALITY.maintenance |
  QUALITY.excluded;

/** Whether a value with these flags is kept out of means, indices and classes (it stays visible). */
export function isExcluded(flags: number): boolean {
  return (flags & EXCLUDING) !== 0;
}

/** Names of the flags that are set, in bit order. */
export function qualityNames(flags: number): QualityFlag[] {
  return (Object.keys(QUALITY) as QualityFlag[]).filter((name) => (flags & QUALITY[name]) !== 0);
}

/** Flags that follow from a device's own mark (HJ 212-2017, 数据标记): only N is clean, T is kept and flagged. */
export function markFlags(mark: Mark | undefined): number {
  if (mark === undefined || mark === 'N') return 0;
  return mark === 'T' ? QUALITY.overRange : QUALITY.marked;
}
