import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { z } from 'zod';

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, at most 64')
  .describe('Stable identifier, used in topics and addresses');

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const device = z.strictObject({
  id,
  periodSeconds: z.number().min(1).max(86_400).default(60).describe('Interval of reports'),
  origin: z.enum(['measured', 'simulated']).default('measured').describe('Simulated devices never count as measured'),
});

const instant = z.iso.datetime({
  offset: true,
  error: 'an ISO 8601 time with its zone is expected, like 2026-11-23T09:00:00+08:00',
});

const serviceWindow = z
  .strictObject({
    from: instant.describe('Beginning, ISO 8601 with its zone'),
    to: instant.describe('End, ISO 8601 with its zone'),
    reason: z.enum(['calibration', 'maintenance']).describe('Flag of the values in it'),
    note: text.optional(),
  })
  .refine((span) => Date.parse(span.from) < Date.parse(span.to), {
    error: 'the end must come after the beginning',
    path: ['to'],
  });

const neighbours = z
  .strictObject({
    stations: z.array(id).min(1).describe('Stations of the same kind that would see what this one sees'),
    tolerance: z
      .record(z.string(), z.number().positive())
      .optional()
      .describe('By metric, in its unit: a neighbour this close confirms. Default: one nearer to the new value than to the old'),
  })
  .optional()
  .describe('A sudden change that none of them confirms is flagged and still counted');

const station = {
  id,
  name: text,
  town: id.describe('Town the station stands in'),
  position: z.strictObject({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) }).describe('WGS 84'),
  positionNote: text.optional().describe('Said beside the position where it is not surveyed'),
  state: z
    .enum(['planned', 'trial', 'service', 'retired'])
    .default('service')
    .describe('Only stations in service count in targets'),
  grade: z.enum(['official', 'indicative', 'mobile']).default('official').describe('Grade of the data'),
  note: text.optional(),
  windows: z
    .array(serviceWindow)
    .optional()
    .describe('Calibration and maintenance: values in these spans are kept, flagged and counted nowhere'),
  devices: z.array(device).default([]),
};

const airStation = z.strictObject({
  ...station,
  kind: z.literal('air'),
  notMonitored: z
    .array(z.enum(['pm25', 'pm10', 'so2', 'no2', 'o3', 'co']))
    .default([])
    .describe('Pollutants not monitored by plan (HJ 633-2026, 5.3.2)'),
  areaClass: z
    .literal([1, 2])
    .optional()
    .describe('Class of the area whose limits hold (GB 3095, 4.1): 1 national parks and reserves, 2 the rest; 2 by default'),
  neighbours,
});

const waterStation = z.strictObject({
  ...station,
  kind: z.literal('water'),
  waterBody: z.enum(['river', 'lake']).describe('Chooses the total-phosphorus column of GB 3838'),
  role: z.enum(['section', 'source', 'function-zone']).describe('Target the station counts in'),
  targetClass: z.literal([1, 2, 3, 4, 5]).default(3).describe('Class that must be met; III is 3'),
  intakeVolume: z.number().positive().optional().describe('Of a source: water taken in a month, 10⁴ m³, for the rate by volume'),
  river: z
    .strictObject({ name: text, order: z.int().min(0) })
    .optional()
    .describe('Place along its river, upstream first'),
  neighbours,
});

const lines = z
  .strictObject({
    bed: z.number().optional(),
    normal: z.number().optional(),
    fortification: z.number().optional(),
    warning: z.number().describe('警戒水位, m'),
    guaranteed: z.number().describe('保证水位, m'),
    highestOnRecord: z.number().optional(),
  })
  .refine((value) => value.warning < value.guaranteed, {
    error: 'the warning level must lie below the guaranteed level',
    path: ['warning'],
  })
  .refine((value) => value.highestOnRecord === undefined || value.highestOnRecord >= value.warning, {
    error: 'the highest level on record lies below the warning level',
    path: ['highestOnRecord'],
  });

const installation = z.strictObject({
  from: instant.describe('First moment it held, ISO 8601 with its zone'),
  reference: z.number().describe('Height of the sensor’s zero, m above the datum'),
  datum: text.optional().describe('Where it is another than the station’s; no level is made then'),
  device: id.optional().describe('Device it is of; absent for the only sensor'),
});

