import { type Assessment, NO_RATING } from '../../assessment.ts';
import type { FloodStation } from '../../district.ts';
import { addMicro, fromMicro } from '../../exact.ts';
import type { Text } from '../../text.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS } from '../../time.ts';
import type { DaySpan, HourSum } from '../kind.ts';
import { floodEditions } from './edition-choice.ts';
import { type RainGrade, rainGrade } from './rain.ts';
import { stageOf } from './stages.ts';
import type { FloodStandards } from './standards.ts';

/** Rain of 24 hours, mm, and how many of the hours have reports; null without any. */
interface DayRain {
  readonly mm: number | null;
  readonly hours: number;
}

export interface FloodDay {
  /** Highest and lowest valid level of the natural day, m, and the END of the hour of the highest. */
  readonly highest: { readonly level: number; readonly hour: number } | null;
  readonly lowest: number | null;
  /** Hours with a valid level. */
  readonly levelHours: number;
  /** Rain of the hydrological day that begins at 08:00 of this date. */
  readonly rain: DayRain;
  readonly grade: RainGrade | null;
}

function levelsOf(hours: readonly HourSum[]): Pick<FloodDay, 'highest' | 'lowest' | 'levelHours'> {
  let highest: FloodDay['highest'] = null;
  let lowest: number | null = null;
  let levelHours = 0;
  for (const { metric, at, min, max } of hours) {
    if (metric !== 'level' || min === null || max === null) continue;
    levelHours += 1;
    if (highest === null || max > highest.level) highest = { level: max, hour: at };
    lowest = lowest === null ? min : Math.min(lowest, min);
  }
  return { highest, lowest, levelHours };
}

function rainOf(hours: readonly HourSum[]): DayRain {
  let micro = 0;
  const seen = new Set<number>();
  for (const { metric, at, validCount, sumMicro } of hours) {
    if (metric !== 'rainfall' || validCount === 0) continue;
    micro = addMicro(micro, sumMicro);
    seen.add(at);
  }
  return { mm: seen.size === 0 ? null : fromMicro(micro), hours: seen.size };
}

function reasonOf(day: FloodDay): Text {
  const zh: string[] = [];
  const en: string[] = [];
  if (day.highest !== null) {
    zh.push(`最高水位 ${day.highest.level.toFixed(2)} 米`);
    en.push(`highest level ${day.highest.level.toFixed(2)} m`);
  }
  if (day.rain.mm !== null) {
    const partly = day.rain.hours < 24;
    zh.push(`日降水量${partly ? '至少' : ''} ${day.rain.mm.toFixed(1)} 毫米`);
    en.push(`${partly ? 'at least ' : ''}${day.rain.mm.toFixed(1)} mm of rain from 08:00`);
  }
  return { zh: zh.join('，'), en: en.join(', ') };
}

function grouped(hours: readonly HourSum[], startOf: (at: number) => number): Map<number, HourSum[]> {
  const days = new Map<number, HourSum[]>();
  for (const hour of hours) {
    const start = startOf(hour.at);
    const day = days.get(start);
    if (day === undefined) days.set(start, [hour]);
    else day.push(hour);
  }
  return days;
}

/**
 * Judges ended natural days from their hours: the stage of the highest level, and the rain of the hydrological day that begins at 08:00 of the date
 * (its last hours lie in the next date; a span's last day holds what is there, with the hours counted). An edition that does not exist throws.
 */
export function floodDays(
  station: FloodStation,
  hours: readonly HourSum[],
  span: DaySpan,
  standards: FloodStandards,
  edition?: string,
): Assessment<FloodDay>[] {
  const choose = floodEditions(standards, edition);
  const natural = grouped(hours, dayStart);
  const hydrological = grouped(hours, (at) => dayStart(at - 8 * HOUR_MS));
  const judged: Assessment<FloodDay>[] = [];
  for (let start = span.from; start < span.until; start += DAY_MS) {
    const inDay = natural.get(start) ?? [];
    const rain = rainOf(hydrological.get(start) ?? []);
    const levels = levelsOf(inDay);
    if (levels.highest === null && rain.mm === null) continue;
    const { stages, grades } = choose(dateOf(start));
    const nearM = standards.overrides[station.id]?.nearWarningM ?? stages.nearWarningM;
    const detail: FloodDay = { ...levels, rain, grade: rainGrade(rain.mm, 24, grades) };
    judged.push({
      kind: 'flood',
      station: station.id,
      at: inDay.at(-1)?.at ?? null,
      start,
      end: start + DAY_MS,
      level: 'day',
      edition: `${stages.label}; ${grades.label}`,
      origin: inDay.some(({ simulated }) => simulated) ? 'simulated' : 'measured',
      rating: levels.highest === null ? NO_RATING : stageOf(levels.highest.level, station.lines, stages, nearM).rating,
      figure: { metric: 'level', value: levels.highest?.level ?? null, unit: 'm', decimals: 2 },
      reason: reasonOf(detail),
      detail,
    });
  }
  return judged;
}
