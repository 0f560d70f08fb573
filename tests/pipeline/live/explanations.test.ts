import { loadStandards } from '@clearbay/config/standards/all.ts';
import type { OverviewView, TargetView } from '@clearbay/contract/api.ts';
import type { AirStation, District, PlanTarget, WaterStation } from '@clearbay/domain/district.ts';
import { toMicro } from '@clearbay/domain/exact.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, HOUR_MS, startOfDate } from '@clearbay/domain/time.ts';
import { Explanations } from '@clearbay/pipeline/live/explanations.ts';
import { PlanTargets } from '@clearbay/pipeline/targets/plan-targets.ts';
import type { RollupRow, SeriesStore } from '@clearbay/store/ports/series.ts';
import { beforeAll, describe, expect, test } from 'vitest';

const text = { zh: '名', en: 'name' };
const place = { name: text, town: 't', position: { lon: 0, lat: 0 }, state: 'service', grade: 'official' } as const;
const AIR: AirStation = { ...place, id: 'a', kind: 'air', notMonitored: [] };
const SOURCE: WaterStation = { ...place, id: 's', kind: 'water', waterBody: 'river', role: 'source', targetClass: 3 };
const ZONE: WaterStation = { ...SOURCE, id: 'z', role: 'function-zone' };
const target = (id: PlanTarget['kind'], value: number): PlanTarget => ({ id, kind: id, name: text, value, clause: text });
const DISTRICT: District = {
  id: 'tiz',
  name: { zh: '全区', en: 'the district' },
  demonstration: false,
  towns: [],
  stations: [AIR, SOURCE, ZONE],
  devices: [],
  targets: [target('good-air-days', 0.97), target('pm25-mean', 25), target('water-sources', 1), target('function-zones', 1)],
  exceptionalDays: [{ date: '2026-03-02', reason: text }],
};

const CLEAN: Readonly<Record<string, number>> = { pm25: 20, pm10: 40, so2: 6, no2: 20, o3: 80, co: 0.5 };
const FIRST = startOfDate('2026-03-01');
const NOW = startOfDate('2026-03-04') + 14 * HOUR_MS;

function row(station: string, metric: string, at: number, value: number, more: Partial<RollupRow> = {}): RollupRow {
  const fixed = { count: 1, validCount: 1, validMs: HOUR_MS, min: value, max: value, last: value, flags: 0, revision: 0 };
  return { station, metric, at, sumMicro: toMicro(value), simulated: false, ...fixed, ...more };
}

/** Three ended days: good, PM10 of 400, too few hours of PM10; the third simulated. */
const HOURS: readonly RollupRow[] = Array.from({ length: 72 }, (_, index) => index).flatMap((index) =>
  Object.entries(CLEAN).flatMap(([metric, clean]) => {
    const day = Math.floor(index / 24);
    if (metric === 'pm10' && day === 2 && index % 24 > 10) return [];
    const value = metric === 'pm10' && day === 1 ? 400 : clean;
    return [row('a', metric, FIRST + (index + 1) * HOUR_MS, value, { simulated: day === 2 })];
  }),
);
const feb = startOfDate('2026-02-10');
const DAYS: readonly RollupRow[] = [
  row('s', 'nh3n', feb, 1.2),
  row('s', 'nh3n', FIRST, 0.3),
  row('z', 'nh3n', feb, 0.3),
  row('z', 'nh3n', FIRST, 1.7, { simulated: true }),
  row('z', 'depth', FIRST + DAY_MS, 1),
];

const series = {
  rollups: ({ level, stations, from, to }: { level: 'hour' | 'day'; stations: readonly string[]; from: number; to: number }) =>
    Promise.resolve(
      (level === 'hour' ? HOURS : DAYS).filter(({ station, at }) => stations.includes(station) && at >= from && at < to),
    ),
  onRestated: () => () => undefined,
} as unknown as SeriesStore;

function reading(at: number): Reading {
  const rest = { receivedAt: at, origin: 'measured', historical: false, correction: false, rev: 0 } as const;
  return { station: 'a', device: 'd', at, periodMs: HOUR_MS, values: CLEAN, ...rest };
}

