import type { LedgerReader } from '../../ledger/ledger-reader.ts';
import { LedgerRows } from '../../ledger/ledger-rows.ts';
import { SeriesDictionary } from '../dictionary.ts';
import type { ReadingRows } from '../engine.ts';
import { COLUMN, PointBatch } from '../points.ts';
import type { RawColumns } from '../shape.ts';
import { inReadingOrder } from './raw.ts';

/** The recent window from the ledger, while InfluxDB is away. */
function recentPoints(ledger: LedgerReader, station: string, from: number, to: number) {
  const dictionary = new SeriesDictionary();
  const batch = new PointBatch(dictionary);
  // The ledger's span includes its end, ours does not; times are whole milliseconds.
  const rows = new LedgerRows();
  rows.addRows(ledger.current(station, Math.ceil(from), Math.ceil(to) - 1));
  for (let row = 0; row < rows.length; row += 1) batch.addRow(rows, row, ledger);
  return { dictionary, batch };
}

export function recentReadings(ledger: LedgerReader, station: string, from: number, to: number): ReadingRows {
  const { dictionary, batch } = recentPoints(ledger, station, from, to);
  const rows: number[][] = [];
  for (let row = 0; row < batch.length; row++) {
    const cell = (name: keyof typeof COLUMN) => batch.cell(row, COLUMN[name]);
    const message = [cell('receivedAt'), cell('periodMs'), cell('bits'), cell('rev')];
    rows.push([cell('source'), cell('series'), cell('at'), cell('value'), cell('flags'), cell('mark'), ...message]);
  }
  return { sources: dictionary.sources, metrics: dictionary.series.map(({ metric }) => metric), rows: inReadingOrder(rows) };
}

export function recentColumns(ledger: LedgerReader, station: string, metric: string, from: number, to: number): RawColumns {
  const { dictionary, batch } = recentPoints(ledger, station, from, to);
  const series = dictionary.find(station, metric);
  const columns = { at: [] as number[], value: [] as number[], flags: [] as number[] };
  for (let row = 0; row < batch.length; row++) {
    if (batch.cell(row, COLUMN.series) !== series) continue;
    columns.at.push(batch.cell(row, COLUMN.at));
    columns.value.push(batch.cell(row, COLUMN.value));
    columns.flags.push(batch.cell(row, COLUMN.flags));
  }
  return columns;
}
