import { toMicro } from '../../exact.ts';
import { DAY_MS, MINUTE_MS, rainDayStart } from '../../time.ts';
import { type RainReport, slidingSum } from './rain.ts';
import type { AntecedentRain, MountainAction, MountainEdition, MountainSite, SoilState } from './standards.ts';

const RANK: Readonly<Record<MountainAction, number>> = { none: 0, prepare: 1, move: 2 };

function worse(a: MountainAction, b: MountainAction): MountainAction {
  return RANK[b] > RANK[a] ? b : a;
}

/**
 * Antecedent rain index Pa (前期影响雨量), mm: `Pa = k (Pa + P)` over the days before, oldest first, capped at the basin's
 * largest loss. `dailyRain` holds totals of hydrological days (08:00), oldest first; only the last `days` count. Null where a day is missing (null).
 */
export function antecedentRain(dailyRain: readonly (number | null)[], edition: MountainEdition): number | null {
  const { days, recession, maximumMm } = edition.antecedent;
  let index = 0;
  for (const rain of dailyRain.slice(-days)) {
    if (rain === null) return null;
    index = Math.min(maximumMm, recession * (index + rain));
  }
  return index;
}

/** Pa that holds at a moment: of its hydrological day, or of the one next to it while that is not summed yet or already over; null further off. */
export function antecedentAt(rain: AntecedentRain | undefined, at: number): number | null {
  if (rain === undefined) return null;
  return Math.abs(rainDayStart(at) - rain.day) <= DAY_MS ? rain.mm : null;
}

/** Soil state by antecedent rain; the assumed one where it is unknown. */
export function soilState(antecedentMm: number | null, edition: MountainEdition): SoilState {
  if (antecedentMm === null) return edition.assumedSoil;
  if (antecedentMm < edition.antecedent.dryBelowMm) return 'dry';
  return antecedentMm >= edition.antecedent.wetFromMm ? 'wet' : 'normal';
}

interface MountainWindowState {
  readonly hours: number;
  readonly mm: number | null;
  readonly prepareMm: number;
  readonly moveMm: number;
  readonly action: MountainAction;
}

export interface MountainJudgement {
  /** What the rain and level of this moment ask for. */
  readonly now: MountainAction;
  /** What holds: not stepped down until every window stayed below for the hold time. */
  readonly held: MountainAction;
  readonly soil: SoilState;
  readonly windows: readonly MountainWindowState[];
  /** When the water that the upstream gauge shows reaches the site, epoch ms; null while the gauge asks for nothing. */
  readonly arrivesAt: number | null;
}

function windowsAt(reports: readonly RainReport[], end: number, site: MountainSite, soil: SoilState): MountainWindowState[] {
  return site.thresholds[soil].map(({ hours, prepareMm, moveMm }) => {
    const { mm } = slidingSum(reports, end, hours);
    const reached = (threshold: number): boolean => mm !== null && toMicro(mm) >= toMicro(threshold);
    const action: MountainAction = reached(moveMm) ? 'move' : reached(prepareMm) ? 'prepare' : 'none';
    return { hours, mm, prepareMm, moveMm, action };
  });
}

function levelAction(level: number | null, site: MountainSite): MountainAction {
  if (level === null || site.gauge === undefined) return 'none';
  if (toMicro(level) >= toMicro(site.gauge.moveM)) return 'move';
  return toMicro(level) >= toMicro(site.gauge.prepareM) ? 'prepare' : 'none';
}

/**
 * Mountain-flood judgement of one site at `end` (SL 675, SL 767): any sliding window at its critical rainfall, or the gauge at its level, asks
 * for 准备转移 (prepare) or 立即转移 (move). A sliding sum grows only when a report comes, so looking at each
 * report of the hold time, and at its start, sees every moment. `levels` ascend in time, m.
 */
export function judgeMountainFlood(
  reports: readonly RainReport[],
  levels: readonly { readonly at: number; readonly level: number }[],
  end: number,
  site: MountainSite,
  soil: SoilState,
  edition: MountainEdition,
): MountainJudgement {
  const windows = windowsAt(reports, end, site, soil);
  const newest = levels.at(-1)?.level ?? null;
  const now = windows.reduce<MountainAction>((action, window) => worse(action, window.action), levelAction(newest, site));
  const holdStart = end - edition.holdMinutes * MINUTE_MS;
  let held = now;
  const wet = reports.filter((report) => report.valid && report.micro > 0);
  const moments = [holdStart, ...wet.filter((report) => report.at > holdStart && report.at < end).map((report) => report.at)];
  for (const moment of moments) {
    if (held === 'move') break;
    for (const window of windowsAt(wet, moment, site, soil)) held = worse(held, window.action);
  }
  const travelMs = (site.gauge?.travelMinutes ?? 0) * MINUTE_MS;
  // What the gauge showed is still on its way for the travel time.
  const levelStart = Math.min(holdStart, end - travelMs);
  let first: number | null = null;
  for (let index = levels.length - 1; index >= 0; index -= 1) {
    const sample = levels[index];
    if (sample === undefined || sample.at < levelStart) break;
    const action = levelAction(sample.level, site);
    if (action !== 'none') first = sample.at;
    held = worse(held, action);
  }
  return { now, held, soil, windows, arrivesAt: first === null ? null : first + travelMs };
}
