import { editionById, editionFor } from '../../standards.ts';
import type { FloodStandards, RainGradeEdition, StageEdition } from './standards.ts';

/** Says which editions judge a local date (YYYY-MM-DD). */
export type FloodEditionChoice = (date: string) => { readonly stages: StageEdition; readonly grades: RainGradeEdition };

/** The editions in force on each date; one asked for by id (of the stages or of the rain grades) always holds. A name that neither has is a RangeError with the names there are. */
export function floodEditions(standards: FloodStandards, id?: string): FloodEditionChoice {
  const asked = id === undefined || id === 'by-date' ? undefined : id;
  const stages = asked === undefined ? undefined : editionById(standards.stages, asked);
  const grades = asked === undefined ? undefined : editionById(standards.rainGrades, asked);
  if (asked !== undefined && stages === undefined && grades === undefined) {
    const known = [...standards.stages, ...standards.rainGrades].map((edition) => edition.id).join(', ');
    throw new RangeError(`no edition of the flood standards is called ${asked}; there are by-date, ${known}`);
  }
  return (date) => ({
    stages: stages ?? editionFor(standards.stages, date),
    grades: grades ?? editionFor(standards.rainGrades, date),
  });
}
