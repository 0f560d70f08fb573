import type {
  AlertView,
  BasinView,
  DayListView,
  ExplanationView,
  FigureExplanationView,
  TargetView,
} from '@clearbay/contract/api.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import { z } from 'zod';
import { named } from './registry.ts';

export const epochMs = z.number().describe('epoch ms');
export const text = named('Text', z.strictObject({ zh: z.string(), en: z.string() }));

const rating = named(
  'Rating',
  z.strictObject({
    code: z.string(),
    rank: z.int().describe('0 is the best, higher is worse, -1 where nothing can be said'),
    text,
    colour: z.string().describe('official colour, #RRGGBB'),
    meets: z.boolean().nullable(),
  }),
);

export const assessment = named(
  'Assessment',
  z.strictObject({
    kind: z.string(),
    station: z.string(),
    at: epochMs.nullable(),
    start: epochMs,
    end: epochMs,
    level: z.enum(['instant', 'hour', 'day', 'month', 'year']),
    edition: z.string(),
    origin: z.enum(['measured', 'simulated', 'manual', 'replayed']),
    rating,
    figure: z.strictObject({ metric: z.string(), value: z.number().nullable(), unit: z.string(), decimals: z.int() }),
    reason: text,
    detail: z.unknown().describe('depends on the kind'),
  }),
) satisfies z.ZodType<Assessment>;

const alertLevel = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).describe('1 is the most severe');

export const alert = named(
  'Alert',
  z.strictObject({
    id: z.string(),
    rule: z.string(),
    ruleLabel: text,
    kind: z.string(),
    station: z.string(),
    stationName: text,
    metric: z.string(),
    level: alertLevel,
    condition: z.enum(['firing', 'recovering', 'normal']),
    text,
    value: z.number().nullable(),
    threshold: z.number().nullable(),
    unit: z.string(),
    openedAt: epochMs,
    changedAt: epochMs,
    closedAt: epochMs.nullable(),
    simulated: z.boolean(),
    version: z.int(),
    history: z.array(
      z.strictObject({
        at: epochMs,
        change: z.enum(['opened', 'raised', 'lowered', 'recovering', 'refired', 'cleared']),
        level: alertLevel,
        value: z.number().nullable(),
        text,
      }),
    ),
  }),
) satisfies z.ZodType<AlertView>;

const validityCount = {
  valid: z.int(),
  needed: z.int(),
  missing: z.int().describe('valid days still needed'),
  possible: z.int().describe('days that can still become valid, today included'),
  reachable: z.boolean(),
};

const verdict = z.enum(['secured', 'on-track', 'at-risk', 'lost', 'no-data']);

const rate = z.strictObject({ met: z.number(), of: z.number(), share: z.number().min(0).max(1).nullable() });

const basin = named(
  'Basin',
  z.strictObject({
    month: z.string().describe('YYYY-MM; the running one as far as it has gone'),
    river: text.nullable().describe('null: all sections of the district'),
    sections: z.array(z.string()),
    quality: z.strictObject({ code: z.string(), text, colour: z.string() }).nullable(),
    method: z.enum(['class-shares', 'item-means']),
    shares: z.strictObject({ assessed: z.int(), excellentOrGood: z.int(), inferior: z.int() }),
    mainPollutants: z.array(z.strictObject({ metric: z.string(), sections: z.int(), of: z.int() })),
    class: z.string().nullable(),
    trend: z
      .strictObject({
        direction: z.enum(['better', 'worse', 'steady']),
        degree: z.enum(['none', 'some', 'clear']),
        change: z.number().describe('percentage points'),
      })
      .nullable(),
  }),
) satisfies z.ZodType<BasinView>;

