import { installationAt, levelFromDistance, sameDatum } from '@clearbay/domain/kinds/flood/distance.ts';
import { rejectEchoes } from '@clearbay/domain/kinds/flood/echoes.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './gauge.ts';

const national = { zh: '1985 国家高程基准', en: '1985 national height datum' };
const assumed = { zh: '假定基面', en: 'assumed datum' };

describe('level from distance', () => {
  const installations = [
    { from: EIGHT, reference: 8.35, datum: national },
    { from: EIGHT - 1e9, reference: 6.1, datum: assumed },
  ];

  test('is reference − distance by the installation of the reading’s own time', () => {
    expect(levelFromDistance(4.05, EIGHT, installations)?.level).toBe(4.3);
    expect(levelFromDistance(4.05, EIGHT - 1, installations)).toMatchObject({ level: 2.05, installation: { datum: assumed } });
  });

  test('before the first installation there is no level', () => {
    expect(levelFromDistance(4, EIGHT - 2e9, installations)).toBeUndefined();
  });

  test('levels of different datums are not to be compared', () => {
    const [now, before] = [installationAt(installations, EIGHT), installationAt(installations, EIGHT - 1)];
    expect(now && before && sameDatum(now, before)).toBe(false);
    expect(now && sameDatum(now, { ...now, reference: 1 })).toBe(true);
  });
});

describe('false echoes', () => {
  const flags = (levels: readonly number[], seconds = 30): number[] =>
    rejectEchoes(
      levels.map((level, index) => ({ at: EIGHT + index * seconds * 1000, level })),
      STANDARDS.measuring.echo,
    );

  test('one echo off the median and faster than water rises is a spike; its neighbours are not', () => {
    expect(flags([2, 2.01, 2, 5.6, 2.01, 2.02, 2])).toEqual([0, 0, 0, QUALITY.spike, 0, 0, 0]);
  });

  test('a real fast rise stays: the second sample agrees with the first', () => {
    expect(flags([2, 2, 2, 4, 4.1, 4.2])).toEqual([0, 0, 0, QUALITY.spike, 0, 0]);
  });

  test('half a metre a minute is water, not an echo', () => {
    expect(flags([2, 2.25, 2.5, 2.75, 3, 3.25])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('after a long gap a new level is believed', () => {
    const samples = [0, 1, 2, 240].map((minute, index) => ({ at: EIGHT + minute * MINUTE_MS, level: index === 3 ? 6 : 2 }));
    expect(rejectEchoes(samples, STANDARDS.measuring.echo)).toEqual([0, 0, 0, 0]);
  });
});
