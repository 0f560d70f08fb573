import type { Assessment } from '../../assessment.ts';
import type { WaterStation } from '../../district.ts';
import { addMicro } from '../../exact.ts';
import { dateOf, dayStart } from '../../time.ts';
import type { DaySpan, HourSum } from '../kind.ts';
import { itemsOfClass } from './compliance.ts';
import { bitCount, daySlot, waterPeriodEnd } from './period.ts';
import { classRating, figureOf, judgementReason } from './rating.ts';
import { judgeMeans, type WaterJudgement } from './sample.ts';
import { type WaterEditions, type WaterStandards, waterEditions } from './standard.ts';
import { type TrophicIndex, trophicOf } from './trophic.ts';

/** What stands behind the class of one ended day. */
interface WaterDay {
  readonly judgement: WaterJudgement;
  /** Items left out for too few groups of samples. */
  readonly insufficient: readonly string[];
  /** Trophic index of the day's means; null for a river and where no chlorophyll has enough samples. */
  readonly trophic: TrophicIndex | null;
}

interface ItemDay {
  sumMicro: number;
  count: number;
  slots: number;
}

function judgeHours(hours: readonly HourSum[], start: number, station: WaterStation, editions: WaterEditions): WaterDay {
  const items = new Map<string, ItemDay>();
  for (const { metric, at, validCount, sumMicro } of hours) {
    const item = items.get(metric) ?? { sumMicro: 0, count: 0, slots: 0 };
    item.sumMicro = addMicro(item.sumMicro, sumMicro);
    item.count += validCount;
    item.slots |= daySlot(at, start, editions.method);
    items.set(metric, item);
  }
  const isValid = ({ slots }: ItemDay) => bitCount(slots) >= editions.method.settings.dayMinimumSlots;
  const mean = (metric: string) => {
    const item = items.get(metric);
    return item !== undefined && isValid(item) ? { mean: { sumMicro: item.sumMicro, count: item.count } } : undefined;
  };
  return {
    judgement: judgeMeans(mean, station.waterBody, editions),
    trophic: trophicOf((metric) => mean(metric)?.mean, station.waterBody, editions.method),
    insufficient: [...items].filter(([, item]) => !isValid(item)).map(([metric]) => metric),
  };
}

function assessDay(all: readonly HourSum[], start: number, station: WaterStation, editions: WaterEditions): Assessment<WaterDay> {
  const measured = all.filter((hour) => !hour.simulated);
  const taken = measured.length > 0 ? measured : all;
  const detail = judgeHours(taken, start, station, editions);
  return {
    kind: 'water',
    station: station.id,
    at: taken.reduce((newest, { at }) => Math.max(newest, at), start),
    start,
    end: waterPeriodEnd('day', start),
    level: 'day',
    edition: editions.limits.label,
    origin: measured.length > 0 ? 'measured' : 'simulated',
    rating: classRating(detail.judgement.classNo, station.targetClass, editions.method),
    figure: figureOf(detail.judgement),
    reason: judgementReason(detail.judgement, itemsOfClass(station.waterBody, editions)),
    detail,
  };
}

/**
 * Ended days of a station from its stored hours, with the same figures as live: a day mean needs 4 of 6 groups of
 * samples (setting). Simulated hours take no part on a day that has measured ones; a day without any value gives no
 * entry. Hours hold sums of pH, so a hydrogen mean of pH is not made here. Throws a RangeError for an unknown edition.
 */
export function waterDays(
  station: WaterStation,
  hours: readonly HourSum[],
  span: DaySpan,
  standards: WaterStandards,
  edition?: string,
): Assessment<WaterDay>[] {
  const byDay = new Map<number, HourSum[]>();
  for (const hour of hours) {
    const start = dayStart(hour.at);
    if (hour.validCount === 0 || start < span.from || start >= span.until) continue;
    const held = byDay.get(start);
    if (held === undefined) byDay.set(start, [hour]);
    else held.push(hour);
  }
  return [...byDay]
    .sort(([left], [right]) => left - right)
    .map(([start, all]) => assessDay(all, start, station, waterEditions(standards, dateOf(start), edition)));
}
