import { BODY } from '../ledger/body.ts';
import type { LedgerReader, LedgerRow } from '../ledger/ledger-reader.ts';
import type { SeriesDictionary } from './dictionary.ts';
import { COLUMN, PointBatch } from './points.ts';

interface KnownReading {
  readonly rev: number;
  /** By series. */
  readonly values: Map<number, number>;
}

/** Readings as a series database holds them, by source and time. */
export class KnownReadings {
  readonly #found = new Map<string, KnownReading>();

  add(source: number, at: number, series: number, value: number, rev: number): void {
    const key = `${source} ${at}`;
    const known = this.#found.get(key) ?? { rev, values: new Map() };
    known.values.set(series, value);
    this.#found.set(key, known);
  }

  get(source: number, at: number): KnownReading | undefined {
    return this.#found.get(`${source} ${at}`);
  }
}

/** What becomes of rows that a ledger may hold although the database has them: it forgets identities that it pruned. */
export interface Settled {
  /** To be written: new readings, and corrections of a higher revision. */
  readonly fresh: readonly LedgerRow[];
  /** The same content is there. */
  readonly again: readonly LedgerRow[];
  /** Another content is there, of no lower revision: the first stands, this is kept beside it. */
  readonly aside: readonly LedgerRow[];
}

/** Applies the ledger's own rule of identity to the rows up to `verifyAt`, against what the database holds of them. */
export function settleAgain(
  rows: readonly LedgerRow[],
  verifyAt: number,
  known: KnownReadings,
  dictionary: SeriesDictionary,
  ledger: LedgerReader,
): Settled {
  const fresh: LedgerRow[] = [];
  const again: LedgerRow[] = [];
  const aside: LedgerRow[] = [];
  const batch = new PointBatch(dictionary);
  for (const row of rows) {
    if (row[1] > verifyAt) {
      fresh.push(row);
      continue;
    }
    const first = batch.length;
    batch.addRow(row, ledger);
    const stored = known.get(batch.cell(first, COLUMN.source), row[1]);
    const rev = batch.cell(first, COLUMN.rev);
    if (stored === undefined || (isCorrection(row) && rev > stored.rev)) fresh.push(row);
    else if (rev === stored.rev && holdsSame(batch, first, stored)) again.push(row);
    else aside.push(row);
  }
  return { fresh, again, aside };
}

export function isCorrection([, , , body]: LedgerRow): boolean {
  return ((body[0] as number) & BODY.correction) !== 0;
}

/** Whether the rows of the batch from `first` on say what is stored, no more and no less. */
function holdsSame(batch: PointBatch, first: number, { values }: KnownReading): boolean {
  if (batch.length - first !== values.size) return false;
  for (let row = first; row < batch.length; row += 1) {
    if (values.get(batch.cell(row, COLUMN.series)) !== batch.cell(row, COLUMN.value)) return false;
  }
  return true;
}
