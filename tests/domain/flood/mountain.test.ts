import { toMicro } from '@clearbay/domain/exact.ts';
import { antecedentRain, judgeMountainFlood, soilState } from '@clearbay/domain/kinds/flood/mountain.ts';
import type { RainReport } from '@clearbay/domain/kinds/flood/rain.ts';
import type { MountainSite } from '@clearbay/domain/kinds/flood/standards.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, STANDARDS } from './gauge.ts';

const [edition] = STANDARDS.mountain;
if (edition === undefined) throw new Error('no edition of mountain floods');

const SITE: MountainSite = {
  station: 'gauge',
  name: { zh: '试验村', en: 'test village' },
  note: { zh: '试验', en: 'test' },
  gauge: { prepareM: 4, moveM: 4.5, travelMinutes: 20 },
  thresholds: {
    dry: [
      { hours: 0.5, prepareMm: 40, moveMm: 60 },
      { hours: 1, prepareMm: 60, moveMm: 80 },
    ],
    normal: [
      { hours: 0.5, prepareMm: 30, moveMm: 45 },
      { hours: 1, prepareMm: 45, moveMm: 60 },
    ],
    wet: [
      { hours: 0.5, prepareMm: 20, moveMm: 30 },
      { hours: 1, prepareMm: 30, moveMm: 40 },
    ],
  },
};

function rain(minute: number, mm: number): RainReport {
  return { at: EIGHT + minute * MINUTE_MS, micro: toMicro(mm), valid: true };
}

const judge = (reports: RainReport[], minute: number, soil: 'dry' | 'normal' | 'wet' = 'normal') =>
  judgeMountainFlood(reports, [], EIGHT + minute * MINUTE_MS, SITE, soil, edition);

describe('SL 675, SL 767: critical rainfall by site, window, soil state and action', () => {
  test('exactly at the critical rainfall it is reached', () => {
    expect(judge([rain(0, 0), rain(5, 30)], 5).now).toBe('prepare');
    expect(judge([rain(0, 0), rain(5, 29.999)], 5).now).toBe('none');
    expect(judge([rain(0, 0), rain(5, 45)], 5).now).toBe('move');
  });

  test('the same rain means more on wet soil', () => {
    const reports = [rain(0, 0), rain(5, 35)];
    expect(['dry', 'normal', 'wet'].map((soil) => judge(reports, 5, soil as 'dry').now)).toEqual(['none', 'prepare', 'move']);
  });

  test('windows slide: 23 mm on each side of a full hour make 46', () => {
    expect(judge([rain(0, 0), rain(40, 23), rain(80, 23)], 80).now).toBe('prepare');
  });

  test('any window is enough, also the longer one', () => {
    const judged = judge([rain(0, 0), rain(10, 20), rain(30, 15), rain(55, 12)], 55);
    expect(judged.windows.map(({ action }) => action)).toEqual(['none', 'prepare']);
    expect(judged.now).toBe('prepare');
  });

  test('it is not stepped down until all windows stayed below for the hold time', () => {
    const reports = [rain(0, 0), rain(5, 50)];
    expect(judge(reports, 70)).toMatchObject({ now: 'none', held: 'move' });
    expect(judge(reports, 5 + 30 + edition.holdMinutes - 1).held).toBe('move');
    expect(judge(reports, 5 + 30 + edition.holdMinutes).held).toBe('prepare');
    expect(judge(reports, 5 + 60 + edition.holdMinutes + 1).held).toBe('none');
  });

  test('the gauge upstream asks for the same', () => {
    const at = EIGHT;
    expect(judgeMountainFlood([rain(0, 0)], [{ at, level: 4.5 }], at, SITE, 'normal', edition).now).toBe('move');
    expect(judgeMountainFlood([rain(0, 0)], [{ at, level: 4.49 }], at, SITE, 'normal', edition).now).toBe('prepare');
  });
});

describe('antecedent rain', () => {
  test('is Pa = k (Pa + P), the day before counting most', () => {
    const { recession } = edition.antecedent;
    expect(antecedentRain([10, 20], edition)).toBeCloseTo(recession * (recession * 10 + 20), 9);
  });

  test('is capped at the largest loss of the basin and unknown with a missing day', () => {
    expect(antecedentRain([500, 500], edition)).toBe(edition.antecedent.maximumMm);
    expect(antecedentRain([1, null, 1], edition)).toBeNull();
  });

  test('only the last days of the setting count', () => {
    const days = Array.from({ length: edition.antecedent.days }, () => 1);
    expect(antecedentRain([90, ...days], edition)).toBe(antecedentRain(days, edition));
  });

  test('gives the soil state; unknown is the assumed one', () => {
    const { dryBelowMm, wetFromMm } = edition.antecedent;
    expect([dryBelowMm - 0.1, dryBelowMm, wetFromMm - 0.1, wetFromMm].map((mm) => soilState(mm, edition))).toEqual([
      'dry',
      'normal',
      'normal',
      'wet',
    ]);
    expect(soilState(null, edition)).toBe(edition.assumedSoil);
  });
});
