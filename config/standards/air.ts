import { readFileSync } from 'node:fs';
import { unitOf } from '@clearbay/domain/kinds/air/pollutant-names.ts';
import type { AirEdition, AirStandards, Pollutant } from '@clearbay/domain/kinds/air/standard.ts';
import type { Edition } from '@clearbay/domain/standards.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { successionFaults } from './succession.ts';

const FOLDER = new URL('./air/', import.meta.url);
const EDITIONS = ['gb3095-2012', 'gb3095-2026-transition', 'gb3095-2026-final'] as const;

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const date = z.iso.date();
const doubt = z.string().min(1).optional().describe('Why the figure is a setting; absent where the primary text confirms it.');
const setting = <T extends z.ZodType>(value: T) => z.strictObject({ value, doubt });
const classes = z.tuple([z.number().positive(), z.number().positive()]).describe('[class 1, class 2]');
const perPollutant = <T extends z.ZodType>(value: T) =>
  z.strictObject({ so2: value, no2: value, co: value, o3: value, pm10: value, pm25: value });
// The domain reckons in these units; a table in others would be misread.
const unit = (pollutant: Pollutant) => z.literal(unitOf(pollutant));
const units = z.strictObject({
  so2: unit('so2'),
  no2: unit('no2'),
  co: unit('co'),
  o3: unit('o3'),
  pm10: unit('pm10'),
  pm25: unit('pm25'),
});
const decimals = z.int().min(0).max(6);

const column = z.enum(['so2_24h', 'so2_1h', 'no2_24h', 'no2_1h', 'co_24h', 'co_1h', 'o3_8h', 'o3_1h', 'pm10_24h', 'pm25_24h']);
const pollutant = z.enum(['so2', 'no2', 'co', 'o3', 'pm10', 'pm25']);
const ascending = z
  .array(z.number().min(0))
  .min(5)
  .refine((points) => points.every((point, i) => i === 0 || point > (points[i - 1] ?? 0)), 'breakpoints must ascend');
const item = z.strictObject({ pollutant, input: z.string().min(1), column });

const averages = { year: classes.optional(), '24h': classes.optional(), '8h': classes.optional(), '1h': classes.optional() };
const otherItem = z.strictObject({ unit: z.literal('µg/m³'), ...averages, quarter: classes.optional() });
const quoted = { standard: z.string(), clause: z.string(), source: z.string() };
const edition = { id: z.string(), label: z.string(), validFrom: date, validTo: date.nullable() };

const limitsFile = z.strictObject({
  ...edition,
  id: z.enum(EDITIONS),
  name: text,
  index: z.string(),
  assessment: z.string(),
  limits: perPollutant(z.strictObject(averages)).extend({ ...quoted, units }),
  otherLimits: z.strictObject({ ...quoted, tsp: otherItem, nox: otherItem, lead: otherItem, benzo_a_pyrene: otherItem }),
  validity: z.strictObject({
    ...quoted,
    hourMinutes: z.int().min(1).max(60),
    particleHourMinutes: setting(z.int().min(1).max(60)),
    dayHours: z.int().min(1).max(24),
    eightHourHours: z.int().min(1).max(8),
    monthDays: z.int().min(1).max(28),
    februaryDays: z.int().min(1).max(28),
    yearDays: z.int().min(1).max(365),
  }),
});

