import { localDate } from '@clearbay/domain/time.ts';
import { UserFailure } from '../failure.ts';
import { RowFaults } from '../row-faults.ts';
import type { AssessOptions, JudgeOptions, RowJudge, RowResult } from './judge.ts';
import { ResultWriter } from './output.ts';
import { type InputRow, openInput } from './rows.ts';

const JUDGES: Readonly<Record<string, (options: JudgeOptions) => Promise<RowJudge>>> = {
  air: async (options) => (await import('./judges/air.ts')).airJudge(options),
  water: async (options) => (await import('./judges/water.ts')).waterJudge(options),
  flood: async (options) => (await import('./judges/flood.ts')).floodJudge(options),
  parking: async (options) => (await import('./judges/parking.ts')).parkingJudge(options),
};

/**
 * `clearbay assess`: judges a file row by row and writes the same rows with the results added. A row that cannot be
 * judged is written with empty results and told on standard error; only a file that cannot be read, and an option that it cannot be judged by,
 * fail the command.
 */
export async function assess(kind: string, file: string, options: AssessOptions): Promise<void> {
  const open = JUDGES[kind];
  if (open === undefined) throw new UserFailure(`There is no kind "${kind}"; there are: ${Object.keys(JUDGES).join(', ')}.`);
  const faults = new RowFaults();
  const tell = (line: number, reason: string) => faults.tell(line, reason);
  const judge = await open({ ...options, today: localDate(Date.now()), tell });
  // A reader that closes early (`head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const opened = await openInput(file);
  if (opened.note !== undefined) process.stderr.write(`${opened.note}\n`);
  const input = judge.reshape?.(opened) ?? opened;
  const writer = new ResultWriter(input.format, judge.columns, process.stdout);
  const empty = judge.columns.map(() => null);
  const take = (row: InputRow) => {
    const result: RowResult = row.fault === undefined ? judge.judge(row) : { fault: row.fault };
    // All rows of a CSV have the same columns, so what one lacks they all lack.
    if ('everyRow' in result && input.format === 'csv')
      throw new UserFailure(`${result.fault}, which this file has no columns for.`);
    if ('fault' in result) faults.tell(row.line, result.fault);
    if (row.fault === undefined || input.format === 'csv') writer.extend(row, 'fault' in result ? empty : result);
  };
  writer.header(input.headerText, input.header);
  for await (const batch of input.batches) {
    for (const row of batch) take(row);
    await writer.flush();
  }
  await writer.flush();
  faults.close();
}
