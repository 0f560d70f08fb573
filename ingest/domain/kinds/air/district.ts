import type { AirStation } from '../../district.ts';
import { approximate, type ExactMean, meanOfMeans } from '../../exact.ts';
import { type DayJudgement, type DayStatistics, judgeStatistics, type StationTerms } from './day.ts';
import type { EditionChoice } from './edition-choice.ts';
import type { HourTable } from './hour-table.ts';
import { type AirEdition, POLLUTANTS, type Pollutant } from './standard.ts';
import { judgeDays } from './year.ts';

/** Whether a station counts for the district: official and in service. */
export function countsForDistrict({ state, grade }: Pick<AirStation, 'state' | 'grade'>): boolean {
  return state === 'service' && grade === 'official';
}

/** Mean of the stations' means; undefined with fewer than the edition's share of the stations (by default any one will do). */
export function districtMean(
  members: readonly (ExactMean | null | undefined)[],
  stations: number,
  edition: AirEdition,
): ExactMean | undefined {
  const present = members.filter((mean) => mean !== null && mean !== undefined);
  if (present.length === 0 || present.length < stations * edition.assessment.minimumStationShare.value) return undefined;
  return meanOfMeans(present);
}

/**
 * District value of a day (HJ 663): the stations' concentrations are averaged first, then come IAQI and AQI; never a
 * mean of AQIs. A station without a valid value of a pollutant takes no part in that pollutant. Undefined for no stations.
 */
export function judgeDistrictDay(members: readonly DayJudgement[], edition: AirEdition): DayJudgement | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const means = {} as Record<Pollutant, ExactMean | null>;
  const validHours = {} as Record<Pollutant, number>;
  for (const pollutant of POLLUTANTS) {
    const values = members.map((day) => day.pollutants[pollutant].mean);
    means[pollutant] = districtMean(values, members.length, edition) ?? null;
    validHours[pollutant] = Math.max(...members.map((day) => day.pollutants[pollutant].validHours));
  }
  const maxHours = members.map((day) => day.ozoneMaxHour).filter((mean) => mean !== null);
  const statistics: DayStatistics = {
    means,
    validHours,
    ozone: {
      max: means.o3,
      largest: means.o3,
      windows: Math.max(...members.map((day) => day.ozone.windows)),
      windowEnd: worstWindowEnd(members),
    },
    ozoneMaxHour: meanOfMeans(maxHours) ?? null,
  };
  return judgeStatistics(statistics, first.start, edition, { notMonitored: notMonitoredAnywhere(members) });
}

/** District values of the days of [from, until) from the stations' hours, each day under its own edition. */
export function judgeDistrictDays(
  stations: readonly { readonly table: HourTable; readonly terms: StationTerms }[],
  span: { readonly from: number; readonly until: number },
  choose: EditionChoice,
): DayJudgement[] {
  const [first = [], ...others] = stations.map(({ table, terms }) => judgeDays(table, span, choose, terms));
  return first.flatMap((day, i) => {
    const members = [day, ...others.flatMap((days) => days[i] ?? [])];
    return judgeDistrictDay(members, day.edition) ?? [];
  });
}

function notMonitoredAnywhere(members: readonly DayJudgement[]): Pollutant[] {
  return POLLUTANTS.filter((pollutant) => members.every((day) => day.pollutants[pollutant].mark === '/'));
}

function worstWindowEnd(members: readonly DayJudgement[]): number | null {
  let worst: DayJudgement | undefined;
  for (const day of members) {
    if (day.ozone.max === null) continue;
    if (worst?.ozone.max == null || approximate(day.ozone.max) > approximate(worst.ozone.max)) worst = day;
  }
  return worst?.ozone.windowEnd ?? null;
}
