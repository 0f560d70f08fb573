import {
  bindMappingWith,
  type CellReader,
  type ColumnMapping,
  type MappedRow,
  type RowMapper,
} from '@clearbay/contract/columns.ts';
import type { JudgeOptions } from './judge.ts';
import { type Level, labelsOf } from './levels.ts';
import type { InputRow } from './rows.ts';

/** Fault of a row in which a mapping finds nothing. */
export const NO_COLUMNS = 'no column of the mapping is in this row';

/** Reads the rows of a file by a mapping, bound to each shape of row once, and tells of cells that it takes as missing. */
export class RowMappers<Value> {
  readonly #mapping: ColumnMapping;
  readonly #read: CellReader<Value>;
  readonly #level: Level;
  readonly #tell: JudgeOptions['tell'];
  readonly #bound = new Map<readonly string[], RowMapper<Value> | undefined>();

  /** `mapping` as it is for readings; its columns for judging only are read too. */
  constructor(mapping: ColumnMapping, read: CellReader<Value>, level: Level, tell: JudgeOptions['tell']) {
    this.#mapping = { ...mapping, values: [...mapping.values, ...(mapping.judgedOnly ?? [])] };
    this.#read = read;
    this.#level = level;
    this.#tell = tell;
  }

  map(row: InputRow): MappedRow<Value> {
    const mapped = this.#mapperOf(row.header)?.map(row.cells) ?? { fault: NO_COLUMNS };
    if ('remarks' in mapped) for (const remark of mapped.remarks) this.#tell(row.line, remark);
    return mapped;
  }

  /** Those of these metrics that rows of a shape have no column for. */
  lacking(header: readonly string[], metrics: readonly string[]): readonly string[] {
    const known = this.#mapperOf(header)?.metrics ?? [];
    return metrics.filter((metric) => !known.includes(metric));
  }

  #mapperOf(header: readonly string[]): RowMapper<Value> | undefined {
    const known = this.#bound.get(header);
    if (known !== undefined || this.#bound.has(header)) return known;
    const mapper = bindMappingWith(this.#mapping, header, this.#read, labelsOf(this.#level));
    this.#bound.set(header, mapper);
    return mapper;
  }
}
