import type { DrawnPoint } from './points.ts';

/** Rain of one span of time, (from, to], mm. */
export interface RainBar {
  readonly from: number;
  readonly to: number;
  readonly mm: number;
}

/** Start of the bar that a report labelled by its end belongs to. */
export type BarStart = (at: number) => number;

/** Sums reports of rain into bars; spans without a report give no bar, spans without rain one of 0. Excluded reports count nowhere. */
export function rainBars(reports: readonly DrawnPoint[], startOf: BarStart, widthMs: number): RainBar[] {
  const sums = new Map<number, number>();
  for (const { x, y, validCount } of reports) {
    const from = startOf(x);
    sums.set(from, (sums.get(from) ?? 0) + (validCount > 0 ? y * validCount : 0));
  }
  return [...sums].map(([from, mm]) => ({ from, to: from + widthMs, mm })).sort((a, b) => a.from - b.from);
}

/** Bars of a fixed width on round times. */
export function steadyStart(widthMs: number): BarStart {
  return (at) => (Math.ceil(at / widthMs) - 1) * widthMs;
}
