import type { AirStation } from '../../district.ts';
import type { MetricMark } from '../kind.ts';
import { chooseEdition } from './edition-choice.ts';
import { type AirStandards, type Averaging, limitOf, POLLUTANTS } from './standard.ts';

/** Averaging times whose limits a course of hours can be held against; a year's is not one of them. */
const DRAWN = [
  ['1h', { zh: '1 小时限值', en: '1 h limit' }],
  ['8h', { zh: '8 小时限值', en: '8 h limit' }],
  ['24h', { zh: '24 小时限值', en: '24 h limit' }],
] as const satisfies readonly (readonly [Averaging, MetricMark['label']])[];

/** Limits of GB 3095 for the class of the station's area, in the edition asked for or the one in force on a local date; none for what has no limit. */
export function airMarks(
  station: AirStation,
  metric: string,
  standards: AirStandards,
  date: string,
  asked?: string,
): MetricMark[] {
  const pollutant = POLLUTANTS.find((each) => each === metric);
  if (pollutant === undefined) return [];
  const edition = chooseEdition(standards, asked)(date);
  return DRAWN.flatMap(([averaging, label]) => {
    const value = limitOf(edition, pollutant, averaging, station.areaClass ?? 2);
    return value === undefined ? [] : [{ value, label, side: 'at-most' as const, edition: edition.label }];
  });
}