const floodStation = z.strictObject({
  ...station,
  kind: z.literal('flood'),
  datum: text.describe('Datum of every level of the station; levels of different datums are never compared'),
  lines: lines.describe('The station’s own lines, m above its datum'),
  basin: text,
  tidal: z.boolean().default(false).describe('Rules on the rise use the residual above the tide'),
  installations: z
    .array(installation)
    .optional()
    .describe('Of sensors that report the distance to the water: the level is the reference less the distance, by date'),
});

const parkingStation = z.strictObject({
  ...station,
  kind: z.literal('parking'),
  capacity: z.int().min(1).max(100_000),
  counting: z.enum(['bays', 'counter']).describe('Sensors in the bays, or counters at the gates'),
  closedBays: z.int().min(0).default(0),
  chargers: z.int().min(0).default(0),
});

const share = z.number().min(0).max(1);
const targetBase = { id, name: text, clause: text.describe('Clause of the plan, quoted'), note: text.optional() };

const target = z.discriminatedUnion('kind', [
  z.strictObject({ ...targetBase, kind: z.literal('good-air-days'), value: share }),
  z.strictObject({ ...targetBase, kind: z.literal('pm25-mean'), value: z.number().positive().describe('µg/m³') }),
  z.strictObject({ ...targetBase, kind: z.literal('water-sources'), value: share }),
  z.strictObject({ ...targetBase, kind: z.literal('function-zones'), value: share }),
  z.strictObject({ ...targetBase, kind: z.literal('water-sections'), value: share }),
]);

const exceptionalDay = z.strictObject({
  date: z.iso.date({ error: 'a date is expected, like 2026-03-27' }),
  reason: text.describe('What happened, and who lists it as an exceptional event'),
});

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((name, index) => ids.indexOf(name) !== index))];
}

/** A district: towns, stations with their devices, and the targets of its plan. */
export const districtSchema = z
  .strictObject({
    id,
    name: text,
    demonstration: z.boolean().default(false).describe('Every device is simulated and marked so everywhere'),
    towns: z.array(z.strictObject({ id, name: text })).min(1),
    stations: z.array(z.discriminatedUnion('kind', [airStation, waterStation, floodStation, parkingStation])).min(1),
    targets: z.array(target).default([]),
    exceptionalDays: z
      .array(exceptionalDay)
      .optional()
      .describe('Days of exceptional events (HJ 663); the good-day and PM2.5 targets are given with and without them'),
  })
  .superRefine((district, context) => {
    const towns = new Set(district.towns.map((town) => town.id));
    const kinds = new Map(district.stations.map((entry) => [entry.id, entry.kind]));
    district.stations.forEach((entry, index) => {
      if (!towns.has(entry.town)) {
        context.addIssue({ code: 'custom', path: ['stations', index, 'town'], message: `there is no town "${entry.town}"` });
      }
      const near = 'neighbours' in entry ? entry.neighbours : undefined;
      const metrics = new Set(KINDS.get(entry.kind)?.metrics.map((metric) => metric.id));
      for (const name of Object.keys(near?.tolerance ?? {})) {
        if (metrics.has(name)) continue;
        const message = `"${name}" is no metric of ${entry.kind}`;
        context.addIssue({ code: 'custom', path: ['stations', index, 'neighbours', 'tolerance', name], message });
      }
      near?.stations.forEach((name, place) => {
        if (name !== entry.id && kinds.get(name) === entry.kind) return;
        const message = `"${name}" is no other ${entry.kind} station`;
        context.addIssue({ code: 'custom', path: ['stations', index, 'neighbours', 'stations', place], message });
      });
    });
    for (const date of repeated((district.exceptionalDays ?? []).map((day) => day.date))) {
      context.addIssue({ code: 'custom', path: ['exceptionalDays'], message: `${date} is listed twice` });
    }
    for (const name of repeated(district.stations.map((entry) => entry.id))) {
      context.addIssue({ code: 'custom', path: ['stations'], message: `station id "${name}" is used twice` });
    }
    for (const name of repeated(district.stations.flatMap((entry) => entry.devices.map((each) => each.id)))) {
      context.addIssue({ code: 'custom', path: ['stations'], message: `device id "${name}" is used twice` });
    }
  });

export type DistrictFile = z.infer<typeof districtSchema>;
