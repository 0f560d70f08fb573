import type { Reading } from '@clearbay/domain/reading.ts';
import type { LedgerEntry } from '../ports/ledger.ts';
import { type SourceName, unpackReading } from './body.ts';
import type { LedgerRow } from './ledger-rows.ts';
import type { NameTable } from './names.ts';

/** sequence f64 | event time f64 | source u32 | body length u32 | body */
const ROW_HEAD = 24;

/** Rows in one buffer, so that they cross between threads without being cloned object by object. */
export function packRows(rows: readonly LedgerRow[]): ArrayBuffer {
  let size = 0;
  for (const row of rows) size += ROW_HEAD + row[3].length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const [seq, at, source, body] of rows) {
    view.setFloat64(offset, seq, true);
    view.setFloat64(offset + 8, at, true);
    view.setUint32(offset + 16, source, true);
    view.setUint32(offset + 20, body.length, true);
    bytes.set(body, offset + ROW_HEAD);
    offset += ROW_HEAD + body.length;
  }
  return bytes.buffer;
}

/** A row whose bytes make no sense is left out, so that it stops nobody; the drain meets it too, keeps it and says so. */
export function unpackRows(buffer: ArrayBuffer, names: NameTable): LedgerEntry[] {
  const view = new DataView(buffer);
  const entries: LedgerEntry[] = [];
  for (let offset = 0; offset < buffer.byteLength; ) {
    const source = names.sources[view.getUint32(offset + 16, true)];
    if (source === undefined) throw new Error('ledger row names an unknown source');
    const body = new Uint8Array(buffer, offset + ROW_HEAD, view.getUint32(offset + 20, true));
    const reading = readable(body, view.getFloat64(offset + 8, true), source, names);
    if (reading !== undefined) entries.push({ ledgerSeq: view.getFloat64(offset, true), reading });
    offset += ROW_HEAD + body.length;
  }
  return entries;
}

function readable(body: Uint8Array, at: number, source: SourceName, { metrics }: NameTable): Reading | undefined {
  try {
    return unpackReading(body, at, source, metrics);
  } catch {
    return undefined;
  }
}
