import { join } from 'node:path';
import type { ParkingStandards } from '@clearbay/domain/kinds/parking/standards.ts';
import { z } from 'zod';
import { ConfigError, type ConfigFault } from '../faults.ts';
import { readStandard } from './read-standards.ts';
import { successionFaults } from './succession.ts';

const share = z.number().min(0).max(1);
const CODES = ['ample', 'tight', 'scarce', 'full'] as const;

const step = z.strictObject({
  code: z.enum(CODES),
  rank: z.int().min(0),
  text: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  colour: z.string().regex(/^#[0-9A-F]{6}$/, 'a colour as #RRGGBB'),
  upTo: z.strictObject({ share, inclusive: z.boolean() }).optional().describe('Largest free share of the level'),
  leaveAt: share.optional().describe('Free share at which it is left for a better level'),
});

const steps = z
  .array(step)
  .refine(
    (list) => CODES.every((code, rank) => list[rank]?.code === code && list[rank]?.rank === rank),
    'ample, tight, scarce, full',
  )
  .refine(
    (list) =>
      list.every(
        ({ upTo, leaveAt }, index) => (index === 0) === (upTo === undefined) && (index === 0) === (leaveAt === undefined),
      ),
    'every level but ample needs upTo and leaveAt',
  )
  .refine(
    (list) => list.every(({ upTo, leaveAt }) => upTo === undefined || leaveAt === undefined || leaveAt > upTo.share),
    'leaveAt must lie above upTo',
  );

const guidanceFile = z.strictObject({
  editions: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        label: z.string().min(1),
        clause: z.string().min(1),
        source: z.string().min(1).describe('Where the figures come from and how sure they are'),
        validFrom: z.iso.date(),
        validTo: z.iso.date().nullable(),
        holdSeconds: z.number().min(0).max(3600),
        unknownHidesShare: share,
        fullAlert: z.literal([1, 2, 3, 4]).describe('I is 1, the most severe'),
        steps,
      }),
    )
    .min(1),
});

const weights = z.strictObject({ typical: share, trend: share });

const countingFile = z.strictObject({
  counting: z.strictObject({
    bayUnknownAfterHours: z.number().positive().max(26),
    reconcileHour: z.int().min(0).max(23),
    driftTolerance: z.int().min(0),
  }),
  forecast: z.strictObject({
    horizonsMin: z.array(z.number().positive().max(120)).min(1),
    historyDays: z.int().min(1).max(7),
    trendMin: z.number().positive(),
    sameType: weights,
    otherType: weights,
    noHistory: weights,
  }),
});

/** The parking settings as dated data. Throws one ConfigError that names every fault of every file. */
export function loadParkingStandards(folder: string = join(import.meta.dirname, 'parking')): ParkingStandards {
  const faults: ConfigFault[] = [];
  const guidance = readStandard(join(folder, 'guidance.yaml'), guidanceFile, faults);
  const counting = readStandard(join(folder, 'counting.yaml'), countingFile, faults);
  faults.push(...successionFaults(guidance?.editions ?? [], 'guidance.yaml'));
  if (!guidance || !counting || faults.length > 0) throw new ConfigError(faults);
  return { guidance: guidance.editions, counting: counting.counting, forecast: counting.forecast };
}
