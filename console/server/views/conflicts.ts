import type { ConflictPageView, ConflictView, ContentView } from '@clearbay/contract/api.ts';
import { z } from 'zod';
import { epochMs } from './judged.ts';
import { named } from './registry.ts';

const content = named(
  'ReadingContent',
  z.strictObject({
    values: z.record(z.string(), z.number()).describe('by metric'),
    marks: z.record(z.string(), z.string()).describe('of HJ 212, by metric; none counts as N'),
    receivedAt: epochMs,
    rev: z.int(),
  }),
) satisfies z.ZodType<ContentView>;

export const conflict = named(
  'ReadingConflict',
  z.strictObject({
    id: z.int(),
    station: z.string(),
    device: z.string(),
    bay: z.string().nullable(),
    at: epochMs,
    offered: content.describe('what came second'),
    current: content.nullable().describe('what counts; null where the ledger has let it go, the series have it then'),
  }),
) satisfies z.ZodType<ConflictView>;

export const conflictPage = named(
  'ReadingConflictPage',
  z.strictObject({ conflicts: z.array(conflict), next: z.int().nullable().describe('pass it as `before`; null at the end') }),
) satisfies z.ZodType<ConflictPageView>;
