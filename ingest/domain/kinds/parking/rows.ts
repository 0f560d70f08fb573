import { localDate } from '../../time.ts';
import { countGates, isReliable, type LotCount, occupancyOf } from './count.ts';
import { guidanceEditions } from './edition-choice.ts';
import { classify, stepOf } from './guidance.ts';
import type { GuidanceCode, ParkingStandards } from './standards.ts';

/** One row of a file: free or occupied bays of a lot with its capacity. */
export interface ParkingRow {
  /** Event time, epoch ms; chooses the edition, the newest where missing. */
  readonly at?: number | undefined;
  readonly capacity?: number | undefined;
  readonly free?: number;
  readonly occupied?: number;
  readonly unknown?: number;
  readonly closed?: number;
}

export interface ParkingRowResult {
  /** 0 to 1 of the open bays; null where free and occupied, or the capacity, are missing. */
  readonly occupancy: number | null;
  readonly free: number | null;
  /** Bays taken, and bays in use with a known state: what `occupancy` is made of. */
  readonly occupied: number | null;
  readonly open: number | null;
  /** Level without damping; `none` where nothing can be said or too many bays are unknown. */
  readonly guidance: GuidanceCode | 'none';
  readonly colour: string | null;
  /** What had to be clamped into 0 and the open bays; 0 where the row was consistent. */
  readonly clamped: number;
  readonly edition: string;
}

function countOf(row: ParkingRow): LotCount | undefined {
  const { capacity, closed = 0, unknown = 0 } = row;
  if (capacity === undefined || !(capacity > 0)) return undefined;
  const open = Math.max(0, capacity - closed - unknown);
  const rawFree = row.free ?? (row.occupied === undefined ? undefined : open - row.occupied);
  if (rawFree === undefined) return undefined;
  const count = countGates(capacity - unknown, closed, rawFree);
  return { ...count, capacity, unknown };
}

/** Judges one row by the same functions as the live system, without memory. `edition` names an edition; one that does not exist throws. */
export function assessParkingRow(row: ParkingRow, standards: ParkingStandards, edition?: string): ParkingRowResult {
  const chosen = guidanceEditions(standards, edition)(row.at === undefined ? '9999-12-31' : localDate(row.at));
  const count = countOf(row);
  if (count === undefined) {
    return {
      occupancy: null,
      free: null,
      occupied: null,
      open: null,
      guidance: 'none',
      colour: null,
      clamped: 0,
      edition: chosen.label,
    };
  }

  const hidden = !isReliable(count, chosen.unknownHidesShare);
  const code = hidden ? undefined : classify(count.free, count.open, chosen);
  return {
    occupancy: occupancyOf(count),
    free: count.free,
    occupied: count.occupied,
    open: count.open,
    guidance: code ?? 'none',
    colour: code === undefined ? null : stepOf(code, chosen).colour,
    clamped: count.rawFree - count.free,
    edition: chosen.label,
  };
}
