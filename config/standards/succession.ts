import type { Edition } from '@clearbay/domain/standards.ts';
import type { ConfigFault } from '../faults.ts';

const DAY_MS = 86_400_000;

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}

/**
 * What is wrong with the editions of one standard in time. They follow one another in the order of the file, each from the day after the one
 * before, and the last is open: a lapsed edition judges nothing, so a gap or an end would leave days that cannot be judged.
 */
export function successionFaults(editions: readonly Edition[], path: string): ConfigFault[] {
  return editions.flatMap(({ id, validTo }, index): ConfigFault[] => {
    const next = editions[index + 1];
    if (next === undefined) {
      return validTo === null ? [] : [{ path, reason: `${id} ends on ${validTo} and none comes after it` }];
    }
    if (validTo !== null && dayAfter(validTo) === next.validFrom) return [];
    return [{ path, reason: `${next.id} must begin on the day after ${id} ends, not on ${next.validFrom}` }];
  });
}
