import type { DerivationInput } from '../../derivation.ts';
import { exactValue } from '../../exact.ts';
import { isExcluded, qualityNames } from '../../quality.ts';
import type { Reading } from '../../reading.ts';
import type { Text } from '../../text.ts';
import { waterMetric } from './metrics.ts';
import { flagsOf, isReal, valuesOf } from './period.ts';
import { type ItemMean, meanOfValue } from './sample.ts';
import type { MethodEdition } from './standard.ts';

/** Says why a value that no flag excludes took no part all the same; undefined where it did. */
export type LeftOut = (reading: Reading, metric: string) => Text | undefined;

const SIMULATED: Text = { zh: '模拟数据不与实测混用', en: 'simulated data never mix with measured data' };
const IMPOSSIBLE: Text = { zh: '不可能的数值', en: 'an impossible value' };
const OUTRANKED: Text = { zh: '该项有手工监测，自动监测不参与', en: 'outranked by the hand samples of the item' };
const TOO_FEW: Text = { zh: '该项样品不足，不评价', en: 'too few samples of the item: it is not assessed' };
const OLDER: Text = { zh: '已有更新的数值', en: 'a newer value of the item stands' };

/** Readings that may take part: simulated ones only where nothing is real. */
export function takenOf(readings: readonly Reading[]): readonly Reading[] {
  const real = readings.filter(isReal);
  return real.length > 0 ? real : readings;
}

/** Every value of the readings with its flags and why it was left out. */
export function inputsOf(
  readings: readonly Reading[],
  taken: readonly Reading[],
  method: MethodEdition,
  leftOut: LeftOut,
): DerivationInput[] {
  const among = new Set(taken);
  const reasonOf = (reading: Reading, metric: string, value: number): Text | undefined => {
    if (!among.has(reading)) return SIMULATED;
    const flags = flagsOf(reading, metric);
    if (isExcluded(flags)) {
      const names = qualityNames(flags).join(', ');
      return { zh: `质控剔除：${names}`, en: `left out by quality control: ${names}` };
    }
    return meanOfValue(metric, value, method) === undefined ? IMPOSSIBLE : leftOut(reading, metric);
  };
  return readings.flatMap((reading) =>
    Object.entries(reading.values).map(([metric, value]) => {
      const flags = qualityNames(flagsOf(reading, metric));
      const input = { metric, at: reading.at, value, unit: waterMetric(metric)?.unit ?? '', flags };
      const excluded = reasonOf(reading, metric, value);
      return excluded === undefined ? input : { ...input, excluded };
    }),
  );
}

/** Items of which hand samples stand beside automatic ones, in the order of their first value. */
export function outrankedItems(taken: readonly Reading[]): string[] {
  const found = { manual: new Set<string>(), automatic: new Set<string>() };
  for (const value of taken.flatMap(valuesOf)) found[value.manual ? 'manual' : 'automatic'].add(value.metric);
  return [...found.automatic].filter((metric) => found.manual.has(metric));
}

/** Leaves out automatic values of outranked items, and all values of items with too few samples. */
export function leftOutOfPeriod(outranked: readonly string[], insufficient: readonly string[]): LeftOut {
  return ({ origin }, metric) => {
    if (origin !== 'manual' && outranked.includes(metric)) return OUTRANKED;
    return insufficient.includes(metric) ? TOO_FEW : undefined;
  };
}

/** The newest valid value of each item, as the class of the moment takes it, and what that leaves out. */
export function newestValues(readings: readonly Reading[]): {
  readonly means: ReadonlyMap<string, ItemMean>;
  readonly leftOut: LeftOut;
} {
  const means = new Map<string, ItemMean>();
  const newest = new Map<string, Reading>();
  const ordered = [...readings].sort((left, right) => left.at - right.at || (left.device < right.device ? -1 : 1));
  for (const reading of ordered) {
    for (const { metric } of valuesOf(reading)) {
      const value = reading.values[metric];
      if (value === undefined) continue;
      means.set(metric, { mean: exactValue(value) });
      newest.set(metric, reading);
    }
  }
  return { means, leftOut: (reading, metric) => (newest.get(metric) === reading ? undefined : OLDER) };
}
