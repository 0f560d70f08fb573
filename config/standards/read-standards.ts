import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type ConfigFault, faultsOf } from '../faults.ts';

/** One file of a standard's tables, checked; its faults go to `faults`. Undefined where it has any. */
export function readStandard<T>(file: string, schema: z.ZodType<T>, faults: ConfigFault[]): T | undefined {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    faults.push({ path: file, reason: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause) });
    return undefined;
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  faults.push(...faultsOf(result.error, file));
  return undefined;
}
