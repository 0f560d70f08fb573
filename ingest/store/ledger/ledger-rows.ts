import { bodyView } from './body.ts';
import { RECORD_HEAD } from './packer.ts';
import type { StoredGroup } from './stored-group.ts';

/** A row as read: sequence, event time, source number, body. */
export type LedgerRow = readonly [seq: number, at: number, source: number, body: Uint8Array];

const FIRST_ROWS = 1024;
/** Bytes of an ordinary row. */
const ROW_BYTES = 64;

/**
 * A stretch of the ledger, oldest first: its bodies in one buffer and the rest in columns, so that a hundred thousand rows pass
 * without an object each.
 */
export class LedgerRows {
  #seqs = new Float64Array(FIRST_ROWS);
  #times = new Float64Array(FIRST_ROWS);
  #sources = new Uint32Array(FIRST_ROWS);
  #starts = new Uint32Array(FIRST_ROWS);
  #ends = new Uint32Array(FIRST_ROWS);
  #bytes = new Uint8Array(FIRST_ROWS * ROW_BYTES);
  #view = bodyView(this.#bytes);
  #size = 0;
  length = 0;

  addRows(rows: readonly LedgerRow[]): void {
    for (const [seq, at, source, body] of rows) {
      const start = this.#place(body);
      this.#add(seq, at, source, start, start + body.length);
    }
  }

  /** Adds at most `limit` records of a group, from its record number `skip` on; gives how many. */
  addGroup({ firstSeq, count, bytes }: StoredGroup, skip: number, limit: number): number {
    const view = new DataView(bytes);
    const first = Math.min(skip, count);
    const last = Math.min(count, first + limit);
    let from = 0;
    for (let index = 0; index < first; index += 1) from += RECORD_HEAD + view.getUint32(from, true);
    const shift = this.#size - from;
    let next = from;
    for (let index = first; index < last; index += 1) {
      const body = next + RECORD_HEAD;
      const end = body + view.getUint32(next, true);
      const source = view.getUint32(next + 4, true);
      this.#add(firstSeq + index, view.getFloat64(next + 8, true), source, body + shift, end + shift);
      next = end;
    }
    // The records as they are: what stands between two bodies does no harm.
    this.#place(new Uint8Array(bytes, from, next - from));
    return last - first;
  }

  seq(row: number): number {
    return this.#seqs[row] as number;
  }

  /** Event time, epoch ms. */
  at(row: number): number {
    return this.#times[row] as number;
  }

  /** The ledger's number of the source. */
  source(row: number): number {
    return this.#sources[row] as number;
  }

  /** All bodies; that of a row begins at `start`. */
  get view(): DataView {
    return this.#view;
  }

  start(row: number): number {
    return this.#starts[row] as number;
  }

  end(row: number): number {
    return this.#ends[row] as number;
  }

  /** One row by itself. */
  row(row: number): LedgerRow {
    return [this.seq(row), this.at(row), this.source(row), this.#bytes.subarray(this.start(row), this.end(row))];
  }

  #add(seq: number, at: number, source: number, start: number, end: number): void {
    const { length } = this;
    if (length === this.#seqs.length) this.#growRows();
    this.#seqs[length] = seq;
    this.#times[length] = at;
    this.#sources[length] = source;
    this.#starts[length] = start;
    this.#ends[length] = end;
    this.length = length + 1;
  }

  /** Appends bytes; gives where they begin. */
  #place(bytes: Uint8Array): number {
    const start = this.#size;
    this.#size += bytes.length;
    if (this.#size > this.#bytes.length) this.#growBytes(this.#size);
    this.#bytes.set(bytes, start);
    return start;
  }

  #growRows(): void {
    const rows = this.#seqs.length * 2;
    this.#seqs = moved(this.#seqs, new Float64Array(rows));
    this.#times = moved(this.#times, new Float64Array(rows));
    this.#sources = moved(this.#sources, new Uint32Array(rows));
    this.#starts = moved(this.#starts, new Uint32Array(rows));
    this.#ends = moved(this.#ends, new Uint32Array(rows));
  }

  #growBytes(least: number): void {
    this.#bytes = moved(this.#bytes, new Uint8Array(Math.max(least, this.#bytes.length * 2)));
    this.#view = bodyView(this.#bytes);
  }
}

function moved<Column extends Float64Array | Uint32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