export const target = named(
  'Target',
  z.strictObject({
    id: z.string(),
    kind: z.enum(['good-air-days', 'pm25-mean', 'water-sources', 'function-zones', 'water-sections']),
    name: text,
    clause: text,
    note: text.optional(),
    unit: z.string(),
    target: z.number(),
    value: z.number().nullable(),
    margin: z
      .number()
      .nullable()
      .describe('how far the value lies on the good side of the target, in its unit, unrounded; negative on the bad side'),
    verdict,
    verdictText: text,
    probability: z.number().min(0).max(1).nullable(),
    method: text,
    edition: z.string(),
    simulated: z.boolean(),
    budget: z
      .strictObject({
        allowed: z.number(),
        used: z.number(),
        left: z.number(),
        good: z.number(),
        valid: z.number(),
        invalid: z.number(),
        daysLeft: z.number(),
        badDays: z.array(z.strictObject({ date: z.string(), aqi: z.number(), primary: z.array(z.string()) })),
      })
      .optional(),
    rest: z
      .strictObject({ days: z.int(), mayAverage: z.number().nullable() })
      .optional()
      .describe('what the days still to come may average so that the annual mean keeps its target, rounded down'),
    validity: z
      .strictObject({
        year: z.strictObject(validityCount),
        months: z.array(z.strictObject({ ...validityCount, month: z.string() })),
        reachable: z.boolean(),
      })
      .optional()
      .describe('valid days that the year and its months still need (GB 3095, table 4)'),
    evidence: z
      .strictObject({ first: z.string(), values: z.array(z.number().nullable()), unit: z.string(), line: z.number() })
      .optional()
      .describe('day by day from the first date: AQI or mean, null for a day without a valid one'),
    withoutExceptional: z
      .strictObject({
        value: z.number().nullable(),
        margin: z.number().nullable(),
        badDays: z.number().optional(),
        days: z.array(z.strictObject({ date: z.string(), reason: text })).optional(),
      })
      .optional()
      .describe('the same without the days of exceptional events'),
    otherEditions: z.array(
      z.strictObject({
        edition: z.string(),
        value: z.number().nullable(),
        verdict,
        badDays: z.number().optional(),
        limit: z.number().optional().describe("the edition's own annual limit"),
      }),
    ),
    members: z.array(z.strictObject({ station: z.string(), value: z.number().nullable(), meets: z.boolean().nullable(), text })),
    basins: z.array(basin).optional().describe('of the sections: the month rated river by river, and over all of them'),
    sources: z
      .strictObject({ month: z.string(), byNumber: rate, byVolume: rate.nullable() })
      .optional()
      .describe('of the sources: compliance in the month, by volume where every source says how much it gives'),
  }),
) satisfies z.ZodType<TargetView>;

export const dayList = named(
  'DayList',
  z.strictObject({
    station: z.string(),
    year: z.int(),
    edition: z.string().nullable(),
    days: z.array(z.strictObject({ date: z.string(), assessment: assessment.nullable() })),
  }),
) satisfies z.ZodType<DayListView>;

const derivation = {
  derivation: z.strictObject({
    figure: text,
    edition: z.string(),
    inputs: z.array(
      z.strictObject({
        station: z.string().optional().describe('where a figure rests on several stations'),
        metric: z.string(),
        at: epochMs,
        value: z.number(),
        unit: z.string(),
        flags: z.array(z.string()),
        excluded: text.optional().describe('why it took no part; absent where it did'),
      }),
    ),
    steps: z.array(
      z.strictObject({
        text,
        clause: z.string(),
        values: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
      }),
    ),
  }),
  sentences: z.strictObject({ zh: z.array(z.string()), en: z.array(z.string()) }),
  editions: z
    .array(z.strictObject({ id: z.string(), label: z.string() }))
    .describe('editions that may be asked for instead of the one in force'),
};

export const explanation = named(
  'Explanation',
  z.strictObject({ station: z.string(), ...derivation }),
) satisfies z.ZodType<ExplanationView>;

export const figureExplanation = named(
  'FigureExplanation',
  z.strictObject({ of: z.string().describe('id of the district or target'), ...derivation }),
) satisfies z.ZodType<FigureExplanationView>;
