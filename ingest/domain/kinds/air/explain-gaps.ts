import type { DerivationStep } from '../../derivation.ts';
import type { Text } from '../../text.ts';
import { HOUR_MS, hourEnd } from '../../time.ts';
import type { LeftOut } from './explain-inputs.ts';
import { type HourRow, type HourTable, hourIndex, minutesCovered, minutesNeeded, pollutantSlot } from './hour-table.ts';
import { eightHourMean } from './ozone.ts';
import { POLLUTANT_NAMES } from './pollutant-names.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';

/** Hours that have values and are not valid: minutes covered by END of the hour, for each pollutant that has any. */
export type ShortHours = ReadonlyMap<Pollutant, ReadonlyMap<number, number>>;

const WINDOW = 8;
const OZONE = POLLUTANTS.indexOf('o3');

/** The hours of the table whose values cover too little of the hour to count (GB 3095, table 4). */
export function shortHours(rows: readonly HourRow[], table: HourTable): ShortHours {
  const found = new Map<Pollutant, Map<number, number>>();
  for (const { metric, at, validCount, validMs } of [...rows].sort((a, b) => a.at - b.at)) {
    const slot = pollutantSlot(metric);
    const hour = hourIndex(table, at);
    if (slot === undefined || validCount === 0 || hour < 0 || hour >= table.length) continue;
    if (table.means[slot]?.[hour] !== undefined) continue;
    const pollutant = POLLUTANTS[slot] as Pollutant;
    const hours = found.get(pollutant) ?? new Map<number, number>();
    found.set(pollutant, hours.set(at, minutesCovered(validMs)));
  }
  return found;
}

/** Why the values of an hour with `minutes` of sampling take no part. */
export function shortReason(pollutant: Pollutant, minutes: number, edition: AirEdition): Text {
  const needed = minutesNeeded(POLLUTANTS.indexOf(pollutant), edition.validity);
  return {
    zh: `该小时只有 ${minutes} 分钟采样，不足 ${needed} 分钟`,
    en: `the hour has ${minutes} min of sampling, ${needed} are needed`,
  };
}

/** Leaves out the values of hours that are not valid. */
export function leftOutOf(short: ShortHours, edition: AirEdition): LeftOut {
  return (pollutant, at) => {
    const minutes = short.get(pollutant)?.get(hourEnd(at));
    return minutes === undefined ? undefined : shortReason(pollutant, minutes, edition);
  };
}

/** Local time of the END of an hour of the day that starts at `start`: 01:00 to 24:00. */
function clockOf(end: number, start: number): string {
  return `${String(Math.round((end - start) / HOUR_MS)).padStart(2, '0')}:00`;
}

/** Names a pollutant's hours of a day that have values and do not count; none where there is none. */
export function shortHourSteps(pollutant: Pollutant, short: ShortHours, start: number, edition: AirEdition): DerivationStep[] {
  const hours = [...(short.get(pollutant) ?? [])];
  if (hours.length === 0) return [];
  const needed = minutesNeeded(POLLUTANTS.indexOf(pollutant), edition.validity);
  const { zh, en } = POLLUTANT_NAMES[pollutant];
  const named = (minutes: string) => hours.map(([end, covered]) => `${clockOf(end, start)} (${covered} ${minutes})`);
  return [
    {
      text: {
        zh: `${zh}：不足 ${needed} 分钟而剔除的小时（以小时末计）：${named('分钟').join('、')}`,
        en: `${en}: hours left out with less than ${needed} min of sampling, by their end: ${named('min').join(', ')}`,
      },
      clause: `${edition.validity.standard}, ${edition.validity.clause}`,
      values: { hours: hours.map(([end]) => clockOf(end, start)).join(';'), neededMinutes: needed },
    },
  ];
}

/** The sliding 8-hour windows of O3 of a day that ended by `until`, by their end (local hour), and whether each is valid. */
function windowsOf(table: HourTable, start: number, until: number, edition: AirEdition): readonly (readonly [number, boolean])[] {
  const { firstEnd, lastEnd } = edition.assessment.ozoneDay;
  const first = hourIndex(table, start + HOUR_MS);
  const windows: (readonly [number, boolean])[] = [];
  for (let end = firstEnd; end <= lastEnd && start + end * HOUR_MS <= until; end += 1) {
    const mean = eightHourMean(table.means[OZONE] ?? [], first + end - 1, edition.validity);
    windows.push([end, mean !== undefined]);
  }
  return windows;
}

/** Names the ended 8-hour windows of O3 that have too few hours; none where there is none. */
export function windowSteps(table: HourTable, start: number, until: number, edition: AirEdition): DerivationStep[] {
  const ends = windowsOf(table, start, until, edition).flatMap(([end, valid]) =>
    valid ? [] : [clockOf(start + end * HOUR_MS, start)],
  );
  if (ends.length === 0) return [];
  const { zh, en } = POLLUTANT_NAMES.o3;
  const needed = edition.validity.eightHourHours;
  return [
    {
      text: {
        zh: `${zh}：有效小时不足 ${needed} 个而剔除的 8 小时窗口（以末时计）：${ends.join('、')}`,
        en: `${en}: 8-hour windows left out with fewer than ${needed} valid hours, by their end: ${ends.join(', ')}`,
      },
      clause: edition.assessment.clauses.ozoneDay,
      values: { windows: ends.join(';'), neededHours: needed },
    },
  ];
}

const NO_WINDOW: Text = { zh: '不在任何有效的 8 小时窗口内', en: 'lies in no valid 8-hour window' };

/** Leaves out valid hours of O3 of which every window has ended without being valid. */
export function outsideWindows(table: HourTable, start: number, until: number, edition: AirEdition): LeftOut {
  const windows = windowsOf(table, start, until, edition);
  const { firstEnd, lastEnd } = edition.assessment.ozoneDay;
  return (pollutant, at) => {
    if (pollutant !== 'o3') return undefined;
    const hour = Math.round((hourEnd(at) - start) / HOUR_MS);
    const all = Math.min(lastEnd, hour + WINDOW - 1) - Math.max(firstEnd, hour) + 1;
    const own = windows.filter(([end]) => end >= hour && end < hour + WINDOW);
    return own.length === all && own.every(([, valid]) => !valid) ? NO_WINDOW : undefined;
  };
}
