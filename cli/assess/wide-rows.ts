import {
  type PeriodLabels,
  type TimeColumns,
  type TimeReader,
  timeReader,
  UNREADABLE_TIME,
} from '@clearbay/contract/column-times.ts';
import { csvRecord } from './output.ts';
import { NO_COLUMNS } from './row-mappers.ts';
import type { Input, InputFormat, InputRow } from './rows.ts';

/** Column that names the lot in the rows a wide file is taken apart into. */
export const LOT_COLUMN = 'station';

/** How a wide file is taken apart. */
interface WideColumns {
  readonly times: readonly TimeColumns[];
  readonly labels: PeriodLabels;
  /** What every lot's column holds. */
  readonly metric: string;
}

interface Shape {
  /** Columns of the rows that come out: those of the time, the lot, its value. */
  readonly header: readonly string[];
  readonly timePlaces: readonly number[];
  /** Undefined where the file has no time: then it is another kind of file, whose columns are no lots. */
  readonly time: TimeReader | undefined;
  readonly lots: readonly { readonly name: string; readonly place: number }[];
}

function shapeOf(wide: readonly string[], { times, labels, metric }: WideColumns): Shape {
  const names = times.find(({ columns }) => columns.every((name) => wide.includes(name)))?.columns ?? [];
  return {
    header: [...names, LOT_COLUMN, metric],
    timePlaces: names.map((name) => wide.indexOf(name)),
    time: timeReader(times, wide, labels),
    lots: wide.map((name, place) => ({ name, place })).filter(({ name }) => name !== '' && !names.includes(name)),
  };
}

function isBlank(cell: unknown): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

function faultOf({ fault, cells }: InputRow, time: TimeReader | undefined): string | undefined {
  if (fault !== undefined) return fault;
  if (time === undefined) return NO_COLUMNS;
  return time.read(cells) === undefined ? UNREADABLE_TIME : undefined;
}

/** The rows of one wide row: one for each lot that has a cell. A row that cannot be read stays one row, without a lot. */
function rowsOf(row: InputRow, { header, timePlaces, time, lots }: Shape, format: InputFormat): InputRow[] {
  const own = timePlaces.map((place) => row.cells[place] ?? null);
  const fault = faultOf(row, time);
  if (fault !== undefined) return [{ line: row.line, raw: row.raw, header, cells: own, fault }];
  return lots.flatMap(({ name, place }) => {
    const cell = row.cells[place];
    if (isBlank(cell)) return [];
    const cells = [...own, name, cell];
    const named = () => Object.fromEntries(header.map((column, index) => [column, cells[index]]));
    const raw = format === 'csv' ? csvRecord(cells) : JSON.stringify(named());
    return [{ line: row.line, raw, header, cells, fault: undefined }];
  });
}

/** A wide input (one column a lot) as rows of one lot each, in the order of the file; empty cells give no row. */
export function longInput(input: Input, columns: WideColumns): Input {
  const shapes = new Map<readonly string[], Shape>();
  const shapeFor = (header: readonly string[]) => {
    const shape = shapes.get(header) ?? shapeOf(header, columns);
    shapes.set(header, shape);
    return shape;
  };
  async function* batches() {
    for await (const batch of input.batches) yield batch.flatMap((row) => rowsOf(row, shapeFor(row.header), input.format));
  }
  const { header } = shapeFor(input.header);
  return { format: input.format, headerText: csvRecord(header), header, batches: batches() };
}
