import { type SourceName, unpackReading } from '../ledger/body.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRow } from '../ledger/ledger-rows.ts';

/** So often the same rows are tried, once all together and once the suspect alone, before the rows are blamed. */
const TRIES = 5;

/**
 * Finds the one row that no write survives. Rows begin at the drain's cursor; a batch that failed so often is tried by halves,
 * so that its neighbours are written, until one row is left and fails alone. A wrong guess only costs another round.
 */
export class PoisonSearch {
  #tries = 0;
  /** The poison is among so many rows from the cursor on; 0 while none is sought. */
  #suspects = 0;
  #reason: string | undefined;

  /** Why the row at the cursor cannot be written, once that is certain. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** How many rows to write next. */
  rows(usual: number): number {
    return this.#suspects === 0 ? usual : Math.max(1, this.#suspects >> 1);
  }

  written(rows: number): void {
    this.#tries = 0;
    this.#suspects = Math.max(0, this.#suspects - rows);
  }

  /** So many rows failed, and not because the database is away. True where the next try is another one and need not wait. */
  failed(rows: number, error: unknown): boolean {
    this.#tries += 1;
    const isHalf = rows > 1 && this.#suspects > rows;
    if (!isHalf && this.#tries < TRIES) return false;
    this.#tries = 0;
    this.#suspects = rows;
    if (rows === 1) this.#reason = messageOf(error);
    return true;
  }

  /** The row is out of the way. */
  settled(): void {
    this.#tries = 0;
    this.#suspects = 0;
    this.#reason = undefined;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A row for a person to look at: the reading as JSON, or its bytes where it cannot be read. */
export function describeRow([, at, sourceNumber, body]: LedgerRow, ledger: LedgerReader): string {
  const source: SourceName = ledger.sources[sourceNumber] ?? { station: '', device: '', bay: '' };
  try {
    return JSON.stringify(unpackReading(body, at, source, ledger.metrics));
  } catch {
    return JSON.stringify({ ...source, at, body: Buffer.from(body).toString('hex') });
  }
}

/** Primary codes of SQLite that speak of the row: too big, constraint, mismatch, range. */
const ROW_CODES: ReadonlySet<number> = new Set([18, 19, 20, 25]);

/** Whether SQLite itself is in trouble (locked, full, gone) rather than the row. */
export function isSqliteOutage(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && !ROW_CODES.has(Number(errcode) & 0xff);
}
