import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CandidateQuery } from '../ports/ledger.ts';
import { isArrival, type SourceName } from './body.ts';
import { type LedgerRow, LedgerRows } from './ledger-rows.ts';
import { ENDS } from './schema.ts';

const ROWS_AT_ONCE = 2000;

/** Reads a ledger beside its writer, through a connection that cannot write. Synchronous: for use in storage threads. */
export class LedgerReader {
  readonly #database: DatabaseSync;
  readonly #after: StatementSync;
  readonly #current: StatementSync;
  readonly #newSources: StatementSync;
  readonly #newMetrics: StatementSync;
  readonly sources: SourceName[] = [];
  readonly metrics: string[] = [];

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    this.#after = this.#database.prepare('SELECT seq, at, source, body FROM kept WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#current = this.#database.prepare(
      'SELECT seq, at, source, body FROM kept WHERE at BETWEEN ? AND ? AND source IN (SELECT id FROM source WHERE station = ?) ORDER BY at, source',
    );
    this.#newSources = this.#database.prepare('SELECT station, device, bay FROM source WHERE id >= ? ORDER BY id');
    this.#newMetrics = this.#database.prepare('SELECT name FROM metric WHERE id >= ? ORDER BY id');
    this.#after.setReturnArrays(true);
    this.#current.setReturnArrays(true);
  }

  /** Rows after a sequence, oldest first; `sources` and `metrics` then name all that they use. */
  after(seq: number, limit: number): readonly LedgerRow[] {
    const rows = this.#after.all(seq, limit) as unknown as readonly LedgerRow[];
    this.learn();
    return rows;
  }

  /** The same for many rows: read by so few at a time that what SQLite makes of each row is gone before it grows old. */
  stretch(seq: number, limit: number): LedgerRows {
    const rows = new LedgerRows();
    for (let last = seq, left = limit; left > 0; ) {
      const asked = Math.min(left, ROWS_AT_ONCE);
      const read = this.after(last, asked);
      rows.addRows(read);
      left = read.length < asked ? 0 : left - asked;
      last = read.at(-1)?.[0] ?? last;
    }
    return rows;
  }

  /** Current rows of a station in [from, to]. */
  current(station: string, from: number, to: number): readonly LedgerRow[] {
    const rows = this.#current.all(from, to, station) as unknown as readonly LedgerRow[];
    this.learn();
    return rows;
  }

  /** Of the newest `records`, those that came without an event time, oldest first. */
  arrivals(records: number): readonly LedgerRow[] {
    const found: LedgerRow[] = [];
    for (const row of this.#after.iterate(this.lastSeq() - records, records) as unknown as Iterable<LedgerRow>) {
      if (isArrival(row[3])) found.push(row);
    }
    return found;
  }

  /** Open candidates, newest first, and the current rows beside them; their numbers stand in the place of the sequence. */
  candidates({ station, from, to, before, limit }: CandidateQuery): {
    readonly offered: readonly LedgerRow[];
    readonly current: readonly LedgerRow[];
  } {
    const select = this.#database.prepare(
      `SELECT id, at, source, body FROM revision
       WHERE state = 0 AND id < ?1 AND at BETWEEN ?2 AND ?3 AND (?4 IS NULL OR source IN (SELECT id FROM source WHERE station = ?4))
       ORDER BY id DESC LIMIT ?5`,
    );
    select.setReturnArrays(true);
    const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;
    const offered = select.all(
      before ?? MAX_SAFE_INTEGER,
      from ?? MIN_SAFE_INTEGER,
      to ?? MAX_SAFE_INTEGER,
      station ?? null,
      limit,
    ) as unknown as readonly LedgerRow[];
    const find = this.#database.prepare('SELECT body FROM kept WHERE at = ? AND source = ?');
    const current = offered.flatMap(([id, at, source]): LedgerRow[] => {
      const row = find.get(at, source);
      return row === undefined ? [] : [[id, at, source, row.body as Uint8Array]];
    });
    return { offered, current };
  }

  lastSeq(): number {
    return Number(this.#database.prepare(ENDS).get()?.last ?? 0);
  }

  /** Which ledger this is; another one has another id. */
  id(): string {
    return String(this.#database.prepare("SELECT value FROM meta WHERE key = 'id'").get()?.value);
  }

  /** Newest event time among pruned rows: back from there the ledger does not know every identity. */
  prunedAt(): number {
    return Number(
      this.#database.prepare("SELECT value FROM meta WHERE key = 'pruned_at'").get()?.value ?? Number.NEGATIVE_INFINITY,
    );
  }

  /** Reads names that came since; for rows that were not read here. */
  learn(): void {
    for (const { station, device, bay } of this.#newSources.all(this.sources.length)) {
      this.sources.push({ station: String(station), device: String(device), bay: String(bay) });
    }
    for (const { name } of this.#newMetrics.all(this.metrics.length)) this.metrics.push(String(name));
  }

  close(): void {
    this.#database.close();
  }
}
