import { toMicro } from '../../exact.ts';
import { isExcluded, markFlags, QUALITY } from '../../quality.ts';
import type { Origin, Reading } from '../../reading.ts';
import { HOUR_MS } from '../../time.ts';

/** 24 h of rain and two hours to spare for the report that covers the window's beginning. */
export const HELD_MS = 26 * HOUR_MS;

/** One report of one device, values null where absent. */
export interface GaugeReport {
  readonly at: number;
  readonly device: string;
  readonly rev: number;
  readonly receivedAt: number;
  readonly origin: Origin;
  readonly level: number | null;
  readonly levelFlags: number;
  /** Millionths of a millimetre. */
  readonly rainMicro: number | null;
  readonly rainFlags: number;
  readonly flow: number | null;
  readonly voltage: number | null;
}

function flagsOf(reading: Reading, metric: string): number {
  return (reading.quality?.[metric] ?? 0) | markFlags(reading.marks?.[metric]);
}

function clean(reading: Reading, metric: string): number | null {
  const value = reading.values[metric];
  return value === undefined || isExcluded(flagsOf(reading, metric)) ? null : value;
}

/** A reading as the gauge sees it; undefined where it is from the future or holds nothing of a gauge. */
export function gaugeReport(reading: Reading): GaugeReport | undefined {
  const levelFlags = flagsOf(reading, 'level');
  const rainFlags = flagsOf(reading, 'rainfall');
  if (Object.values(reading.quality ?? {}).some((flags) => (flags & QUALITY.future) !== 0)) return undefined;
  const { level = null, rainfall } = reading.values;
  const report: GaugeReport = {
    at: reading.at,
    device: reading.device,
    rev: reading.rev,
    receivedAt: reading.receivedAt,
    origin: reading.origin,
    level,
    levelFlags,
    rainMicro: rainfall === undefined ? null : toMicro(rainfall),
    rainFlags,
    flow: clean(reading, 'flow'),
    voltage: clean(reading, 'voltage'),
  };
  return report.level === null && report.rainMicro === null && report.flow === null && report.voltage === null
    ? undefined
    : report;
}

function order(a: GaugeReport, b: GaugeReport): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.device < b.device ? -1 : a.device > b.device ? 1 : 0;
}

const GREATER_FIRST = ['level', 'rainMicro', 'flow', 'voltage', 'levelFlags', 'rainFlags'] as const;

/** Of two reports of one identity the higher revision holds, then the one received first, then the higher figures: never the order of arrival. */
function replaces(next: GaugeReport, held: GaugeReport): boolean {
  if (next.rev !== held.rev) return next.rev > held.rev;
  if (next.receivedAt !== held.receivedAt) return next.receivedAt < held.receivedAt;
  for (const field of GREATER_FIRST) {
    const [one, other] = [next[field] ?? Number.NEGATIVE_INFINITY, held[field] ?? Number.NEGATIVE_INFINITY];
    if (one !== other) return one > other;
  }
  return false;
}

/** The reports of a station of the last 26 h before its newest, ascending in time, whatever order they came in. */
export class GaugeWindow {
  #reports: GaugeReport[] = [];
  #first = 0;

  /** Event time of the newest report; undefined before the first. */
  get newest(): number | undefined {
    return this.#reports.at(-1)?.at;
  }

  /** Inserts a report in its place; false where it is too old or changes nothing. */
  insert(report: GaugeReport): boolean {
    const newest = this.newest;
    if (newest !== undefined && report.at <= newest - HELD_MS) return false;
    let index = this.#reports.length;
    while (index > this.#first && order(this.#reports[index - 1] as GaugeReport, report) > 0) index -= 1;
    const held = this.#reports[index - 1];
    if (index > this.#first && held !== undefined && order(held, report) === 0) {
      if (!replaces(report, held)) return false;
      this.#reports[index - 1] = report;
      return true;
    }
    if (index === this.#reports.length) this.#reports.push(report);
    else this.#reports.splice(index, 0, report);
    this.#forget();
    return true;
  }

  clear(): void {
    this.#reports = [];
    this.#first = 0;
  }

  reports(): readonly GaugeReport[] {
    if (this.#first > 0) {
      this.#reports.splice(0, this.#first);
      this.#first = 0;
    }
    return this.#reports;
  }

  #forget(): void {
    const from = (this.newest as number) - HELD_MS;
    while ((this.#reports[this.#first] as GaugeReport).at <= from) this.#first += 1;
    // Shifting the array for every report would cost more than the few dead ones.
    if (this.#first > 512) this.reports();
  }
}