describe('explanations of the whole system', () => {
  const standards = loadStandards();
  const clock = { now: () => NOW };
  const targets = new PlanTargets({ district: DISTRICT, standards, series });
  let judged: readonly TargetView[] = [];
  const explanations = new Explanations({
    live: { overview: () => ({ air: { start: NOW - HOUR_MS, end: NOW }, targets: judged }) as unknown as OverviewView },
    district: DISTRICT,
    kinds: KINDS,
    standards,
    stored: (station, from, to) =>
      Promise.resolve(station === 'a' ? [NOW - HOUR_MS, NOW].filter((at) => at >= from && at <= to).map(reading) : []),
    targets,
    clock,
  });
  beforeAll(async () => {
    judged = await targets.judge(NOW);
  });

  test('a station under another edition, with the editions there are', async () => {
    const view = await explanations.station('a', { start: NOW - HOUR_MS, end: NOW }, 'gb3095-2012');
    expect(view).toMatchObject({ station: 'a', derivation: { edition: 'GB 3095-2012' } });
    expect(view?.editions.map(({ id }) => id)).toEqual(['gb3095-2012', 'gb3095-2026-transition', 'gb3095-2026-final']);
    await expect(explanations.station('a', { start: NOW - HOUR_MS, end: NOW }, 'none')).rejects.toThrow(RangeError);
    expect(await explanations.station('nobody', { start: 0, end: 1 })).toBeUndefined();
  });

  test("the district's newest hour by default, the day that runs when asked", async () => {
    const hour = await explanations.district(undefined);
    expect(hour).toMatchObject({ of: 'tiz', derivation: { figure: { en: 'the district: AQI 40, excellent' } } });
    expect(hour?.derivation.inputs[0]).toMatchObject({ station: 'a', at: NOW });
    const start = startOfDate('2026-03-04');
    const day = await explanations.district({ start, end: start + DAY_MS });
    expect(day?.sentences.en[0]).toBe('the district: Still running, so far, not judged: AQI NA');
    expect(await explanations.district({ start: FIRST, end: FIRST + HOUR_MS })).toBeUndefined();
  });

  test('the good-day target shows its days, marks the listed one, names the one without a judgement', async () => {
    const view = await explanations.target('good-air-days');
    expect(view?.derivation.figure.en).toMatch(/^name: 50 % so far/);
    expect(view?.derivation.inputs.map(({ metric, at, flags }) => [metric, at, flags])).toEqual([
      ['aqi', FIRST, []],
      ['aqi', FIRST + DAY_MS, ['exceptional']],
    ]);
    expect(view?.sentences.en.join('\n')).toContain('counted on neither side: 2026-03-03');
    const final = await explanations.target('good-air-days', 'gb3095-2026-final');
    expect(final?.derivation.edition).toBe('GB 3095-2026 final');
    await expect(explanations.target('good-air-days', 'none')).rejects.toThrow(RangeError);
    expect(await explanations.target('nobody')).toBeUndefined();
  });

  test('the mean shows daily means and leaves the simulated one out', async () => {
    const view = await explanations.target('pm25-mean');
    expect(view?.derivation.inputs.map(({ value, excluded }) => [value, excluded?.en])).toEqual([
      [20, undefined],
      [20, undefined],
      [20, 'simulated data never mix with measured data'],
    ]);
    expect(view?.derivation.steps[0]?.text.en).toBe('target at most 25 µg/m³ (name), compared unrounded');
  });

  test('sources show their months, the running one left out; zones their days', async () => {
    const sources = await explanations.target('water-sources');
    expect(sources?.derivation.inputs).toMatchObject([
      { station: 's', metric: 'complies', at: startOfDate('2026-02-01'), value: 0 },
      { station: 's', metric: 'complies', at: FIRST, value: 1, excluded: { en: 'the month still runs' } },
    ]);
    expect(sources?.editions.map(({ label }) => label)).toEqual(['GB 3838-2002']);
    await expect(explanations.target('water-sources', 'gb3095-2012')).rejects.toThrow(/judged under GB 3838-2002/);
    const zones = await explanations.target('function-zones');
    expect(zones?.derivation.inputs.map(({ station, at, value, excluded }) => [station, at, value, excluded?.en])).toEqual([
      ['z', feb, 2, undefined],
      ['z', FIRST, 5, 'simulated data never mix with measured data'],
    ]);
    expect(zones?.sentences.en.join('\n')).toContain('counted on neither side: z 2026-03-02');
  });
});
