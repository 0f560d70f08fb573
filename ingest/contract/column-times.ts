import { parseDecimal } from '@clearbay/domain/decimal-text.ts';

/**
 * Where a row's time stands. Formats: `iso` (dates and times of ISO 8601 with or without a zone, or epoch ms), `epoch-ms`, or a pattern of
 * yyyy MM dd HH mm ss with literal separators.
 */
export interface TimeColumns {
  /** Joined by one space where there are several. */
  readonly columns: readonly string[];
  readonly format: string;
  /** Offset such as `+08:00` for times that carry none. */
  readonly zone: string;
  /** Year for patterns without one. */
  readonly year?: number;
}

/** Labels shorter than a date that `iso` also takes, for rows that stand for a month (yyyy-MM) or a year (yyyy too); they give its beginning. */
export type PeriodLabels = 'none' | 'months' | 'years';

/** Fault of a row whose time is none. */
export const UNREADABLE_TIME = 'the time cannot be read';

type TextReader = (text: string) => number;

const MINUTE_MS = 60_000;
const DATE =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:T|\s+)(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** Of these lengths only: fewer digits may be seconds, more may be a date without separators. */
const EPOCH_MS = /^\d{12,13}$/;
const YEAR = /^(\d{4})$/;
const MONTH = /^(\d{4})[-/](\d{1,2})$/;
const PATTERN_PARTS = /yyyy|MM|dd|HH|mm|ss/g;

/** Epoch ms of a moment of UTC's calendar; NaN where there is no such date or time of day. 24:00 ends its day. */
function calendarMs(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second > 0)) return Number.NaN;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isReal = midnight.getUTCFullYear() === year && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return isReal ? midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN;
}

/** How far a zone such as `+08:00`, `+0800` or `Z` is ahead of UTC, ms. */
function aheadMs(zone: string): number {
  if (zone.length === 1) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

function labelMs(text: string, labels: PeriodLabels): number {
  const [, year, month] =
    (labels === 'none' ? undefined : MONTH.exec(text)) ?? (labels === 'years' ? YEAR.exec(text) : undefined) ?? [];
  return year === undefined ? Number.NaN : calendarMs(Number(year), Number(month ?? 1), 1);
}

function isoReader(zone: string, labels: PeriodLabels): TextReader {
  const ahead = aheadMs(zone);
  return (text) => {
    const parts = DATE.exec(text);
    if (parts === null) return EPOCH_MS.test(text) ? Number(text) : labelMs(text, labels) - ahead;
    const [, year, month, day, hour = 0, minute = 0, second = 0, fraction, own] = parts;
    const at = calendarMs(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
    const thousandths = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
    return at + thousandths - (own === undefined ? ahead : aheadMs(own));
  };
}

function patternReader({ format, zone, year }: TimeColumns): TextReader {
  const names: string[] = [];
  const source = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(PATTERN_PARTS, (part) => {
    names.push(part);
    return part === 'yyyy' ? '(\\d{4})' : '(\\d{1,2})';
  });
  const pattern = new RegExp(`^${source}$`);
  const ahead = aheadMs(zone);
  return (text) => {
    const match = pattern.exec(text);
    if (match === null) return Number.NaN;
    const part = (name: string, otherwise: number) => {
      const place = names.indexOf(name);
      return place < 0 ? otherwise : Number(match[place + 1]);
    };
    const date = [part('yyyy', year ?? Number.NaN), part('MM', 1), part('dd', 1)] as const;
    return calendarMs(...date, part('HH', 0), part('mm', 0), part('ss', 0)) - ahead;
  };
}

function textReader(columns: TimeColumns, labels: PeriodLabels): TextReader {
  if (columns.format === 'iso') return isoReader(columns.zone, labels);
  return columns.format === 'epoch-ms' ? (text) => parseDecimal(text) ?? Number.NaN : patternReader(columns);
}

/** Reads the time of a row, epoch ms; undefined where it cannot be read. */
export interface TimeReader {
  read(cells: readonly unknown[]): number | undefined;
}

/** Reader of the first of these times whose columns a file has; undefined where it has none of them. */
export function timeReader(
  times: readonly TimeColumns[],
  header: readonly string[],
  labels: PeriodLabels,
): TimeReader | undefined {
  const columns = times.find((candidate) => candidate.columns.every((name) => header.includes(name)));
  if (columns === undefined) return undefined;
  const places = columns.columns.map((name) => header.indexOf(name));
  const single = places.length === 1 ? places[0] : undefined;
  const parse = textReader(columns, labels);
  // Rows of a file mostly repeat the time of the row before.
  let lastText = '';
  let lastAt = Number.NaN;
  return {
    read(cells) {
      const text =
        single === undefined ? places.map((place) => String(cells[place] ?? '')).join(' ') : String(cells[single] ?? '');
      if (text !== lastText) {
        lastText = text;
        lastAt = parse(text.trim());
      }
      return Number.isNaN(lastAt) ? undefined : lastAt;
    },
  };
}
