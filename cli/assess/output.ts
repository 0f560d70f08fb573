import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { InputFormat, InputRow } from './rows.ts';

export type ResultCell = string | number | null;

function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Cells as a line of CSV, without its end. */
export function csvRecord(cells: readonly unknown[]): string {
  return cells.map(csvCell).join(',');
}

/** The cells of a row in as many columns as its header has. */
function fitted({ header, cells }: InputRow): string {
  return csvRecord(header.map((_name, place) => cells[place]));
}

/** An input column that has the name of a result keeps its values under this one. */
const renamed = (name: string) => `input_${name}`;

/**
 * Writes rows in the format they came in: the input's own text first, untouched, then the results. Only where the input already has a column
 * of a result's name is that column renamed, so that each name stands once.
 */
export class ResultWriter {
  readonly #format: InputFormat;
  readonly #columns: readonly string[];
  readonly #keys: readonly string[];
  readonly #target: Writable;
  /** Whether rows of a shape have a name of a result. */
  readonly #colliding = new WeakMap<readonly string[], boolean>();
  #text = '';

  constructor(format: InputFormat, columns: readonly string[], target: Writable) {
    this.#format = format;
    this.#columns = columns;
    this.#keys = columns.map((name) => JSON.stringify(name));
    this.#target = target;
  }

  /** The header line; `names` are the cells of the input's own. */
  header(text: string, names: readonly string[]): void {
    if (this.#format !== 'csv') return;
    const own = this.#collides(names) ? csvRecord(names.map((name) => this.#kept(name))) : text;
    this.#text += `${[own, ...this.#columns].join(',')}\n`;
  }

  #collides(names: readonly string[]): boolean {
    return names.some((name) => this.#columns.includes(name));
  }

  #kept(name: string): string {
    return this.#columns.includes(name) ? renamed(name) : name;
  }

  /** Input row kept, results added. A row that cannot be read comes out in the columns of the header, so that no cell of it stands in a result's. */
  extend(row: InputRow, results: readonly ResultCell[]): void {
    if (this.#format !== 'csv') this.#text += this.#jsonRow(row, results);
    else this.#text += csvRow(row.fault === undefined ? row.raw : fitted(row), results);
  }

  /** Hands the buffered rows on and waits where the reader is slow. */
  async flush(): Promise<void> {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    if (!this.#target.write(text)) await once(this.#target, 'drain');
  }

  #jsonRow(row: InputRow, results: readonly ResultCell[]): string {
    let added = '';
    for (let index = 0; index < results.length; index += 1) {
      const cell = results[index] ?? null;
      added += `,${this.#keys[index]}:${typeof cell === 'string' ? JSON.stringify(cell) : cell}`;
    }
    if (row.cells.length === 0) return `{${added.slice(1)}}\n`;
    return `${this.#jsonText(row).trimEnd().slice(0, -1)}${added}}\n`;
  }

  #jsonText({ header, raw }: InputRow): string {
    let collides = this.#colliding.get(header);
    if (collides === undefined) {
      collides = this.#collides(header);
      this.#colliding.set(header, collides);
    }
    if (!collides) return raw;
    return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(raw)).map(([name, value]) => [this.#kept(name), value])));
  }
}

function csvRow(raw: string, results: readonly ResultCell[]): string {
  let text = raw;
  for (const cell of results) text += typeof cell === 'number' ? `,${cell}` : `,${csvCell(cell)}`;
  return `${text}\n`;
}
