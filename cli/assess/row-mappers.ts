import { bindMappingWith, type CellReader, type ColumnMapping, type RowMapper } from '@clearbay/contract/columns.ts';
import type { InputRow } from './rows.ts';

/** Binds a mapping to each shape of row that a file has, once. */
export class RowMappers<Value> {
  readonly #mapping: ColumnMapping;
  readonly #read: CellReader<Value>;
  readonly #bound = new Map<readonly string[], RowMapper<Value> | undefined>();

  constructor(mapping: ColumnMapping, read: CellReader<Value>) {
    this.#mapping = mapping;
    this.#read = read;
  }

  /** The mapper of a row's shape; undefined where it has no column that the mapping knows. */
  of(row: InputRow): RowMapper<Value> | undefined {
    const known = this.#bound.get(row.header);
    if (known !== undefined || this.#bound.has(row.header)) return known;
    const mapper = bindMappingWith(this.#mapping, row.header, this.#read);
    this.#bound.set(row.header, mapper);
    return mapper;
  }
}

/** A plain number times the mapping's factor. */
export function numberCell(cell: string | number, factor: number): number | undefined {
  const value = Number(cell) * factor;
  return Number.isFinite(value) ? value : undefined;
}

export const NO_COLUMNS = 'no column of the mapping is in this row';
