import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waterMetric } from '@clearbay/domain/kinds/water/metrics.ts';
import type { ClassLimits, WaterStandards } from '@clearbay/domain/kinds/water/standard.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError, faultsOf } from '../faults.ts';
import { successionFaults } from './succession.ts';

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const edition = {
  id: z.string(),
  label: z.string(),
  validFrom: date,
  validTo: date.nullable(),
  clause: z.string(),
  source: z.string(),
};
const colour = z.string().regex(/^#[0-9A-F]{6}$/i);
const text = z.strictObject({ zh: z.string(), en: z.string() });
const five = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);

/** A figure that no text confirms stands beside the reason why it is what it is. */
const setting = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, note: z.string().min(1) }).transform((entry) => (entry as { value: z.output<T> }).value);

/** A figure is compared with readings as they come, so it must stand in the unit of its metric. */
const isInUnitOfMetric = ({ metric, unit }: { readonly metric: string; readonly unit: string }) =>
  waterMetric(metric)?.unit === unit;
const WRONG_UNIT = { error: 'not the unit of this metric', path: ['unit'] };

const tableItem = z
  .strictObject({
    item: z.int(),
    metric: z.string(),
    unit: z.string(),
    rule: z.enum(['at-most', 'at-least', 'within']),
    band: z.tuple([z.number(), z.number()]).optional(),
    limits: z.union([five, z.strictObject({ river: five.optional(), lake: five })]).optional(),
  })
  .refine((entry) => (entry.rule === 'within' ? entry.band !== undefined : entry.limits !== undefined), {
    error: 'within needs a band, the other rules need limits',
  })
  .refine(isInUnitOfMetric, WRONG_UNIT);

const sourceItem = z
  .strictObject({ table: z.union([z.literal(2), z.literal(3)]), metric: z.string(), unit: z.string(), limit: z.number() })
  .refine(isInUnitOfMetric, WRONG_UNIT);

const trophicItem = z
  .strictObject({ metric: z.string(), unit: z.string(), a: z.number(), b: z.number(), r2: z.number() })
  .refine(isInUnitOfMetric, WRONG_UNIT);

const limitsFile = z.strictObject({
  ...edition,
  table1: z.array(tableItem).min(1),
  sources: z.array(sourceItem),
});

const quality = z.enum(['excellent', 'good', 'light', 'moderate', 'heavy']);

const methodFile = z.strictObject({
  ...edition,
  outsideClass: z.array(z.string()),
  withoutMultiple: z.array(z.string()),
  precedence: setting(z.array(z.string())),
  classes: z.array(z.strictObject({ code: z.enum(['I', 'II', 'III', 'IV', 'V', 'V-']), quality, colour, text })).length(6),
  qualities: z.array(z.strictObject({ code: quality, colour, text })).length(5),
  trophic: z.strictObject({
    items: z.array(trophicItem),
    grades: z.array(z.strictObject({ code: z.string(), below: z.number().nullable(), text })),
  }),
  settings: z.strictObject({
    oxygenSaturation: setting(z.boolean()),
    daySlots: setting(z.int().min(1).max(24)),
    dayMinimumSlots: setting(z.int().min(1)),
    monthMinimumSamples: setting(z.int().min(1)),
    quarterMinimumSamples: setting(z.int().min(1)),
    yearMinimumMonths: setting(z.int().min(1).max(12)),
    phMean: setting(z.enum(['arithmetic', 'hydrogen'])),
    undetectedFraction: setting(z.number().min(0).max(1)),
    manualOutranks: setting(z.boolean()),
    mainPollutants: setting(z.int().min(1)),
    smallBasin: setting(z.int().min(1)),
    exceedingShareOf: setting(z.enum(['assessed', 'measured'])),
    basinGap: setting(z.enum(['moderate', 'heavy'])),
    functionZoneShare: setting(z.int().min(1).max(100)),
    basinTrend: setting(z.strictObject({ some: z.number(), clear: z.number() })),
    currentHours: setting(z.number().positive()),
    clearMarginPercent: setting(z.number().min(0).max(50)),
    lakeSections: setting(z.array(z.string())),
  }),
});

type TableItem = z.infer<typeof tableItem>;

function toLimits(entry: TableItem): ClassLimits {
  const { item, metric, unit, rule, band, limits } = entry;
  const river = Array.isArray(limits) ? limits : limits?.river;
  const lake = Array.isArray(limits) ? limits : limits?.lake;
  return { item, metric, unit, rule, band: band ?? null, river: river ?? null, lake: lake ?? null };
}

function read<T extends z.ZodType>(folder: string, name: string, schema: T): z.infer<T> {
  const result = schema.safeParse(parse(readFileSync(join(folder, name), 'utf8')));
  if (!result.success) throw new ConfigError(faultsOf(result.error, name));
  return result.data;
}

/**
 * The water standards as data: limits of GB 3838-2002 (tables 1 and 2) and the method of 环办〔2011〕22号 with its settings.
 * Throws a ConfigError that names every fault of a file.
 */
export function loadWaterStandards(folder: string = join(import.meta.dirname, 'water')): WaterStandards {
  const limits = read(folder, 'gb3838-2002.yaml', limitsFile);
  const method = read(folder, 'method-2011-22.yaml', methodFile);
  const faults = [...successionFaults([limits], 'gb3838-2002.yaml'), ...successionFaults([method], 'method-2011-22.yaml')];
  if (faults.length > 0) throw new ConfigError(faults);
  return { limits: [{ ...limits, table1: limits.table1.map(toLimits) }], methods: [method] };
}
