import type {
  AlertPageView,
  AssessmentListView,
  FreshnessView,
  LatestView,
  ProgressView,
  SeriesView,
  TargetListView,
} from '@clearbay/contract/api.ts';
import { z } from 'zod';
import { alert, assessment, epochMs, target, text } from './judged.ts';
import { named } from './registry.ts';

const flags = z.int().describe('quality bits; 0 is clean');

const latest = z.strictObject({
  metric: z.string(),
  value: z.number(),
  at: epochMs,
  flags,
}) satisfies z.ZodType<LatestView>;

/** The fields every station has; the rest depends on its kind. */
const station = named(
  'Station',
  z.looseObject({
    id: z.string(),
    kind: z.string(),
    name: text,
    town: z.string(),
    position: z.strictObject({ lon: z.number(), lat: z.number() }),
    positionNote: text.optional(),
    state: z.enum(['planned', 'trial', 'service', 'retired']),
    grade: z.enum(['official', 'indicative', 'mobile']),
    note: text.optional(),
    windows: z
      .array(
        z.strictObject({ from: epochMs, to: epochMs, reason: z.enum(['calibration', 'maintenance']), note: text.optional() }),
      )
      .optional()
      .describe('calibration and maintenance: values in these spans are counted nowhere'),
  }),
);

const stationFields = {
  station,
  periodMs: z.number(),
  simulated: z.boolean(),
  freshness: z.enum(['fresh', 'late', 'stale', 'never']),
  lastAt: epochMs.nullable(),
  assessment: assessment.nullable(),
  latest: z.array(latest),
};

const stationView = named('StationState', z.strictObject(stationFields));

export const stationList = named('StationList', z.strictObject({ now: epochMs, stations: z.array(stationView) }));

export const stationDetail = named(
  'StationDetail',
  z.strictObject({
    ...stationFields,
    now: epochMs,
    metrics: z.array(
      z.strictObject({
        id: z.string(),
        label: text,
        unit: z.string(),
        decimals: z.int(),
        range: z.tuple([z.number(), z.number()]),
        maxRatePerHour: z.number().optional(),
        resolution: z.number(),
        stuckAfterMs: z.number().optional(),
        rollup: z.enum(['mean', 'sum', 'last']),
        perBay: z.boolean().optional(),
      }),
    ),
    headline: z.array(z.string()),
    marks: z
      .record(
        z.string(),
        z.array(
          z.strictObject({
            value: z.number(),
            label: text,
            side: z.enum(['at-most', 'at-least']),
            edition: z.string().nullable(),
          }),
        ),
      )
      .optional()
      .describe('limits and lines by metric, of the edition in force today'),
    alerts: z.array(alert),
  }),
);

const freshness = z.strictObject({
  fresh: z.int(),
  late: z.int(),
  stale: z.int(),
  never: z.int(),
  perMinute: z.number(),
  lastReceivedAt: epochMs.nullable(),
}) satisfies z.ZodType<FreshnessView>;

const progress = z.strictObject({
  id: z.string(),
  label: text,
  done: z.number(),
  total: z.number(),
  startedAt: epochMs,
  finishedAt: epochMs.nullable(),
}) satisfies z.ZodType<ProgressView>;

export const overview = named(
  'Overview',
  z.strictObject({
    now: epochMs,
    district: z.strictObject({
      id: z.string(),
      name: text,
      demonstration: z.boolean(),
      towns: z.array(z.strictObject({ id: z.string(), name: text })),
    }),
    stations: z.array(stationView),
    air: assessment.nullable(),
    targets: z.array(target),
    alerts: z.array(alert),
    freshness,
    progress: z.array(progress),
  }),
);

export const assessmentList = named(
  'AssessmentList',
  z.strictObject({ now: epochMs, assessments: z.array(assessment) }),
) satisfies z.ZodType<AssessmentListView>;

export const targetList = named(
  'TargetList',
  z.strictObject({ now: epochMs, targets: z.array(target) }),
) satisfies z.ZodType<TargetListView>;

export const alertPage = named(
  'AlertPage',
  z.strictObject({ alerts: z.array(alert), next: epochMs.nullable().describe('pass it as `before`; null at the end') }),
) satisfies z.ZodType<AlertPageView>;

const point = z
  .tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])
  .describe('[at, mean, min, max, count, validCount, flags]; `at` is the event time or the END of the bucket');

export const series = named(
  'Series',
  z.strictObject({
    station: z.string(),
    metric: z.string(),
    unit: z.string(),
    resolution: z.enum(['raw', 'hour', 'day']),
    bucketMs: z.number(),
    points: z.array(point),
  }),
) satisfies z.ZodType<SeriesView>;
