import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BulkRefused, type BulkRow } from '@clearbay/contract/bulk.ts';
import { CsvError, parse } from 'csv-parse';

/** A row as it stands in the body, or why it is none. */
export type BodyRow = { readonly row: number } & ({ readonly take: BulkRow } | { readonly fault: string });

/** An array is parsed in one go, which must not hold up live readings; more goes as JSON lines. */
const ARRAY_MAX_BYTES = 4 * 1024 * 1024;
const LINE_MAX = 64 * 1024;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Columns of a CSV that are not metrics; the rest are. */
const READING_COLUMNS = new Set(['at', 'bay', 'historical', 'correction', 'rev', 'seq', 'boot', 'periodMs']);

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rowOf(row: number, fields: unknown): BodyRow {
  if (!isFields(fields)) return { row, fault: 'not-an-object' };
  const { station, device, ...reading } = fields;
  if (typeof station !== 'string' || station === '') return { row, fault: 'station-missing' };
  if (device !== undefined && typeof device !== 'string') return { row, fault: 'bad-field' };
  return { row, take: { station, device, reading } };
}

function parsed(row: number, text: string): BodyRow {
  try {
    return rowOf(row, JSON.parse(text));
  } catch {
    return { row, fault: 'not-json' };
  }
}

async function* arrayRows(body: Readable): AsyncGenerator<BodyRow> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > ARRAY_MAX_BYTES) throw new BulkRefused('body.too-large', 'a JSON array may have 4 MiB; send more as JSON lines');
    pieces.push(piece);
  }
  let array: unknown;
  try {
    array = JSON.parse(Buffer.concat(pieces).toString());
  } catch (cause) {
    throw new BulkRefused('body.syntax', 'the body is not JSON', cause);
  }
  if (!Array.isArray(array)) throw new BulkRefused('body.syntax', 'the body must be an array of readings');
  for (const [index, fields] of array.entries()) yield rowOf(index + 1, fields);
}

async function* lineRows(body: Readable): AsyncGenerator<BodyRow> {
  let row = 0;
  for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    row += 1;
    if (line.length > LINE_MAX) yield { row, fault: 'line-too-long' };
    else if (line.trim() !== '') yield parsed(row, line);
  }
}

/** A text that is no number stays one: the receiver refuses it by name. */
function cellValue(text: string): unknown {
  return NUMBER.test(text) ? Number(text) : text;
}

function csvReading(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null);
  const fields: Record<string, unknown> = Object.create(null);
  for (const [index, name] of header.entries()) {
    const cell = cells[index]?.trim() ?? '';
    if (cell === '') continue;
    if (name === 'station' || name === 'device') fields[name] = cell;
    else if (name === 'at' || name === 'time') fields.at = /^\d+$/.test(cell) ? Number(cell) : cell;
    else if (name === 'historical' || name === 'correction') fields[name] = cell === 'true';
    else if (READING_COLUMNS.has(name)) fields[name] = name === 'bay' || name === 'boot' ? cell : cellValue(cell);
    else values[name] = cellValue(cell);
  }
  return { ...fields, values };
}

async function* csvRows(body: Readable): AsyncGenerator<BodyRow> {
  const parser = parse({ bom: true, info: true, relaxColumnCount: true, skipEmptyLines: true, maxRecordSize: LINE_MAX });
  body.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of body.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === undefined) {
        header = record.map((name) => name.trim());
        if (!header.includes('station')) throw new BulkRefused('body.syntax', 'the first line must name a column `station`');
        continue;
      }
      if (record.length > header.length) yield { row: info.lines, fault: 'too-many-columns' };
      else yield rowOf(info.lines, csvReading(header, record));
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw new BulkRefused('body.syntax', cause.message, cause);
    throw cause;
  }
}

/** Media types of bulk bodies and how their rows are read. */
const READERS: Readonly<Record<string, (body: Readable) => AsyncGenerator<BodyRow>>> = {
  'application/json': arrayRows,
  'application/x-ndjson': lineRows,
  'application/jsonl': lineRows,
  'text/csv': csvRows,
};

/** The rows of a body, read as it comes in. Throws `BulkRefused` where the type is none of ours or the whole cannot be read. */
export function bodyRows(contentType: string, body: Readable): AsyncGenerator<BodyRow> {
  const reader = Object.hasOwn(READERS, contentType) ? READERS[contentType] : undefined;
  if (reader === undefined) throw new BulkRefused('body.type', `send one of ${Object.keys(READERS).join(', ')}`);
  return reader(body);
}
