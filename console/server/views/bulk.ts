import type { BulkView } from '@clearbay/contract/bulk.ts';
import { z } from 'zod';
import { named } from './registry.ts';

const outcome = z.enum(['stored', 'duplicate', 'conflict', 'replaced', 'refused']);

export const bulk = named(
  'BulkResult',
  z.strictObject({
    total: z.int(),
    counts: z.record(outcome, z.int()),
    rows: z
      .array(z.strictObject({ row: z.int(), outcome, reason: z.string().optional() }))
      .describe('every row up to 10,000; of larger bodies the first 10,000 that were not stored'),
    repeated: z.boolean().describe('answered from memory: same key, same body'),
  }),
) satisfies z.ZodType<BulkView>;
