import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnMapping } from '@clearbay/contract/columns.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError, faultsOf } from './faults.ts';

const COMMON_MISSING = ['', 'NaN', 'nan', 'null', 'NA', '--', '-;', '—', '-', '/'];

const valueColumn = z.strictObject({
  metric: z.string(),
  columns: z.array(z.string()).min(1),
  factor: z.number().optional(),
});

const mappingSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  station: z.array(z.string()).describe('Columns that name the station; the first the file has is used'),
  time: z
    .array(
      z.strictObject({
        columns: z.array(z.string()).min(1),
        format: z.string(),
        zone: z.string().regex(/^[+-]\d\d:\d\d$/, 'an offset such as +08:00'),
        year: z.int().optional(),
      }),
    )
    .describe('Columns of the time; the first that the file has are used, none for files without times'),
  periodSeconds: z.number().min(1).max(86_400),
  missing: z.array(z.string()).default(COMMON_MISSING),
  notMonitored: z
    .array(z.string())
    .default(['/'])
    .describe('Texts for an item that is not monitored by plan (HJ 633-2026, 5.3.2)'),
  values: z.array(valueColumn).default([]),
  judgedOnly: z
    .array(valueColumn)
    .optional()
    .describe('Columns that are no readings and that only `assess` reads: other averages, lines of a station'),
  lakeSections: z.array(z.string()).optional().describe('Sections judged by the lake table where the file does not say so'),
  lots: z
    .strictObject({ station: z.array(z.string()).min(1), capacity: z.array(z.string()).min(1) })
    .optional()
    .describe('Columns of the file of lots that `assess parking --lots` takes'),
  wide: z.strictObject({ metric: z.string() }).optional(),
  metrics: z.literal('kind').optional().describe('Take the kind’s own metric names as column names'),
});

const FOLDER = join(import.meta.dirname, 'mappings');

/**
 * The named column mapping of a kind. `metricsOf` gives a kind's metric names for mappings that use them as they are.
 * Throws ConfigError where there is no such mapping or its file is broken.
 */
export function loadMapping(id: string, kind: string, metricsOf: (kind: string) => readonly string[]): ColumnMapping {
  const parsed = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({
      name,
      result: z.array(mappingSchema).safeParse(parse(readFileSync(join(FOLDER, name), 'utf8'), { merge: true })),
    }));
  const faults = parsed.flatMap(({ name, result }) => (result.success ? [] : faultsOf(result.error, `mappings/${name}`)));
  if (faults.length > 0) throw new ConfigError(faults);
  const all = parsed.flatMap(({ result }) => result.data ?? []);
  const found = all.find((mapping) => mapping.id === id && mapping.kind === kind);
  if (found === undefined) {
    const known = all.filter((mapping) => mapping.kind === kind).map((mapping) => mapping.id);
    throw new ConfigError([
      { path: 'columns', reason: `there is no mapping "${id}" for ${kind}; there are: ${known.join(', ')}` },
    ]);
  }
  const { metrics, ...mapping } = found;
  return {
    ...mapping,
    values: metrics === 'kind' ? metricsOf(kind).map((metric) => ({ metric, columns: [metric] })) : mapping.values,
  };
}
