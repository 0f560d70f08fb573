import type { WaterBody } from '../../district.ts';
import { compareMicro, excessUnits, toMicro } from '../../exact.ts';
import { itemTable } from './items.ts';
import { type ItemMean, judgeMeans } from './sample.ts';
import type { ClassNo, WaterEditions, WaterSettings } from './standard.ts';

/** Numerator and denominator are kept; `share` is 0 to 1, unrounded, null where nothing was assessed. */
export interface Rate {
  readonly met: number;
  readonly of: number;
  readonly share: number | null;
}

function rate(met: number, of: number): Rate {
  return { met, of, share: of === 0 ? null : met / of };
}

export interface SourceCompliance {
  /** Null where nothing was measured. */
  readonly complies: boolean | null;
  readonly exceeding: readonly { readonly metric: string; readonly multiple: number | null }[];
  readonly itemsAssessed: readonly string[];
}

/**
 * Whether a drinking-water source complies in a month: no assessed item over the limit, table 1 at class III (without
 * temperature, total nitrogen, faecal coliforms), tables 2 and 3 at theirs. Items not measured are not assessed.
 */
export function sourceCompliance(
  means: (metric: string) => ItemMean | undefined,
  body: WaterBody,
  editions: WaterEditions,
): SourceCompliance {
  const judged = judgeMeans(means, body, editions);
  const exceeding = judged.items.filter((item) => item.classNo > 3).map(({ metric, multiple }) => ({ metric, multiple }));
  const itemsAssessed = [...judged.itemsAssessed];
  for (const { metric, limit } of editions.limits.sources) {
    const found = means(metric);
    if (found === undefined) continue;
    itemsAssessed.push(metric);
    const micro = toMicro(limit);
    if (compareMicro(found.mean, micro) > 0 && found.detectedMaxMicro !== null) {
      exceeding.push({ metric, multiple: excessUnits(found.mean, micro, 2) / 100 });
    }
  }
  return { complies: itemsAssessed.length === 0 ? null : exceeding.length === 0, exceeding, itemsAssessed };
}

/** Source compliance by number, and by intake volume (水量达标率) where every assessed source gives its volume. */
export function sourceRates(sources: readonly { readonly complies: boolean | null; readonly volume?: number | undefined }[]): {
  readonly byNumber: Rate;
  readonly byVolume: Rate | null;
} {
  const assessed = sources.filter(({ complies }) => complies !== null);
  const complying = assessed.filter(({ complies }) => complies === true);
  const volumes = assessed.every(({ volume }) => volume !== undefined);
  const total = (list: typeof sources) => list.reduce((sum, { volume }) => sum + (volume ?? 0), 0);
  return {
    byNumber: rate(complying.length, assessed.length),
    byVolume: volumes && assessed.length > 0 ? rate(total(complying), total(assessed)) : null,
  };
}

/**
 * Whether a function zone complies in a period (SL 395-2007): at least 80 % of its measurements (setting) meet the
 * zone's target class. Measurements without a class count on neither side; null without any.
 */
export function zoneCompliance(
  classes: readonly (ClassNo | null)[],
  targetClass: number,
  settings: Pick<WaterSettings, 'functionZoneShare'>,
): { readonly complies: boolean | null; readonly measurements: Rate } {
  const assessed = classes.filter((classNo) => classNo !== null);
  const met = assessed.filter((classNo) => classNo <= targetClass).length;
  return {
    complies: assessed.length === 0 ? null : met * 100 >= assessed.length * settings.functionZoneShare,
    measurements: rate(met, assessed.length),
  };
}

/** How many items a full class of the water body covers: 21 for a river. */
export function itemsOfClass(body: WaterBody, editions: WaterEditions): number {
  return itemTable(editions, body).classed.length;
}
