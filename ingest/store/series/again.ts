import { BODY } from '../ledger/body.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRows } from '../ledger/ledger-rows.ts';
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

/** What becomes of rows, by their numbers, that a ledger may hold although the database has them: it forgets identities that it pruned. */
export interface Settled {
  /** To be written: new readings, and corrections of a higher revision. */
  readonly fresh: Iterable<number>;
  /** The same content is there. */
  readonly again: Iterable<number>;
  /** Another content is there, of no lower revision: the first stands, this is kept beside it. */
  readonly aside: Iterable<number>;
}

/** Of rows that the database cannot have. */
export function allFresh(rows: LedgerRows): Settled {
  return { fresh: Array(rows.length).keys(), again: [], aside: [] };
}

/** Applies the ledger's own rule of identity to the rows up to `verifyAt`, against what the database holds of them. */
export function settleAgain(
  rows: LedgerRows,
  verifyAt: number,
  known: KnownReadings,
  dictionary: SeriesDictionary,
  ledger: LedgerReader,
): Settled {
  const fresh: number[] = [];
  const again: number[] = [];
  const aside: number[] = [];
  const batch = new PointBatch(dictionary);
  for (let row = 0; row < rows.length; row += 1) {
    if (rows.at(row) > verifyAt) {
      fresh.push(row);
      continue;
    }
    const first = batch.length;
    batch.addRow(rows, row, ledger);
    const stored = known.get(batch.cell(first, COLUMN.source), rows.at(row));
    const rev = batch.cell(first, COLUMN.rev);
    if (stored === undefined || (isCorrection(rows, row) && rev > stored.rev)) fresh.push(row);
    else if (rev === stored.rev && holdsSame(batch, first, stored)) again.push(row);
    else aside.push(row);
  }
  return { fresh, again, aside };
}

export function isCorrection(rows: LedgerRows, row: number): boolean {
  return (rows.view.getUint8(rows.start(row)) & BODY.correction) !== 0;
}

/** Whether the rows of the batch from `first` on say what is stored, no more and no less. */
function holdsSame(batch: PointBatch, first: number, { values }: KnownReading): boolean {
  if (batch.length - first !== values.size) return false;
  for (let row = first; row < batch.length; row += 1) {
    if (values.get(batch.cell(row, COLUMN.series)) !== batch.cell(row, COLUMN.value)) return false;
  }
  return true;
}
