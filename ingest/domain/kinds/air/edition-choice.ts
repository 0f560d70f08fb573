import { editionById, editionFor } from '../../standards.ts';
import type { AirEdition, AirStandards } from './standard.ts';

/** Says which edition judges a local date (YYYY-MM-DD). */
export type EditionChoice = (date: string) => AirEdition;

/** The edition in force on each date, or always the one asked for by id. A name that no edition has is a RangeError with the names there are. */
export function chooseEdition(standards: AirStandards, id?: string): EditionChoice {
  if (id === undefined || id === 'by-date') return (date) => editionFor(standards.editions, date);
  const edition = editionById(standards.editions, id);
  if (edition === undefined) {
    const known = standards.editions.map((each) => each.id).join(', ');
    throw new RangeError(`no edition of the air standard is called ${id}; there are by-date, ${known}`);
  }
  return () => edition;
}
