/** How the columns of a file become readings. Named mappings are configuration (`config/mappings/`). */

/** Where a row's time stands. Formats: `iso`, `epoch-ms`, or a pattern of yyyy MM dd HH mm ss with literal separators. */
export interface TimeColumns {
  /** Joined by one space where there are several. */
  readonly columns: readonly string[];
  readonly format: string;
  /** Offset such as `+08:00` for times that carry none. */
  readonly zone: string;
  /** Year for patterns without one. */
  readonly year?: number;
}

/** One value column: its metric, and what its number is multiplied by to reach the metric's unit. */
export interface ValueColumn {
  readonly metric: string;
  /** First of these that the file has. */
  readonly columns: readonly string[];
  readonly factor?: number;
}

export interface ColumnMapping {
  readonly id: string;
  readonly kind: string;
  readonly station: readonly string[];
  readonly time: readonly TimeColumns[];
  readonly values: readonly ValueColumn[];
  /** Texts that stand for a missing value. */
  readonly missing: readonly string[];
  /** How long a value stands for, seconds. */
  readonly periodSeconds: number;
  /** Wide files: every column but the time columns is one station with this one metric. */
  readonly wide?: { readonly metric: string };
}

/** A row as it was read: what it says, or why it can not be used. */
export type MappedRow<Value = number> =
  | { readonly station: string; readonly at: number | null; readonly values: Readonly<Record<string, Value>> }
  | { readonly fault: string };

/** Reads one cell that is not missing; undefined where it is no value. */
export type CellReader<Value> = (cell: string | number, factor: number) => Value | undefined;

const readNumber: CellReader<number> = (cell, factor) => {
  const value = Number(cell) * factor;
  return Number.isFinite(value) ? value : undefined;
};

type Cells = readonly (string | number | null | undefined)[];

const PATTERN_PARTS = /yyyy|MM|dd|HH|mm|ss/g;

interface TimeReader {
  read(cells: Cells): number | null | undefined;
}

function isoReader(zone: string): (text: string) => number {
  return (text) => {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return Date.parse(`${text}T00:00:00${zone}`);
    return Date.parse(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}${zone}`);
  };
}

function patternReader({ format, zone, year }: TimeColumns): (text: string) => number {
  const names: string[] = [];
  const source = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(PATTERN_PARTS, (part) => {
    names.push(part);
    return part === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})';
  });
  const pattern = new RegExp(`^${source}$`);
  const offset = Date.parse(`1970-01-01T00:00:00${zone}`);
  return (text) => {
    const match = pattern.exec(text);
    if (match === null) return Number.NaN;
    const part = (name: string, otherwise: number) => {
      const place = names.indexOf(name);
      return place < 0 ? otherwise : Number(match[place + 1]);
    };
    const [month, day] = [part('MM', 1), part('dd', 1)];
    const wanted = Date.UTC(part('yyyy', year ?? Number.NaN), month - 1, day, part('HH', 0), part('mm', 0), part('ss', 0));
    const back = new Date(wanted - (part('HH', 0) === 24 ? 1 : 0));
    return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? wanted + offset : Number.NaN;
  };
}

function timeReader(mapping: ColumnMapping, header: readonly string[]): TimeReader | undefined {
  const columns = mapping.time.find((candidate) => candidate.columns.every((name) => header.includes(name)));
  if (columns === undefined) return undefined;
  const places = columns.columns.map((name) => header.indexOf(name));
  const single = places.length === 1 ? places[0] : undefined;
  const parse =
    columns.format === 'iso' ? isoReader(columns.zone) : columns.format === 'epoch-ms' ? Number : patternReader(columns);
  // Rows of a file mostly repeat the time of the row before.
  let lastText = '';
  let lastAt = Number.NaN;
  return {
    read(cells) {
      const text =
        single === undefined ? places.map((place) => String(cells[place] ?? '')).join(' ') : String(cells[single] ?? '');
      if (text === lastText) return Number.isNaN(lastAt) ? undefined : lastAt;
      lastText = text;
      lastAt = text.trim() === '' ? Number.NaN : parse(text.trim());
      return Number.isNaN(lastAt) ? undefined : lastAt;
    },
  };
}

/** A mapping bound to one file's header. */
export interface RowMapper<Value = number> {
  /** Metrics that the file can give. */
  readonly metrics: readonly string[];
  readonly hasTime: boolean;
  map(cells: Cells): MappedRow<Value>;
}

/** Binds a mapping to a header; undefined where the file has none of the mapping's value columns. */
export function bindMapping(mapping: ColumnMapping, header: readonly string[]): RowMapper | undefined {
  return bindMappingWith(mapping, header, readNumber);
}

/** The same with cells that are more than numbers, such as values below a detection limit. */
export function bindMappingWith<Value>(
  mapping: ColumnMapping,
  header: readonly string[],
  read: CellReader<Value>,
): RowMapper<Value> | undefined {
  const columns = mapping.values.flatMap(({ metric, columns: names, factor }) => {
    const name = names.find((candidate) => header.includes(candidate));
    return name === undefined ? [] : [{ metric, name, place: header.indexOf(name), factor: factor ?? 1 }];
  });
  if (columns.length === 0) return undefined;
  const time = timeReader(mapping, header);
  const stationName = mapping.station.find((name) => header.includes(name));
  const stationPlace = stationName === undefined ? -1 : header.indexOf(stationName);
  const missing = new Set(mapping.missing);
  return {
    metrics: columns.map((column) => column.metric),
    hasTime: time !== undefined,
    map(cells) {
      const at = time === undefined ? null : time.read(cells);
      if (at === undefined) return { fault: 'the time cannot be read' };
      const values: Record<string, Value> = {};
      for (const { metric, name, place, factor } of columns) {
        const cell = cells[place];
        if (cell === null || cell === undefined || cell === '') continue;
        if (typeof cell === 'string' && missing.has(cell)) continue;
        const value = read(cell, factor);
        if (value === undefined) return { fault: `"${String(cell).slice(0, 40)}" in ${name} is not a number` };
        values[metric] = value;
      }
      return { station: stationPlace < 0 ? '' : String(cells[stationPlace] ?? ''), at: at ?? null, values };
    },
  };
}
