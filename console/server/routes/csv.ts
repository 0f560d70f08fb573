import { offsetAt } from '@clearbay/domain/time.ts';

/** Excel reads a CSV as UTF-8 only behind this mark. */
export const BYTE_ORDER_MARK = '\uFEFF';

const FORMULA = /^[=+\-@\t\r\n]/;
const QUOTED = /[",\r\n]/;

/** A text cell; one that a spreadsheet would run as a formula gets an apostrophe in front. */
export function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Local time with its offset, for example 2026-11-23T14:05:00+08:00. */
export function localTime(at: number): string {
  const offset = offsetAt(at);
  const minutes = Math.round(offset / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const wall = new Date(at + offset).toISOString().replace(/(\.000)?Z$/, '');
  return `${wall}+${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
