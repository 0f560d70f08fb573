/** One report of a gate counter: its free bays, and the vehicles since the last report. */
export interface GateReport {
  readonly at: number;
  readonly free: number | null;
  readonly entered: number | null;
  readonly left: number | null;
}

/**
 * Vehicles by which a counter's new free count departs from what its own entries and exits say; 0 where they agree, positive
 * where more bays are free than counted. Null where either count is missing.
 */
export function counterDrift(freeBefore: number | null, report: GateReport): number | null {
  if (freeBefore === null || report.free === null || report.entered === null || report.left === null) return null;
  return report.free - (freeBefore - report.entered + report.left);
}

/** How a night's reconciliation changes a lot's count; kept as an audit record. */
export interface Reconciliation {
  /** Vehicles added to the occupied count from now on. */
  readonly shift: number;
  readonly basis: 'counted' | 'bounds' | 'none';
  /** Occupied before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * Nightly reconciliation of a gate count. With a count on the spot (patrol, bay sensors) the count is put on it. Without one, the smallest shift that
 * brings all raw occupied counts of the day within 0 and the bays in use; a day that needs shifts both ways (it cannot fit) is centred.
 * `rawOccupied` are the day's counts as the gates gave them, oldest first; an empty day changes nothing.
 */
export function reconcile(rawOccupied: readonly number[], inUse: number, counted: number | null): Reconciliation {
  const before = rawOccupied.at(-1);
  if (before === undefined) return { shift: 0, basis: 'none', before: 0, after: 0 };
  if (counted !== null) return { shift: counted - before, basis: 'counted', before, after: counted };
  let least = before;
  let most = before;
  for (const count of rawOccupied) {
    least = Math.min(least, count);
    most = Math.max(most, count);
  }
  const up = Math.max(0, -least);
  const down = Math.max(0, most - inUse);
  const shift = up > 0 && down > 0 ? Math.round((inUse - (least + most)) / 2) : up - down;
  const after = Math.min(inUse, Math.max(0, before + shift));
  return { shift, basis: shift === 0 ? 'none' : 'bounds', before, after };
}
