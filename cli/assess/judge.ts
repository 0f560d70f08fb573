import type { Edition } from '@clearbay/domain/standards.ts';
import { UserFailure } from '../failure.ts';
import type { ResultCell } from './output.ts';
import type { InputRow } from './rows.ts';

/** What the person asked for besides the kind. */
export interface AssessOptions {
  readonly edition?: string;
  readonly level: string;
  readonly waterBody: string;
  readonly lakes?: string;
  readonly columns: string;
  readonly variant?: string;
}

/** Results of a row in the judge's columns, or why it cannot be judged. */
export type RowResult = readonly ResultCell[] | { readonly fault: string };

/** Judges the rows of one kind. */
export interface RowJudge {
  readonly columns: readonly string[];
  judge(row: InputRow): RowResult;
}

/** A named list of columns that a kind reads besides its metrics. */
export interface JudgeOptions extends AssessOptions {
  /** Date that rows without a time are judged by, YYYY-MM-DD. */
  readonly today: string;
}

/**
 * The edition that a name stands for: its id or label, or the parts of its id that tell it apart (`2012`, `2026-final`).
 * Undefined for none or `by-date`: each row by its own date.
 */
export function namedEdition<E extends Edition>(editions: readonly E[], name: string | undefined): E | undefined {
  if (name === undefined || name === 'by-date') return undefined;
  const wanted = name.toLowerCase();
  const exact = editions.find((edition) => edition.id === wanted || edition.label.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const parts = wanted.split(/[^a-z0-9]+/).filter((part) => part !== '');
  const partial = editions.find((edition) =>
    parts.every((part) => edition.id.split(/[^a-z0-9]+/).some((own) => own.includes(part))),
  );
  if (partial !== undefined && parts.length > 0) return partial;
  throw new UserFailure(
    `There is no edition "${name}"; there are: by-date, ${editions.map((edition) => edition.id).join(', ')}.`,
  );
}

/** One of the values a person may choose. */
export function oneOf<const Name extends string>(what: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UserFailure(`${what} "${value}" is not known; there are: ${names.join(', ')}.`);
  return found;
}
