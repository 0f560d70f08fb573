import type { AuditPageView, DeviceListView, HealthView, Problem, SessionView, StatusView } from '@clearbay/contract/api.ts';
import { z } from 'zod';
import { epochMs } from './judged.ts';
import { named } from './registry.ts';

export const problem = named(
  'Problem',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; programs decide by it'),
    detail: z.string().optional(),
    instance: z.string().optional().describe('number of the request, as in the log'),
    errors: z.array(z.strictObject({ path: z.string(), reason: z.string() })).optional(),
  }),
) satisfies z.ZodType<Problem>;

export const session = named(
  'Session',
  z.strictObject({ user: z.string(), role: z.enum(['viewer', 'duty', 'officer', 'operator', 'tester', 'admin']) }),
) satisfies z.ZodType<SessionView>;

export const health = named(
  'Health',
  z.strictObject({
    live: z.boolean(),
    ready: z.boolean(),
    state: z.enum(['ok', 'degraded', 'down']),
    reasons: z.array(z.string()),
    version: z.string(),
    startedAt: epochMs,
  }),
) satisfies z.ZodType<HealthView>;

export const status = named(
  'Status',
  z.strictObject({
    health,
    accepted: z.number(),
    refused: z.record(z.string(), z.number()).describe('count by reason'),
    duplicates: z.number(),
    conflicts: z.number(),
    openConflicts: z.number().describe('conflicts that wait for a decision'),
    unkeptConflicts: z.number().describe('conflicts since the start that were too many of one moment to be kept'),
    late: z.number(),
    ledger: z.strictObject({ lastSeq: z.number(), pending: z.number(), bytes: z.number(), writable: z.boolean() }),
    series: z.strictObject({
      state: z.string(),
      lag: z.number(),
      setAside: z
        .number()
        .describe(
          'values kept beside the figures because they may not change them: too late, of a taken identity, refused; also whole readings that cannot be written',
        ),
      cursor: z.number(),
    }),
    eventLoopDelayP99Ms: z.number(),
    clients: z.strictObject({ mqtt: z.number(), console: z.number() }),
  }),
) satisfies z.ZodType<StatusView>;

export const deviceList = named(
  'DeviceList',
  z.strictObject({
    devices: z.array(
      z.strictObject({
        device: z.string(),
        stations: z.array(z.string()),
        clock: z
          .strictObject({
            state: z.enum(['right', 'off', 'ahead']),
            offsetMs: z.number().nullable().describe('receive time minus event time, median of the last 20 live messages'),
            timeZoneHours: z.int().nullable().describe('whole hours that a time zone error puts it off by; positive: behind'),
          })
          .nullable()
          .describe('null before its first live message'),
        refusals: z
          .array(z.strictObject({ at: epochMs, reason: z.string(), subject: z.string(), excerpt: z.string() }))
          .describe('the last ones, newest last'),
      }),
    ),
  }),
) satisfies z.ZodType<DeviceListView>;

export const auditPage = named(
  'AuditPage',
  z.strictObject({
    entries: z.array(
      z.strictObject({ at: epochMs, user: z.string(), action: z.string(), subject: z.string(), detail: z.string() }),
    ),
    next: epochMs.nullable(),
  }),
) satisfies z.ZodType<AuditPageView>;
