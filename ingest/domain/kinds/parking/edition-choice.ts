import { editionById, editionFor } from '../../standards.ts';
import type { GuidanceEdition, ParkingStandards } from './standards.ts';

/** Guidance edition in force on each date (YYYY-MM-DD), or always the one asked for. A name that no edition has is a RangeError with the names there are. */
export function guidanceEditions(standards: ParkingStandards, id?: string): (date: string) => GuidanceEdition {
  if (id === undefined || id === 'by-date') return (date) => editionFor(standards.guidance, date);
  const edition = editionById(standards.guidance, id);
  if (edition === undefined) {
    const known = standards.guidance.map((each) => each.id).join(', ');
    throw new RangeError(`no edition of parking guidance is called ${id}; there are by-date, ${known}`);
  }
  return () => edition;
}
