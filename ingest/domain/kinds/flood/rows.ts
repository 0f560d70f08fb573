import type { AlertLevel } from '../../alerts/signal.ts';
import { localDate } from '../../time.ts';
import { floodEditions } from './edition-choice.ts';
import { rainGrade } from './rain.ts';
import { distancesToLines, type FloodLines, type LineName, type Stage, stageOf } from './stages.ts';
import type { FloodStandards } from './standards.ts';

/** One row of a file: a level and rain totals with the station's lines. Everything may be missing. */
export interface FloodRow {
  /** Event time, epoch ms; chooses the edition, the newest where missing. */
  readonly at?: number;
  /** m above the station's datum. */
  readonly level?: number;
  readonly lines: FloodLines;
  /** Totals of 12 h and 24 h, mm. */
  readonly rain12?: number;
  readonly rain24?: number;
}

export interface FloodRowResult {
  readonly stage: Stage['code'];
  /** Warning level I to IV as 1 to 4; null where none holds or nothing can be said. */
  readonly level: AlertLevel | null;
  /** Colour of the level; null below the near-warning line or where nothing can be said. */
  readonly colour: string | null;
  readonly atLeast: boolean;
  /** m still to rise to each known line, negative above it. */
  readonly distances: Readonly<Partial<Record<LineName, number>>>;
  readonly grade12: string | null;
  readonly grade24: string | null;
  readonly edition: string;
}

/**
 * Judges one row by the same functions as the live system. A missing level gives stage `none`; a missing rain total no grade.
 * `edition` names an edition of the stages or of the rain grades; one that neither has is a RangeError.
 */
export function assessFloodRow(row: FloodRow, standards: FloodStandards, edition?: string): FloodRowResult {
  const { stages, grades } = floodEditions(standards, edition)(row.at === undefined ? '9999-12-31' : localDate(row.at));
  const stage = row.level === undefined ? undefined : stageOf(row.level, row.lines, stages);
  const distances = row.level === undefined ? [] : distancesToLines(row.level, row.lines);
  return {
    stage: stage?.code ?? 'none',
    level: stage?.level ?? null,
    colour: stage === undefined || stage.level === null ? null : stage.rating.colour,
    atLeast: stage?.atLeast ?? false,
    distances: Object.fromEntries(distances.map(({ line, distance }) => [line, distance])),
    grade12: rainGrade(row.rain12 ?? null, 12, grades)?.code ?? null,
    grade24: rainGrade(row.rain24 ?? null, 24, grades)?.code ?? null,
    edition: `${stages.label}; ${grades.label}`,
  };
}
