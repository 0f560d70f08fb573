/** How the columns of a file become readings. Named mappings are configuration (`config/mappings/`). */

import { parseDecimal } from '@clearbay/domain/decimal-text.ts';
import { type PeriodLabels, type TimeColumns, timeReader, UNREADABLE_TIME } from './column-times.ts';

/** One value column: its metric, and what its number is multiplied by to reach the metric's unit. */
export interface ValueColumn {
  readonly metric: string;
  /** First of these that the file has. */
  readonly columns: readonly string[];
  readonly factor?: number;
}

/** Columns of a file with one row a lot of a car park. */
export interface LotColumns {
  readonly station: readonly string[];
  readonly capacity: readonly string[];
}

export interface ColumnMapping {
  readonly id: string;
  readonly kind: string;
  readonly station: readonly string[];
  readonly time: readonly TimeColumns[];
  readonly values: readonly ValueColumn[];
  /** Columns that are no readings and only matter where rows are judged: other averages, lines of a station. */
  readonly judgedOnly?: readonly ValueColumn[];
  /** Texts that stand for a missing value. */
  readonly missing: readonly string[];
  /** Those of them that say that the item is not monitored by plan (HJ 633-2026, 5.3.2). */
  readonly notMonitored?: readonly string[];
  /** Sections of the file that are lakes or reservoirs, where it does not say so itself. */
  readonly lakeSections?: readonly string[];
  /** How long a value stands for, seconds. */
  readonly periodSeconds: number;
  /** Wide files: every column but the time columns is one station with this one metric. */
  readonly wide?: { readonly metric: string };
  /** Columns of the file of lots that goes with these files. */
  readonly lots?: LotColumns;
}

/** A row as it was read: what it says, or why it can not be used. */
export type MappedRow<Value = number> =
  | {
      readonly station: string;
      readonly at: number | null;
      readonly values: Readonly<Record<string, Value>>;
      /** Metrics that the row says are not monitored by plan. */
      readonly notMonitored: readonly string[];
      /** Cells that were taken as missing although something stands in them, and why. */
      readonly remarks: readonly string[];
    }
  | { readonly fault: string };

/** A cell that holds something which is no possible value of its metric; the reason completes "<cell> in <column> …". */
export interface UnusableCell {
  readonly unusable: string;
}

/** Reads one cell that is not missing, without blanks around it. Undefined where it is nothing of the kind, which spoils the row. */
export type CellReader<Value> = (cell: string | number, factor: number, metric: string) => Value | UnusableCell | undefined;

/** A plain number times the mapping's factor. */
export function readNumber(cell: string | number, factor: number): number | undefined {
  const value = typeof cell === 'number' ? cell : parseDecimal(cell);
  if (value === undefined || factor === 1) return value;
  return Number.isFinite(value * factor) ? value * factor : undefined;
}

function isUnusable(value: unknown): value is UnusableCell {
  return typeof value === 'object' && value !== null && 'unusable' in value;
}

const shown = (cell: unknown) => (typeof cell === 'string' ? cell : (JSON.stringify(cell) ?? '')).slice(0, 40);

/** A mapping bound to one file's header. */
export interface RowMapper<Value = number> {
  /** Metrics that the file can give. */
  readonly metrics: readonly string[];
  readonly hasTime: boolean;
  map(cells: readonly unknown[]): MappedRow<Value>;
}

/** Binds a mapping to a header; undefined where the file has none of the mapping's value columns. */
export function bindMapping(mapping: ColumnMapping, header: readonly string[]): RowMapper | undefined {
  return bindMappingWith(mapping, header, readNumber);
}

const NONE: readonly string[] = [];

/** The same with cells that are more than numbers, such as values below a detection limit, and with rows that stand for months or years. */
export function bindMappingWith<Value>(
  mapping: ColumnMapping,
  header: readonly string[],
  read: CellReader<Value>,
  labels: PeriodLabels = 'none',
): RowMapper<Value> | undefined {
  const columns = mapping.values.flatMap(({ metric, columns: names, factor }) => {
    const name = names.find((candidate) => header.includes(candidate));
    return name === undefined ? [] : [{ metric, name, place: header.indexOf(name), factor: factor ?? 1 }];
  });
  if (columns.length === 0) return undefined;
  const time = timeReader(mapping.time, header, labels);
  const stationName = mapping.station.find((name) => header.includes(name));
  const stationPlace = stationName === undefined ? -1 : header.indexOf(stationName);
  const missing = new Set(mapping.missing);
  const byPlan = new Set(mapping.notMonitored);
  return {
    metrics: columns.map((column) => column.metric),
    hasTime: time !== undefined,
    map(cells) {
      const at = time === undefined ? null : time.read(cells);
      if (at === undefined) return { fault: UNREADABLE_TIME };
      const values: Record<string, Value> = {};
      let notMonitored = NONE;
      let remarks = NONE;
      for (const { metric, name, place, factor } of columns) {
        const raw = cells[place];
        const cell = typeof raw === 'string' ? raw.trim() : raw;
        if (cell === null || cell === undefined || cell === '') continue;
        if (typeof cell === 'string' && byPlan.has(cell)) notMonitored = [...notMonitored, metric];
        else if (typeof cell === 'string' && missing.has(cell)) continue;
        else {
          const isCell = typeof cell === 'string' || typeof cell === 'number';
          const value = isCell ? read(cell, factor, metric) : { unusable: 'is not a number' };
          if (value === undefined) return { fault: `"${shown(cell)}" in ${name} is not a number` };
          if (isUnusable(value)) remarks = [...remarks, `"${shown(cell)}" in ${name} ${value.unusable}; taken as missing`];
          else values[metric] = value;
        }
      }
      return { station: stationPlace < 0 ? '' : String(cells[stationPlace] ?? '').trim(), at, values, notMonitored, remarks };
    },
  };
}
