import type { FloodStation } from '@clearbay/domain/district.ts';

type LineName = 'highestOnRecord' | 'guaranteed' | 'warning' | 'fortification' | 'normal' | 'bed';

export interface LadderStep {
  readonly name: LineName | 'now';
  /** m above the station's datum. */
  readonly height: number;
  /** m from the water up to the line, negative below the water; null without a level and on the water itself. */
  readonly distance: number | null;
  /** Whether a line that must not be reached is; the bed and the normal level never count. */
  readonly reached: boolean;
}

const HARMLESS: ReadonlySet<LineName> = new Set(['normal', 'bed']);
const NAMES: readonly LineName[] = ['highestOnRecord', 'guaranteed', 'warning', 'fortification', 'normal', 'bed'];

/** The known lines of a station and the water among them, highest first. Lines that are not known are left out. */
export function ladderSteps(lines: FloodStation['lines'], level: number | null): LadderStep[] {
  const steps: LadderStep[] = NAMES.flatMap((name) => {
    const height = lines[name];
    if (height === undefined || height === null) return [];
    const distance = level === null ? null : height - level;
    return [{ name, height, distance, reached: distance !== null && distance <= 0 && !HARMLESS.has(name) }];
  });
  if (level !== null) steps.push({ name: 'now', height: level, distance: null, reached: false });
  return steps.sort((a, b) => b.height - a.height || (a.name === 'now' ? -1 : 1));
}