const categoriesFile = z.strictObject({
  source: z.string(),
  categories: z
    .array(
      z.strictObject({
        code: z.string(),
        level: z.int().min(1).max(6),
        upTo: z.int().nullable(),
        colour: z.string().regex(/^#[0-9A-F]{6}$/),
        name: text,
        advice: text,
      }),
    )
    .length(6),
  sensitiveGroups: perPollutant(text).extend({ clause: z.string() }),
});

const indexFile = z.strictObject({
  ...edition,
  source: z.string(),
  clauses: z.record(
    z.enum(['table', 'formula', 'aqi', 'primary', 'items', 'above', 'missing', 'category', 'rounding']),
    z.string(),
  ),
  units,
  steps: ascending,
  columns: z.record(column, ascending),
  above: z.partialRecord(
    column,
    z.strictObject({
      over: z.number().positive(),
      index: z.int().optional(),
      instead: z.strictObject({ input: z.string(), column }).optional(),
    }),
  ),
  decimals: perPollutant(decimals),
  roundBeforeIndex: setting(z.boolean()),
  missing: setting(z.enum(['others', 'na-unless-over-100'])),
  ozoneMaxHourMinimumHours: setting(z.int().min(1).max(24)).optional(),
  primaryAbove: z.int(),
  defaultHourItems: z.enum(['text', 'published']),
  items: z.strictObject({
    day: z.array(item).min(6),
    hour: z.partialRecord(z.enum(['text', 'published']), z.array(item).min(6)),
  }),
});

const assessmentFile = z.strictObject({
  ...edition,
  source: z.string(),
  clauses: z.record(z.enum(['ozoneDay', 'annual', 'percentile', 'district', 'rounding', 'goodDays']), z.string()),
  ozoneDay: z.strictObject({
    firstEnd: z.int().min(1).max(24),
    lastEnd: z.int().min(1).max(24),
    minimumWindows: z.int().min(1).max(24),
  }),
  annual: perPollutant(
    z.strictObject({ mean: z.boolean(), percentile: z.int().min(1).max(99), averaging: z.enum(['24h', '8h']) }),
  ),
  requireBoth: setting(z.boolean()),
  compare: setting(z.enum(['unrounded', 'rounded'])),
  percentileNeedsValidYear: setting(z.boolean()),
  minimumStationShare: setting(z.number().min(0).max(1)),
  rateDecimals: decimals,
  multipleDecimals: decimals,
  statisticDecimals: setting(perPollutant(decimals)),
  composite: z
    .array(
      z.strictObject({ id: z.string(), name: text, decimals, weights: perPollutant(z.number().positive()), doubt: z.string() }),
    )
    .min(1),
});

/**
 * The air standards in their editions, read from `config/standards/air/*.yaml` (or another folder with the same files)
 * and checked. A fault is thrown with the file's name and every path that is wrong.
 */
export function loadAirStandards(folder: URL = FOLDER): AirStandards {
  const { categories, sensitiveGroups } = read(folder, 'categories', categoriesFile);
  const editions = EDITIONS.map((id): AirEdition => {
    const { index, assessment, limits, ...rest } = read(folder, id, limitsFile);
    const { standard, clause, source, units, ...of } = limits;
    const rules = { index: read(folder, index, indexFile), assessment: read(folder, assessment, assessmentFile) };
    for (const each of Object.values(rules)) checkRules(each, rest);
    return {
      ...rest,
      limits: { standard, clause, source, units, of },
      index: { ...rules.index, categories, sensitiveGroups },
      assessment: rules.assessment,
    };
  });
  const [fault] = successionFaults(editions, 'GB 3095');
  if (fault !== undefined) throw new Error(`air standard ${fault.path}: ${fault.reason}`);
  return { editions };
}

/** Index and assessment rules must be in force to the last day of the limits that they go with. */
function checkRules(rules: Edition, limits: Edition): void {
  const last = limits.validTo ?? '9999-12-31';
  if (rules.validFrom <= last && (rules.validTo === null || rules.validTo >= last)) return;
  throw new Error(`air standard ${rules.id}.yaml: it is not in force to the end of ${limits.id}`);
}

function read<T extends z.ZodType>(folder: URL, name: string, schema: T): z.infer<T> {
  const checked = schema.safeParse(parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8')));
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((fault) => `${fault.path.join('.')}: ${fault.message}`).join('; ');
  throw new Error(`air standard ${name}.yaml: ${faults}`);
}
