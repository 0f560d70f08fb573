import type { Assessment } from '../../assessment.ts';
import type { AirStation } from '../../district.ts';
import type { Origin } from '../../reading.ts';
import { DAY_MS, dateOf, dayStart, HOUR_MS } from '../../time.ts';
import type { DaySpan, HourSum } from '../kind.ts';
import type { DayJudgement } from './day.ts';
import { chooseEdition } from './edition-choice.ts';
import { indexReason, ratingOf } from './hour-assessment.ts';
import { hourTable, pollutantSlot } from './hour-table.ts';
import type { AirStandards } from './standard.ts';
import { judgeDays } from './year.ts';

/** What a judged day says besides its AQI: everything of the judgement but the edition's tables. */
export type AirDayDetail = Omit<DayJudgement, 'edition'> & { readonly editionId: string };

/** A judged day as an assessment; `at` is the end of the newest hour with a value. */
function dayAssessment(
  day: DayJudgement,
  of: { readonly station: string; readonly at: number; readonly origin: Origin },
): Assessment<AirDayDetail> {
  const { edition, ...detail } = day;
  return {
    kind: 'air',
    station: of.station,
    at: of.at,
    start: day.start,
    end: day.start + DAY_MS,
    level: 'day',
    edition: edition.label,
    origin: of.origin,
    rating: ratingOf(edition.index, day.aqi),
    figure: { metric: 'aqi', value: day.aqi, unit: '', decimals: 0 },
    reason: indexReason(day),
    detail: { ...detail, editionId: edition.id },
  };
}

interface DayFacts {
  at: number;
  origin: Origin;
}

/** Ended days of a station from its hours; a day without any valid value of the six pollutants has no entry. One simulated hour makes the day simulated. */
export function airDays(
  station: AirStation,
  hours: readonly HourSum[],
  span: DaySpan,
  standards: AirStandards,
  edition?: string,
): Assessment<AirDayDetail>[] {
  const choose = chooseEdition(standards, edition);
  const facts = new Map<number, DayFacts>();
  for (const { at, metric, validCount, simulated } of hours) {
    if (validCount === 0 || pollutantSlot(metric) === undefined) continue;
    const start = dayStart(at);
    const day = facts.get(start) ?? { at, origin: 'measured' };
    facts.set(start, { at: Math.max(at, day.at), origin: simulated ? 'simulated' : day.origin });
  }
  const table = hourTable(hours, { firstEnd: span.from + HOUR_MS, lastEnd: span.until }, choose(dateOf(span.from)).validity);
  return judgeDays(table, span, choose, station).flatMap((day) => {
    const own = facts.get(day.start);
    return own === undefined ? [] : [dayAssessment(day, { station: station.id, ...own })];
  });
}
