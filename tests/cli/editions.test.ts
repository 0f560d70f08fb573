import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { Edition } from '@clearbay/domain/standards.ts';
import { describe, expect, test } from 'vitest';
import { namedEdition } from '../../cli/assess/editions.ts';

const { air, water, flood } = loadStandards();

const ofAir = (name: string | undefined) =>
  namedEdition(air.editions, name, ({ index, assessment }) => [index.id, assessment.id])?.id;

describe('names of editions', () => {
  test.each([
    ['2012', 'gb3095-2012'],
    ['gb3095-2012', 'gb3095-2012'],
    ['GB 3095-2012', 'gb3095-2012'],
    ['gb3095_2012', 'gb3095-2012'],
    ['HJ633-2012', 'gb3095-2012'],
    ['HJ 663-2013', 'gb3095-2012'],
    ['transition', 'gb3095-2026-transition'],
    ['2026-transition', 'gb3095-2026-transition'],
    ['GB 3095-2026 transition', 'gb3095-2026-transition'],
    ['final', 'gb3095-2026-final'],
    ['2026 final', 'gb3095-2026-final'],
    ['by-date', undefined],
    [undefined, undefined],
  ])('%s is %s', (name, id) => {
    expect(ofAir(name)).toBe(id);
  });

  const ALL = 'by-date, gb3095-2012, hj633-2012, hj663-2013, gb3095-2026-transition, hj633-2026, hj663-2026, gb3095-2026-final';

  test.each(['3', '0', '2', 'gb', 'gb3095', '2026', '1996', '-', ''])('a part of a name is no edition: "%s"', (name) => {
    expect(() => ofAir(name)).toThrow(`There is no edition "${name}"; there are: ${ALL}.`);
  });

  test.each(['hj633-2026', 'HJ 663-2026'])('%s goes with two editions of limits and leaves the choice to the person', (name) => {
    expect(() => ofAir(name)).toThrow(
      `"${name}" goes with several editions; name one: gb3095-2026-transition, gb3095-2026-final.`,
    );
  });

  test.each<[string, readonly Edition[], string]>([
    ['GB 3838-2002', water.limits, 'gb3838-2002'],
    ['2002', water.limits, 'gb3838-2002'],
    ['SL758-2018', [...flood.stages, ...flood.rainGrades], 'sl758-2018'],
    ['GB/T 28592-2012', [...flood.stages, ...flood.rainGrades], 'gbt28592-2012'],
  ])('%s as it is printed', (name, editions, id) => {
    expect(namedEdition(editions, name)?.id).toBe(id);
  });
});
