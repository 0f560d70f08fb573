import { CsvError, type Info, parse } from 'csv-parse/sync';
import { UserFailure } from '../failure.ts';

/** One record of a CSV text; a quoted cell may stretch it over several lines. */
export interface CsvRecord {
  /** First line of the record, from 1. */
  readonly line: number;
  /** Its text as it stands in the file, without the last line's end. */
  readonly raw: string;
  readonly cells: readonly string[];
  /** Why it cannot be read. */
  readonly fault?: string;
}

/** A quote that is not closed within this many characters was none: its line is a fault, the next ones are read anew. */
const LONGEST_RECORD = 1 << 16;
/** After so many such lines the file is no CSV; reading on would take for ever. */
const MOST_UNCLOSED = 100;

interface Parsed {
  readonly record: string[];
  readonly info: Info;
}

function parseBlock(text: string, to?: number): Parsed[] {
  return parse(text, {
    info: true,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    ...(to === undefined ? {} : { to }),
  }) as unknown as Parsed[];
}

/**
 * Splits lines into records. Lines without a quote are cut at their commas, which is several times as fast; from the first quote of a
 * batch on the CSV parser reads it. Lines come in order, `end` gives what is still open.
 */
export class CsvRecords {
  /** Lines of a record that is still open, and the number of the first of them. */
  #open: readonly string[] = [];
  #line = 1;
  #unclosed = 0;

  /** Throws a sentence for a file whose quotes make no sense. */
  take(lines: readonly string[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    this.#takeAll(lines, records);
    return records;
  }

  #takeAll(lines: readonly string[], records: CsvRecord[]): void {
    const all = this.#open.length === 0 ? lines : [...this.#open, ...lines];
    this.#open = [];
    let place = 0;
    for (; place < all.length; place += 1) {
      const raw = all[place] as string;
      if (raw.includes('"')) break;
      if (raw !== '') records.push({ line: this.#line + place, raw, cells: raw.split(',') });
    }
    this.#line += place;
    if (place < all.length) this.#takeQuoted(place === 0 ? all : all.slice(place), records);
  }

  /** Records of the lines that are left: the text has ended within quotes. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#open.length > 0) {
      const [first = '', ...rest] = this.#open;
      this.#open = [];
      this.#giveUp(first, records);
      this.#takeAll(rest, records);
    }
    return records;
  }

  #takeQuoted(lines: readonly string[], records: CsvRecord[]): void {
    const { parsed, isOpen } = this.#parse(lines);
    let start = 0;
    for (const { record, info } of parsed) {
      while (lines[start] === '') start += 1;
      const raw = info.lines === start + 1 ? (lines[start] as string) : lines.slice(start, info.lines).join('\n');
      records.push({ line: this.#line + start, raw, cells: record });
      start = info.lines;
    }
    this.#line += start;
    if (!isOpen) {
      this.#line += lines.length - start;
      return;
    }
    const open = lines.slice(start);
    if (open.reduce((length, line) => length + line.length, 0) <= LONGEST_RECORD) this.#open = open;
    else {
      this.#giveUp(open[0] ?? '', records);
      this.#takeAll(open.slice(1), records);
    }
  }

  /** Whole records of the lines, and whether the last one is still open. */
  #parse(lines: readonly string[]): { readonly parsed: readonly Parsed[]; readonly isOpen: boolean } {
    const text = lines.join('\n');
    try {
      return { parsed: parseBlock(text), isOpen: false };
    } catch (error) {
      if (!(error instanceof CsvError) || error.code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
      const whole = Number(error.records);
      return { parsed: whole === 0 ? [] : parseBlock(text, whole), isOpen: true };
    }
  }

  #giveUp(raw: string, records: CsvRecord[]): void {
    this.#unclosed += 1;
    if (this.#unclosed > MOST_UNCLOSED)
      throw new UserFailure(`Line ${this.#line}: one more quote that is not closed; this is no CSV.`);
    records.push({ line: this.#line, raw, cells: [raw], fault: 'a quote is not closed' });
    this.#line += 1;
  }
}
