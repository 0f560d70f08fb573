import { loadConfig } from '@clearbay/config/load.ts';
import { shareOf, workerOf } from '@clearbay/pipeline/external/worker-share.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const { district } = loadConfig(undefined, {}, {});

describe('dividing stations among workers', () => {
  test('every station has exactly one worker, from 1 to their number', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 1000 }), (station, count) => {
        const worker = workerOf(station, count);
        expect(Number.isInteger(worker) && worker >= 1 && worker <= count).toBe(true);
        expect(workerOf(station, count)).toBe(worker);
      }),
    );
  });

  test('the answer never changes: these are written down', () => {
    expect(['air-baiqi', 'air-luoyang', 'flood-baiqi-lake', 'station-1'].map((id) => workerOf(id, 8))).toEqual([5, 7, 8, 5]);
    // The check value of CRC-32 is CBF43926.
    expect(workerOf('123456789', 1000)).toBe((0xcbf43926 % 1000) + 1);
  });

  test('a single worker takes the whole district', () => {
    expect(shareOf(district, { index: 1, count: 1 })).toEqual(district);
  });

  test('the shares together are the district, devices with their stations', () => {
    const shares = [1, 2, 3].map((index) => shareOf(district, { index, count: 3 }));
    const ids = shares.flatMap(({ stations }) => stations.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(district.stations.map(({ id }) => id).toSorted());
    for (const { stations, devices } of shares) {
      const own = new Set(stations.map(({ id }) => id));
      expect(devices).toEqual(district.devices.filter(({ station }) => own.has(station)));
    }
  });

  test('stations spread evenly', () => {
    for (const count of [2, 3, 4, 8]) {
      const sizes = new Array<number>(count).fill(0);
      for (let station = 0; station < 10_000; station += 1) sizes[workerOf(`station-${station}`, count) - 1]! += 1;
      for (const size of sizes) expect(Math.abs(size - 10_000 / count)).toBeLessThan((10_000 / count) * 0.1);
    }
  });
});
