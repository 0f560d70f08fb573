import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRecord, CsvRecords } from '../../cli/assess/csv-records.ts';

/** Records of a text whose lines come in batches of this size. */
function recordsOf(text: string, batch: number): CsvRecord[] {
  const lines = text.split('\n');
  const records = new CsvRecords();
  const all: CsvRecord[] = [];
  for (let place = 0; place < lines.length; place += batch) all.push(...records.take(lines.slice(place, place + batch)));
  return [...all, ...records.end()];
}

const plain = ({ line, raw, cells, fault }: CsvRecord) => [line, raw, fault ?? cells];

describe('CSV records from lines', () => {
  test('a quoted cell may hold commas, quotes and line ends, over the edge of a batch too', () => {
    const text = 'a,b\n\n1,"x, ""y"""\n2,"one\n\ntwo"\n3,z';
    for (const batch of [1, 2, 3, 100]) {
      expect(recordsOf(text, batch).map(plain)).toEqual([
        [1, 'a,b', ['a', 'b']],
        [3, '1,"x, ""y"""', ['1', 'x, "y"']],
        [4, '2,"one\n\ntwo"', ['2', 'one\n\ntwo']],
        [7, '3,z', ['3', 'z']],
      ]);
    }
  });

  test('a quote that is never closed is a fault of its line, and the rest is read', () => {
    expect(recordsOf('a,b\n1,"x\n2,y\n3,z', 2).map(plain)).toEqual([
      [1, 'a,b', ['a', 'b']],
      [2, '1,"x', 'a quote is not closed'],
      [3, '2,y', ['2', 'y']],
      [4, '3,z', ['3', 'z']],
    ]);
  });

  test('the search for its end is bounded, so that a long file is not held in memory', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},plain`);
    const records = recordsOf(['a,b', '1,"x', ...rows].join('\n'), 1000);
    expect(records).toHaveLength(20_002);
    expect(records.filter((record) => record.fault !== undefined).map((record) => record.line)).toEqual([2]);
    expect(records.at(-1)?.line).toBe(20_002);
  });

  test('a file of nothing but open quotes ends with a sentence instead of never', () => {
    const text = Array.from({ length: 120 }, () => `"${'x'.repeat(70_000)}`);
    const records = new CsvRecords();
    expect(() => {
      for (const line of text) records.take([line, 'y']);
      records.end();
    }).toThrow(/^Line \d+: one more quote that is not closed; this is no CSV\.$/);
  });

  test('cells are those of the CSV parser whatever the batches, and the raw text is all of the file', () => {
    const cell = fc.oneof(
      fc.constantFrom('', '1', 'a b', '中文'),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', 'x', ' ') }),
    );
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (rows, batch) => {
        const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const text = rows.map((cells) => cells.map(quoted).join(',')).join('\n');
        const records = recordsOf(text, batch);
        expect(records.map((record) => record.cells)).toEqual(parse(text, { relax_column_count: true, record_delimiter: '\n' }));
        expect(records.map((record) => record.raw).join('\n')).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
