import { UserFailure } from '../failure.ts';
import type { ResultCell } from './output.ts';
import type { Input, InputRow } from './rows.ts';

/** What the person asked for besides the kind. */
export interface AssessOptions {
  readonly edition?: string;
  readonly level: string;
  readonly waterBody: string;
  readonly areaClass: string;
  readonly lakes?: string;
  readonly lots?: string;
  readonly columns: string;
  readonly variant?: string;
}

/** Results of a row in the judge's columns, or why it cannot be judged; `everyRow` where the reason holds for all rows of its shape. */
export type RowResult = readonly ResultCell[] | { readonly fault: string; readonly everyRow?: true };

/** Judges the rows of one kind. */
export interface RowJudge {
  readonly columns: readonly string[];
  /** The rows to judge, where they are not those of the file: one column a lot. */
  reshape?(input: Input): Input;
  judge(row: InputRow): RowResult;
}

export interface JudgeOptions extends AssessOptions {
  /** Date that rows without a time are judged by, YYYY-MM-DD. */
  readonly today: string;
  /** Takes what is wrong with a row that is judged all the same. */
  readonly tell: (line: number, reason: string) => void;
}

/** One of the values a person may choose. */
export function oneOf<const Name extends string>(what: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UserFailure(`${what} "${value}" is not known; there are: ${names.join(', ')}.`);
  return found;
}
