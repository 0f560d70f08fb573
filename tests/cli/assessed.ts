import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { clearbay } from '../harness/clearbay.ts';

export type Row = Record<string, string>;

/** Header of hourly rows of air with the six pollutants. */
export const HOUR = 'station,time,so2,no2,co,o3,pm10,pm25\n';

/** Judges a text from standard input: the rows of the CSV that comes back, and the lines told on standard error. */
export async function assessed(kind: string, text: string, ...options: string[]): Promise<{ rows: Row[]; told: string[] }> {
  const ended = await clearbay(['assess', kind, ...options], { input: text });
  expect(ended.code, ended.stderr).toBe(0);
  return { rows: parse(ended.stdout, { columns: true }) as Row[], told: ended.stderr.split('\n').filter((line) => line !== '') };
}

/** The same where nothing may be told. */
export async function judged(kind: string, text: string, ...options: string[]): Promise<Row[]> {
  const { rows, told } = await assessed(kind, text, ...options);
  expect(told).toEqual([]);
  return rows;
}
