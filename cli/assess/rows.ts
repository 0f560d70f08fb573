import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { UserFailure } from '../failure.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import { lineBatches } from './lines.ts';

/** One row as it stands in the file; `raw` is its text without the line end. */
export interface InputRow {
  readonly line: number;
  readonly raw: string;
  /** Names of the cells; the same array for rows of the same shape. */
  readonly header: readonly string[];
  /** Text in CSV; in JSON lines whatever stands there. */
  readonly cells: readonly unknown[];
  /** Why the row cannot be read at all; undefined otherwise. */
  readonly fault: string | undefined;
}

export type InputFormat = 'csv' | 'jsonl';

export interface Input {
  readonly format: InputFormat;
  /** The CSV header: its text as it stands in the file, and its names; empty for JSON lines. */
  readonly headerText: string;
  readonly header: readonly string[];
  readonly batches: AsyncIterable<readonly InputRow[]>;
  /** What a person should know of the whole input; it is no failure. */
  readonly note?: string;
}

/** A text without a line, not even a header: there is nothing to judge and nothing to write. */
const NO_ROWS: Input = { format: 'jsonl', headerText: '', header: [], batches: noBatches() };

async function* noBatches(): AsyncGenerator<InputRow[]> {}

const CHUNK_BYTES = 1 << 20;

const nameOf = (file: string) => (file === '-' ? 'Standard input' : file);

function open(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
}

/** Batches of lines without the byte order mark; a stream that cannot be read fails with a sentence. */
async function* linesOf(file: string): AsyncGenerator<string[]> {
  let first = true;
  try {
    for await (const lines of lineBatches(open(file))) {
      if (first) lines[0] = (lines[0] ?? '').replace(/^\uFEFF/, '');
      first = false;
      yield lines;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserFailure(`${nameOf(file)} cannot be read: ${reason}`, { cause: error });
  }
}

/** A batch that was already taken, and then the rest. */
async function* resumed(first: readonly string[], rest: AsyncGenerator<string[]>): AsyncGenerator<readonly string[]> {
  yield first;
  yield* rest;
}

async function* csvRecords(batches: AsyncIterable<readonly string[]>): AsyncGenerator<CsvRecord[]> {
  const records = new CsvRecords();
  for await (const lines of batches) yield records.take(lines);
  yield records.end();
}

/** The first batch that has any record. */
async function firstRecords(source: AsyncGenerator<CsvRecord[]>): Promise<CsvRecord[]> {
  for (;;) {
    const next = await source.next();
    if (next.done === true) return [];
    if (next.value.length > 0) return next.value;
  }
}

async function openCsv(file: string, lines: AsyncIterable<readonly string[]>): Promise<Input> {
  const source = csvRecords(lines);
  const [head, ...rest] = await firstRecords(source);
  if (head === undefined) return { ...NO_ROWS, note: `${nameOf(file)} is empty: a header line is expected.` };
  const header = head.cells.map((name) => name.trim());
  const wanted = header.length;
  const toRow = ({ line, raw, cells, fault }: CsvRecord): InputRow => ({
    line,
    raw,
    header,
    cells,
    fault: fault ?? (cells.length === wanted ? undefined : `${cells.length} cells where the header has ${wanted}`),
  });
  async function* batches() {
    yield rest.map(toRow);
    for await (const batch of source) yield batch.map(toRow);
  }
  return { format: 'csv', headerText: head.raw, header, batches: batches() };
}

/** Reads JSON lines; rows of the same names in the same order share their header. */
class JsonRows {
  readonly #headers = new Map<string, readonly string[]>();
  #last: readonly string[] = [];

  read(line: number, raw: string): InputRow {
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch {
      value = undefined;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { line, raw, header: [], cells: [], fault: 'not a JSON object' };
    }
    return { line, raw, header: this.#header(Object.keys(value)), cells: Object.values(value), fault: undefined };
  }

  #header(names: readonly string[]): readonly string[] {
    if (names.length === this.#last.length && names.every((name, index) => name === this.#last[index])) return this.#last;
    const shape = names.join('\n');
    const known = this.#headers.get(shape) ?? names;
    if (known === names) this.#headers.set(shape, names);
    this.#last = known;
    return known;
  }
}

async function* jsonBatches(lines: AsyncIterable<readonly string[]>): AsyncGenerator<InputRow[]> {
  const rows = new JsonRows();
  let line = 0;
  for await (const batch of lines) {
    const read: InputRow[] = [];
    for (const raw of batch) {
      line += 1;
      if (raw.trim() !== '') read.push(rows.read(line, raw));
    }
    yield read;
  }
}

/** Opens CSV or JSON lines (told apart by the first character), `-` is standard input. Throws UserFailure where it cannot be read. */
export async function openInput(file: string): Promise<Input> {
  const source = linesOf(file);
  let begun: string[] = [];
  while (!begun.some((line) => line.trim() !== '')) {
    const next = await source.next();
    if (next.done === true) break;
    begun = begun.concat(next.value);
  }
  const first = begun.find((line) => line.trim() !== '')?.trimStart()[0];
  const lines = resumed(begun, source);
  if (first === '{' || first === '[') return { format: 'jsonl', headerText: '', header: [], batches: jsonBatches(lines) };
  return await openCsv(file, lines);
}
