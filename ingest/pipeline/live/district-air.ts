import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { AirDetail } from '@clearbay/domain/kinds/air/detail.ts';
import { countsForDistrict } from '@clearbay/domain/kinds/air/district.ts';
import { districtAssessment } from '@clearbay/domain/kinds/air/district-hour.ts';
import type { AirStandards } from '@clearbay/domain/kinds/air/standard.ts';
import type { StationLive } from './station-live.ts';

/** The district's air now: concentrations of the official stations in service averaged first, then the index. Null where none has a valid hour. */
export function districtAir(id: string, stations: readonly StationLive[], standards: AirStandards): Assessment | null {
  const members = stations
    .filter(({ station }) => station.kind === 'air' && countsForDistrict(station))
    .flatMap(({ assessment }) => (assessment === null ? [] : [assessment as Assessment<AirDetail>]));
  return districtAssessment(id, members, standards) ?? null;
}
