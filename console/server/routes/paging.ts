/** Rows read from the store at a time, and at most for one page: a filter that matches nothing must not read for ever. */
const BATCH = 200;
const SCANNED_MAX = 10_000;

export interface PageQuery<T> {
  /** Newest first, strictly before `before`. */
  readonly fetch: (before: number | undefined, limit: number) => Promise<readonly T[]>;
  readonly timeOf: (row: T) => number;
  readonly keep: (row: T) => boolean;
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * A page of rows by time. Rows of one moment are never torn apart, since the cursor is that moment:
 * a page may be longer than `limit` by the rows that share its last moment.
 */
export async function pageByTime<T>(query: PageQuery<T>): Promise<{ readonly rows: readonly T[]; readonly next: number | null }> {
  const rows: T[] = [];
  let before = query.before;
  let batch = BATCH;
  let scanned = 0;
  for (;;) {
    const fetched = await query.fetch(before, batch);
    const last = fetched.at(-1);
    if (last === undefined) return { rows, next: null };
    const exhausted = fetched.length < batch;
    const whole = exhausted ? fetched : fetched.filter((row) => query.timeOf(row) > query.timeOf(last));
    if (whole.length === 0) {
      batch *= 4;
      continue;
    }
    for (const row of whole) {
      const at = query.timeOf(row);
      if (rows.length >= query.limit && at !== before) return { rows, next: before ?? null };
      if (query.keep(row)) rows.push(row);
      before = at;
    }
    scanned += whole.length;
    if (exhausted) return { rows, next: null };
    if (scanned >= SCANNED_MAX) return { rows, next: before ?? null };
  }
}
