import type { AlertLevel } from '../../alerts/signal.ts';
import { addMicro, fromMicro, roundToUnits, toMicro } from '../../exact.ts';
import type { Text } from '../../text.ts';
import { HOUR_MS, rainDayStart } from '../../time.ts';
import type { RainGradeEdition, RainGradeStep, RainSignalEdition, RainSignalStep } from './standards.ts';

/** Rain of one report in millionths of a millimetre; it fell after the report before and up to `at`. */
export interface RainReport {
  readonly at: number;
  readonly micro: number;
  /** False where the value is kept out (flags): its rain is unknown. */
  readonly valid: boolean;
}

export interface RainSum {
  readonly hours: number;
  /** Exact total of the reports in (end − hours, end], mm; null without any report. */
  readonly mm: number | null;
  /** False: the window begins before the first report or has a kept-out one, the true total may be larger. */
  readonly complete: boolean;
}

/** Exact sum of the valid reports in (start, end], and whether reports cover the whole of it. Reports ascend in time. */
function sumBetween(
  reports: readonly RainReport[],
  start: number,
  end: number,
): { micro: number; count: number; complete: boolean } {
  let micro = 0;
  let count = 0;
  let whole = true;
  for (let index = reports.length - 1; index >= 0; index -= 1) {
    const report = reports[index] as RainReport;
    if (report.at > end) continue;
    if (report.at <= start) return { micro, count, complete: whole };
    if (report.valid) {
      micro = addMicro(micro, report.micro);
      count += 1;
    } else whole = false;
  }
  return { micro, count, complete: false };
}

/** Total of the reports in (end − hours, end], mm: sliding, never clock hours. `hours` may be a fraction. */
export function slidingSum(reports: readonly RainReport[], end: number, hours: number): RainSum {
  const { micro, count, complete } = sumBetween(reports, end - Math.round(hours * HOUR_MS), end);
  return { hours, mm: count === 0 ? null : fromMicro(micro), complete };
}

/** Sliding totals of several windows, each as `slidingSum` gives it, in one pass over the reports. In ascending order of hours, each once. */
export function slidingSums(reports: readonly RainReport[], end: number, windows: readonly number[]): RainSum[] {
  const sums: RainSum[] = [];
  let micro = 0;
  let count = 0;
  let whole = true;
  let index = reports.length - 1;
  for (const hours of [...new Set(windows)].sort((a, b) => a - b)) {
    const start = end - Math.round(hours * HOUR_MS);
    for (; index >= 0 && (reports[index] as RainReport).at > start; index -= 1) {
      const report = reports[index] as RainReport;
      if (report.at > end) continue;
      if (report.valid) {
        micro = addMicro(micro, report.micro);
        count += 1;
      } else whole = false;
    }
    sums.push({ hours, mm: count === 0 ? null : fromMicro(micro), complete: whole && index >= 0 });
  }
  return sums;
}

export interface RainDay {
  /** 08:00 that the hydrological day began, epoch ms. */
  readonly start: number;
  readonly mm: number | null;
  readonly complete: boolean;
}

/** Rain since 08:00 up to `end` (日降水量, day of 08:00 to 08:00); a report of 08:00 itself belongs to the day that ends. */
export function rainDaySum(reports: readonly RainReport[], end: number): RainDay {
  const start = rainDayStart(end);
  const { micro, count, complete } = sumBetween(reports, start, end);
  return { start, mm: count === 0 ? null : fromMicro(micro), complete };
}

export interface RainGrade {
  readonly code: string;
  readonly rank: number;
  readonly text: Text;
}

const DRY: RainGrade = { code: 'dry', rank: 0, text: { zh: '无降水', en: 'no rain' } };

/**
 * Grade of a 12 h or 24 h total (mm) by GB/T 28592, after rounding to 0.1 mm (GB/T 8170). Exactly 0 is no rain; above 0 and
 * below 0.1 is a trace. Null for a missing total; other periods have no grade in the standard.
 */
export function rainGrade(mm: number | null, hours: 12 | 24, edition: RainGradeEdition): RainGrade | null {
  if (mm === null || mm < 0) return null;
  const micro = toMicro(mm);
  if (micro === 0) return DRY;
  const tenths = roundToUnits({ sumMicro: micro, count: 1 }, 1);
  let found: RainGradeStep | undefined;
  for (const grade of edition.grades) {
    if (tenths >= Math.round((hours === 12 ? grade.from12 : grade.from24) * 10)) found = grade;
  }
  return found === undefined ? null : { code: found.code, rank: found.rank, text: found.text };
}

export interface RainSignal {
  /** Most severe signal reached; null for none. */
  readonly reached: RainSignalStep | null;
  /** The sum that decides: of the signal reached, else of the signal nearest to its threshold. Null without rain reports. */
  readonly deciding: {
    readonly hours: number;
    readonly mm: number;
    readonly threshold: number;
    readonly level: AlertLevel;
  } | null;
  /** Every window is completely covered and below its threshold less the hysteresis. */
  readonly clear: boolean;
}

/** Rainstorm warning signal (暴雨预警信号) of sliding totals that end at one moment; at the threshold it is reached. A window without total says nothing and does not clear. */
export function rainSignal(totals: readonly RainSum[], edition: RainSignalEdition): RainSignal {
  const sums = edition.signals.map((step) => ({ step, sum: totals.find(({ hours }) => hours === step.hours) }));
  let reached: RainSignalStep | null = null;
  let nearest: { step: RainSignalStep; mm: number } | null = null;
  let clear = sums.length > 0;
  for (const { step, sum } of sums) {
    if (sum === undefined || sum.mm === null || !sum.complete) clear = false;
    if (sum === undefined || sum.mm === null) continue;
    if (toMicro(sum.mm) >= toMicro(step.mm * (1 - edition.hysteresisShare))) clear = false;
    const over = toMicro(sum.mm) >= toMicro(step.mm);
    if (over && (reached === null || step.level < reached.level)) {
      reached = step;
      nearest = { step, mm: sum.mm };
    } else if (reached === null && (nearest === null || sum.mm / step.mm > nearest.mm / nearest.step.mm)) {
      nearest = { step, mm: sum.mm };
    }
  }
  const deciding =
    nearest === null
      ? null
      : { hours: nearest.step.hours, mm: nearest.mm, threshold: nearest.step.mm, level: nearest.step.level };
  return { reached, deciding, clear };
}
