import { join } from 'node:path';
import type { FloodStandards } from '@clearbay/domain/kinds/flood/standards.ts';
import { z } from 'zod';
import { ConfigError, type ConfigFault } from '../faults.ts';
import { readStandard } from './read-standards.ts';
import { successionFaults } from './succession.ts';

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const colour = z.string().regex(/^#[0-9A-F]{6}$/, 'a colour as #RRGGBB');
const level = z.literal([1, 2, 3, 4]).describe('I is 1, the most severe');
const positive = z.number().positive();
const share = z.number().min(0).max(1);
const edition = {
  id: z.string().min(1),
  label: z.string().min(1),
  clause: z.string().min(1),
  source: z.string().min(1).describe('Where the figures come from and how sure they are'),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
};
const ascending =
  <K extends string>(key: K) =>
  (steps: readonly Record<K, number>[]): boolean =>
    steps.every((step, index) => index === 0 || (steps[index - 1] as Record<K, number>)[key] <= step[key]);

const STAGES = ['normal', 'near-warning', 'above-warning', 'above-guaranteed', 'above-record'] as const;
const stageStep = z.strictObject({ code: z.enum(STAGES), rank: z.int().min(0), level: level.nullable(), text, colour });

const stagesFile = z.strictObject({
  editions: z
    .array(
      z.strictObject({
        ...edition,
        nearWarningM: z.number().min(0).describe('"Near" begins this far below the warning level, m'),
        hysteresis: z.strictObject({ share, leastM: z.number().min(0) }),
        steps: z
          .array(stageStep)
          .refine(
            (steps) => STAGES.every((code, rank) => steps[rank]?.code === code),
            'every stage once, from normal to above-record',
          ),
      }),
    )
    .min(1),
  overrides: z.record(
    z.string(),
    z.strictObject({ nearWarningM: z.number().min(0).optional(), riseMPerHour: positive.optional() }),
  ),
});

const gradeStep = z.strictObject({
  code: z.string().min(1),
  rank: z.int().min(1),
  text,
  from12: z.number().min(0).multipleOf(0.1),
  from24: z.number().min(0).multipleOf(0.1),
});

const rainFile = z.strictObject({
  grades: z
    .array(
      z.strictObject({
        ...edition,
        grades: z
          .array(gradeStep)
          .min(1)
          .refine((steps) => ascending('from12')(steps) && ascending('from24')(steps), 'lower bounds must ascend'),
      }),
    )
    .min(1),
  signals: z
    .array(
      z.strictObject({
        ...edition,
        hysteresisShare: share,
        signals: z.array(z.strictObject({ level, hours: positive, mm: positive, text })).min(1),
      }),
    )
    .min(1),
});

const mountainWindow = z
  .strictObject({ hours: positive.max(24), prepareMm: positive, moveMm: positive })
  .refine((window) => window.prepareMm <= window.moveMm, 'prepare must not lie above move');
const windows = z.array(mountainWindow).min(1);

const mountainFile = z.strictObject({
  editions: z
    .array(
      z.strictObject({
        ...edition,
        holdMinutes: z.number().min(0).max(90).describe('At most what the live window can look back over'),
        assumedSoil: z.enum(['dry', 'normal', 'wet']).describe('Where the antecedent rain is not known'),
        antecedent: z.strictObject({
          days: z.int().min(1),
          dayLeastHours: z.int().min(1).max(24),
          recession: share,
          maximumMm: positive,
          dryBelowMm: z.number().min(0),
          wetFromMm: z.number().min(0),
        }),
        levels: z.strictObject({ prepare: level, move: level }),
        sites: z.array(
          z.strictObject({
            station: z.string().min(1).describe('Station whose rain is judged'),
            name: text,
            note: text,
            gauge: z
              .strictObject({ prepareM: z.number(), moveM: z.number(), travelMinutes: z.number().min(0).max(90) })
              .optional(),
            thresholds: z.strictObject({ dry: windows, normal: windows, wet: windows }),
          }),
        ),
      }),
    )
    .min(1),
});

const measuringFile = z.strictObject({
  riseWindowsMin: z.array(positive).min(1),
  endToleranceShare: share,
  slope: z
    .strictObject({
      windowMin: positive,
      windowPeriods: z.int().min(3),
      longestMin: positive.max(1440),
      leastSpanMin: positive,
      leastPoints: z.int().min(3),
    })
    .refine(({ windowMin, longestMin }) => windowMin <= longestMin, 'windowMin must not exceed longestMin'),
  slopeZ: positive,
  resolutionM: positive,
  riseAlert: z.strictObject({ mPerHour: positive, level, hysteresisShare: share }),
  horizonHours: positive,
  rainWindowsH: z.array(positive.max(24)).min(1),
  echo: z.strictObject({ medianOf: z.int().min(3), maxMPerMin: positive, toleranceM: z.number().min(0) }),
  tide: z.strictObject({ leastDays: positive, rayleigh: positive, trimSigma: positive }),
});

/**
 * The flood standards as dated data: stages (SL 758), rain grades (GB/T 28592) and rainstorm signals, mountain-flood thresholds, and our own settings of
 * measuring. Throws one ConfigError that names every fault of every file.
 */
export function loadFloodStandards(folder: string = join(import.meta.dirname, 'flood')): FloodStandards {
  const faults: ConfigFault[] = [];
  const stages = readStandard(join(folder, 'stages.yaml'), stagesFile, faults);
  const rain = readStandard(join(folder, 'rain.yaml'), rainFile, faults);
  const mountain = readStandard(join(folder, 'mountain.yaml'), mountainFile, faults);
  const measuring = readStandard(join(folder, 'measuring.yaml'), measuringFile, faults);
  faults.push(
    ...successionFaults(stages?.editions ?? [], 'stages.yaml'),
    ...successionFaults(rain?.grades ?? [], 'rain.yaml.grades'),
    ...successionFaults(rain?.signals ?? [], 'rain.yaml.signals'),
    ...successionFaults(mountain?.editions ?? [], 'mountain.yaml'),
  );
  if (!stages || !rain || !mountain || !measuring || faults.length > 0) throw new ConfigError(faults);
  return {
    stages: stages.editions,
    overrides: stages.overrides,
    rainGrades: rain.grades,
    rainSignals: rain.signals,
    mountain: mountain.editions,
    measuring,
  };
}
