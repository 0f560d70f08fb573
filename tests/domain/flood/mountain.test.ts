import { toMicro } from '@clearbay/domain/exact.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { antecedentRain, judgeMountainFlood, soilState } from '@clearbay/domain/kinds/flood/mountain.ts';
import type { RainReport } from '@clearbay/domain/kinds/flood/rain.ts';
import type { MountainSite } from '@clearbay/domain/kinds/flood/standards.ts';
import { MINUTE_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

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

describe('the way of the water from the gauge upstream', () => {
  const travel = (SITE.gauge?.travelMinutes ?? 0) * MINUTE_MS;
  const judgeLevels = (levels: readonly { at: number; level: number }[], end: number) =>
    judgeMountainFlood([rain(0, 0)], levels, end, SITE, 'normal', edition);

  test('it arrives a travel time after the level was first reached', () => {
    expect(travel).toBeGreaterThan(0);
    const levels = [0, 5, 10].map((minute) => ({ at: EIGHT + minute * MINUTE_MS, level: minute === 0 ? 1 : 4.5 }));
    expect(judgeLevels(levels, EIGHT + 10 * MINUTE_MS).arrivesAt).toBe(EIGHT + 5 * MINUTE_MS + travel);
    expect(judgeLevels(levels.slice(0, 1), EIGHT).arrivesAt).toBeNull();
  });

  test('is told to those downstream in minutes', () => {
    const live = floodKind.live(GAUGE, { ...STANDARDS, mountain: [{ ...edition, sites: [{ ...SITE, station: GAUGE.id }] }] });
    live.accept(gaugeReading(EIGHT, { level: 4.5, rainfall: 0 }));
    const text = live.assess(EIGHT).detail.watch.mountain?.text;
    expect(text?.en).toContain(`water from upstream in about ${travel / MINUTE_MS} min`);
    expect(text?.zh).toContain(`上游来水约 ${travel / MINUTE_MS} 分钟后到达`);
  });
});

describe('soil state of a live gauge', () => {
  const judged = (mm: number | null, day: number, rainfall = 0) => {
    const live = floodKind.live(GAUGE, {
      ...STANDARDS,
      mountain: [{ ...edition, sites: [{ ...SITE, station: GAUGE.id }] }],
      antecedentRains: { [GAUGE.id]: { day, mm } },
    });
    live.accept(gaugeReading(EIGHT + MINUTE_MS, { level: 1, rainfall }));
    return live.assess(EIGHT).detail;
  };

  test('is that of its antecedent rain: dry, normal, wet', () => {
    expect([10, 40, 80].map((mm) => judged(mm, EIGHT).mountain?.soil)).toEqual(['dry', 'normal', 'wet']);
    expect(judged(10, EIGHT).antecedentMm).toBe(10);
  });

  test('is assumed where the antecedent rain is unknown or older than the day before', () => {
    expect(judged(10, EIGHT - 86_400_000).mountain?.soil).toBe('dry');
    expect(judged(10, EIGHT - 2 * 86_400_000)).toMatchObject({ antecedentMm: null, mountain: { soil: edition.assumedSoil } });
    expect(judged(null, EIGHT).mountain?.soil).toBe(edition.assumedSoil);
  });

  test('is wet after a day of heavy rain however dry it was before', () => {
    expect(judged(0, EIGHT, 70).mountain?.soil).toBe('wet');
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
