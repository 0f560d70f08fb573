import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { bindMapping, type ColumnMapping, type RowMapper } from '@clearbay/contract/columns.ts';
import type { Values } from '@clearbay/domain/reading.ts';
import { parse } from 'csv-parse';

/** One row of a recorded file: what a station said at a moment. */
export interface RecordedRow {
  /** The station as the file names it. */
  readonly source: string;
  /** Event time, epoch ms. */
  readonly at: number;
  readonly values: Values;
}

export interface RecordedFile {
  readonly path: string;
  readonly mapping: ColumnMapping;
  /** Station that every row belongs to, whatever the file says; wide files cannot have one. */
  readonly station?: string;
  /** Told of each row that cannot be used: its line (the header is line 1) and why. */
  readonly onFault?: (line: number, reason: string) => void;
  /** Told of each row that has no value at all. */
  readonly onEmpty?: () => void;
  /** Bytes of the file read so far; told with every row. */
  readonly onRead?: (bytes: number) => void;
}

type Cells = readonly (string | number | null | undefined)[];

/** Reads the rows of one header; undefined for a row that was reported as a fault. */
type RowReader = (cells: Cells, fault: (reason: string) => void) => readonly RecordedRow[] | undefined;

function longReader(mapper: RowMapper, station: string | undefined): RowReader {
  return (cells, fault) => {
    const row = mapper.map(cells);
    if ('fault' in row) fault(row.fault);
    else if (row.at === null) fault('the row has no time');
    else {
      const source = station ?? row.station;
      if (source !== '') return Object.keys(row.values).length > 0 ? [{ source, at: row.at, values: row.values }] : [];
      fault('the row names no station');
    }
    return undefined;
  };
}

/** Every column but those of the time is one station with the one metric. A wide row is read as if each column were a metric. */
function wideReader(mapping: ColumnMapping, metric: string, header: readonly string[]): RowReader | undefined {
  const times = new Set(mapping.time.flatMap((time) => time.columns));
  const columns = header.filter((name) => name !== '' && !times.has(name));
  const mapper = bindMapping({ ...mapping, values: columns.map((name) => ({ metric: name, columns: [name] })) }, header);
  if (mapper === undefined) return undefined;
  return (cells, fault) => {
    const row = mapper.map(cells);
    if ('fault' in row) fault(row.fault);
    else if (row.at === null) fault('the row has no time');
    else {
      const { at } = row;
      return Object.entries(row.values).map(([source, value]) => ({ source, at, values: { [metric]: value } }));
    }
    return undefined;
  };
}

function readerFor({ mapping, station }: RecordedFile, header: readonly string[]): RowReader | undefined {
  if (mapping.wide !== undefined) return wideReader(mapping, mapping.wide.metric, header);
  const mapper = bindMapping(mapping, header);
  return mapper === undefined ? undefined : longReader(mapper, station);
}

/** The rows of one line, told of on the way. */
function told({ onFault, onEmpty }: RecordedFile, reader: RowReader, cells: Cells, line: number): readonly RecordedRow[] {
  const rows = reader(cells, (reason) => onFault?.(line, reason));
  if (rows?.length === 0) onEmpty?.();
  return rows ?? [];
}

async function* csvRows(file: RecordedFile): AsyncGenerator<RecordedRow> {
  const { path, mapping, onRead } = file;
  const parser = parse({ bom: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true, info: true });
  // A file that cannot be read ends the parser with its error, which the loop below throws.
  const stream = createReadStream(path);
  pipeline(stream, parser, () => {});
  let reader: RowReader | undefined;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (reader === undefined) {
      reader = readerFor(file, record);
      if (reader === undefined) throw new Error(`${path}: none of the columns of mapping "${mapping.id}" is there`);
      continue;
    }
    onRead?.(stream.bytesRead);
    yield* told(file, reader, record, info.lines);
  }
}

async function* linesOf({ path, onRead }: RecordedFile): AsyncGenerator<string> {
  let rest = '';
  const stream = createReadStream(path, { encoding: 'utf8' });
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    onRead?.(stream.bytesRead);
    yield* lines;
  }
  yield rest;
}

async function* jsonRows(file: RecordedFile): AsyncGenerator<RecordedRow> {
  const { onFault } = file;
  const readers = new Map<string, RowReader | undefined>();
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch {
      onFault?.(line, 'not a JSON object');
      continue;
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      onFault?.(line, 'not a JSON object');
      continue;
    }
    const header = Object.keys(row);
    const known = header.join('\n');
    if (!readers.has(known)) readers.set(known, readerFor(file, header));
    const reader = readers.get(known);
    const cells = Object.values(row).map((cell) => (typeof cell === 'number' ? cell : cell === null ? null : String(cell)));
    if (reader === undefined) onFault?.(line, 'none of the columns of the mapping is there');
    else yield* told(file, reader, cells, line);
  }
}

/**
 * The rows of a recorded file (CSV; JSON lines where the name ends in `.jsonl` or `.ndjson`), streamed in the order of the file. A row that cannot be
 * used is reported and left out. Throws where the file cannot be read or has none of the mapping's columns.
 */
export function recordedRows(file: RecordedFile): AsyncGenerator<RecordedRow> {
  return /\.(?:jsonl|ndjson)$/i.test(file.path) ? jsonRows(file) : csvRows(file);
}
