import type {
  BackupView,
  ClaimListView,
  ClaimView,
  CollectedView,
  DayFigureView,
  ImportListView,
  ImportView,
  NewClaimView,
  PendingView,
  RedeemedView,
  RestatementPageView,
  ReviewPageView,
  ReviewView,
  RevokedView,
  RotatedView,
} from '@clearbay/contract/api.ts';
import { z } from 'zod';
import { epochMs, text } from './judged.ts';
import { named } from './registry.ts';

export const newClaim = named(
  'NewClaim',
  z.strictObject({
    id: z.string(),
    code: z.string().describe('one-time code for the device, shown once'),
    stations: z.array(z.string()),
    expiresAt: epochMs,
  }),
) satisfies z.ZodType<NewClaimView>;

export const redeemed = named(
  'RedeemedClaim',
  z.strictObject({ device: z.string(), secret: z.string().describe('asks for the credentials later; shown once') }),
) satisfies z.ZodType<RedeemedView>;

export const collected = named(
  'ClaimOutcome',
  z.strictObject({
    device: z.string(),
    state: z.enum(['pending', 'rejected', 'collected']),
    password: z.string().optional().describe('with the first answer after the approval, and never again'),
    stations: z.array(z.string()).optional(),
  }),
) satisfies z.ZodType<CollectedView>;

export const claim = named(
  'Claim',
  z.strictObject({
    id: z.string(),
    state: z.enum(['open', 'expired', 'pending', 'approved', 'rejected', 'collected']),
    stations: z.array(z.string()),
    createdBy: z.string(),
    createdAt: epochMs,
    expiresAt: epochMs,
    device: z.string().nullable(),
    redeemedAt: epochMs.nullable(),
    address: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: epochMs.nullable(),
  }),
) satisfies z.ZodType<ClaimView>;

export const claimList = named('ClaimList', z.strictObject({ claims: z.array(claim) })) satisfies z.ZodType<ClaimListView>;

export const rotated = named(
  'RotatedDevice',
  z.strictObject({
    device: z.string(),
    password: z.string().describe('shown once'),
    formerUntil: epochMs.describe('until then the former password is taken as well'),
  }),
) satisfies z.ZodType<RotatedView>;

export const revoked = named(
  'RevokedDevice',
  z.strictObject({ device: z.string(), connections: z.int().describe('live connections that were ended') }),
) satisfies z.ZodType<RevokedView>;

export const pending = named(
  'Pending',
  z.strictObject({
    devices: z.array(claim).describe('devices that redeemed a code and wait for a decision'),
    unknown: z
      .array(
        z.strictObject({
          kind: z.string(),
          station: z.string(),
          device: z.string(),
          metric: z.string().optional(),
          firstAt: epochMs,
          lastAt: epochMs,
          count: z.int(),
        }),
      )
      .describe('stations and metrics that readings came with and nobody knows'),
  }),
) satisfies z.ZodType<PendingView>;

export const review = named(
  'Review',
  z.strictObject({
    id: z.int(),
    station: z.string(),
    metric: z.string(),
    from: epochMs,
    to: epochMs.describe('event times, both included'),
    action: z.enum(['exclude', 'restore']),
    person: z.string(),
    reason: z.string(),
    at: epochMs,
    changed: z.int().nullable().describe('readings whose quality it changed; null while it is being carried out'),
  }),
) satisfies z.ZodType<ReviewView>;

export const reviewPage = named(
  'ReviewPage',
  z.strictObject({ reviews: z.array(review), next: z.int().nullable().describe('pass it as `before`; null at the end') }),
) satisfies z.ZodType<ReviewPageView>;

const dayFigure = named(
  'DayFigure',
  z.strictObject({
    metric: z.string(),
    value: z.number().nullable(),
    unit: z.string(),
    rating: z.string().describe('`none` where the day has no figure'),
    text,
    edition: z.string(),
  }),
) satisfies z.ZodType<DayFigureView>;

export const restatementPage = named(
  'RestatementPage',
  z.strictObject({
    restatements: z.array(
      z.strictObject({
        id: z.int(),
        station: z.string(),
        date: z.string().describe('local date'),
        at: epochMs,
        cause: z.enum(['late', 'correction', 'review', 'import']),
        person: z.string().nullable(),
        reason: z.string().nullable(),
        old: dayFigure,
        new: dayFigure,
      }),
    ),
    next: z.int().nullable().describe('pass it as `before`; null at the end'),
  }),
) satisfies z.ZodType<RestatementPageView>;

const count = z.int();

export const importJob = named(
  'Import',
  z.strictObject({
    id: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    person: z.string(),
    order: z.strictObject({
      kind: z.string(),
      columns: z.string(),
      station: z.string().optional(),
      map: z.string().optional(),
      device: z.string().optional(),
      historical: z.boolean(),
    }),
    bytes: z.number(),
    doneBytes: z.number(),
    rows: z.int(),
    counts: z.strictObject({ stored: count, duplicate: count, conflict: count, replaced: count, refused: count }),
    faults: z
      .array(z.strictObject({ line: z.int().nullable(), reason: z.string() }))
      .describe('the first rows that were not taken'),
    createdAt: epochMs,
    finishedAt: epochMs.nullable(),
    error: z.string().nullable(),
  }),
) satisfies z.ZodType<ImportView>;

export const importList = named(
  'ImportList',
  z.strictObject({ imports: z.array(importJob) }),
) satisfies z.ZodType<ImportListView>;

export const backup = named(
  'Backup',
  z.strictObject({
    id: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    startedAt: epochMs,
    finishedAt: epochMs.nullable(),
    folder: z.string().describe('on the machine of the server'),
    files: z.array(z.strictObject({ name: z.string(), bytes: z.number(), sha256: z.string() })),
    error: z.string().nullable(),
  }),
) satisfies z.ZodType<BackupView>;
