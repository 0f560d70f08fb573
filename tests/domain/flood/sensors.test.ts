import { levelFromDistance } from '@clearbay/domain/kinds/flood/distance.ts';
import { rejectEchoes } from '@clearbay/domain/kinds/flood/echoes.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

const national = { zh: '1985 国家高程基准', en: '1985 national height datum' };
const assumed = { zh: '假定基面', en: 'assumed datum' };

describe('level from distance', () => {
  const installations = [
    { from: EIGHT, reference: 8.35, datum: national },
    { from: EIGHT - 1e9, reference: 6.1, datum: national },
    { from: EIGHT - 2e9, reference: 3.1, datum: assumed },
  ];
  const station = { ...GAUGE, datum: national, installations };
  const derive = (values: Record<string, number>, at = EIGHT, device = 'radar', marks?: Record<string, 'D'>) =>
    levelFromDistance(station, { device, at, values, ...(marks && { marks }) });

  test('is reference − distance by the installation of the reading’s own time; the distance stays', () => {
    expect(derive({ distance: 4.05, voltage: 12 }).values).toEqual({ distance: 4.05, voltage: 12, level: 4.3 });
    expect(derive({ distance: 4.05 }, EIGHT - 1).values.level).toBe(2.05);
  });

  test('before the first installation, and in another datum than the lines, there is no level', () => {
    expect(derive({ distance: 4 }, EIGHT - 3e9).values).toEqual({ distance: 4 });
    expect(derive({ distance: 4 }, EIGHT - 1.5e9).values).toEqual({ distance: 4 });
  });

  test('a device’s mark on the distance holds for the level, and a level of its own is left alone', () => {
    expect(derive({ distance: 4 }, EIGHT, 'radar', { distance: 'D' }).marks).toEqual({ distance: 'D', level: 'D' });
    expect(derive({ distance: 4, level: 1 }).values.level).toBe(1);
  });

  test('each device has its own installation where they are named', () => {
    const two = {
      ...station,
      installations: [
        { ...installations[0]!, device: 'left' },
        { ...installations[0]!, device: 'right', reference: 9 },
      ],
    };
    const level = (device: string) => levelFromDistance(two, { device, at: EIGHT, values: { distance: 4 } }).values.level;
    expect([level('left'), level('right'), level('third')]).toEqual([4.35, 5, undefined]);
  });
});

describe('false echoes in the record of a gauge', () => {
  test('are no end of a rise rate', () => {
    const live = floodKind.live(GAUGE, STANDARDS);
    // Every 30 s over an hour, rising at 0.12 m/h; the echo stands where the half hour begins.
    for (let step = 0; step <= 120; step += 1) {
      live.accept(gaugeReading(EIGHT + (step * MINUTE_MS) / 2, { level: step === 60 ? 5.1 : 2 + step * 0.001 }));
    }
    const { detail } = live.assess(EIGHT + 60 * MINUTE_MS);
    for (const { mPerHour } of detail.rise.rates) expect(mPerHour).toBeCloseTo(0.12, 9);
    expect(detail.level?.suspect).toBe(false);
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
