import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { limitOf, POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import { afterAll, describe, expect, test } from 'vitest';

const { editions } = loadAirStandards();
const SOURCE = new URL('../../config/standards/air/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'air-standards-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('air standards as data', () => {
  test('the editions follow each other without a gap', () => {
    expect(editions.map(({ id, validFrom, validTo }) => [id, validFrom, validTo])).toEqual([
      ['gb3095-2012', '2013-01-01', '2026-02-28'],
      ['gb3095-2026-transition', '2026-03-01', '2030-12-31'],
      ['gb3095-2026-final', '2031-01-01', null],
    ]);
  });

  test.each([
    ['pm25', '24h', [75, 60, 50]],
    ['pm25', 'year', [35, 30, 25]],
    ['pm10', '24h', [150, 120, 100]],
    ['pm10', 'year', [70, 60, 50]],
    ['so2', '24h', [150, 150, 50]],
    ['so2', 'year', [60, 60, 20]],
    ['so2', '1h', [500, 500, 150]],
    ['no2', '24h', [80, 80, 50]],
    ['no2', 'year', [40, 40, 30]],
    ['no2', '1h', [200, 200, 200]],
    ['co', '24h', [4, 4, 4]],
    ['co', '1h', [10, 10, 10]],
    ['o3', '8h', [160, 160, 160]],
    ['o3', '1h', [200, 200, 200]],
  ] as const)('class 2 limit of %s %s (GB 3095, table 1)', (pollutant, averaging, expected) => {
    expect(editions.map((edition) => limitOf(edition, pollutant, averaging, 2))).toEqual(expected);
  });

  test('particles have no 1-hour limit and O3 no annual one', () => {
    for (const edition of editions) {
      expect([limitOf(edition, 'pm25', '1h', 2), limitOf(edition, 'pm10', '1h', 2), limitOf(edition, 'o3', 'year', 2)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
  });

  test('only PM10 and PM2.5 at index 100 differ between the index tables (HJ 633)', () => {
    const [old, now] = editions.map((edition) => edition.index.columns);
    const differing = Object.entries(old!).flatMap(([column, points]) =>
      points.flatMap((point, i) =>
        point === now![column as 'so2_1h'][i] ? [] : [`${column} ${i}: ${point} -> ${now![column as 'so2_1h'][i]}`],
      ),
    );
    expect(differing).toEqual(['pm10_24h 2: 150 -> 120', 'pm25_24h 2: 75 -> 60']);
  });

  test('the SO2 columns are not mixed up (HJ 633, table of breakpoints)', () => {
    for (const { index } of editions) {
      expect(index.columns.so2_24h).toEqual([0, 50, 150, 475, 800, 1600, 2100, 2620]);
      expect(index.columns.so2_1h).toEqual([0, 150, 500, 650, 800]);
    }
  });

  test('the daily report has 7 items in 2012 and 6 in 2026', () => {
    expect(editions.map((edition) => edition.index.items.day.length)).toEqual([7, 6, 6]);
    for (const pollutant of POLLUTANTS)
      expect(editions[1]!.index.items.hour.text!.map((item) => item.pollutant)).toContain(pollutant);
  });

  test('index and assessment rules have dates of their own', () => {
    const dated = editions.map(({ index, assessment }) =>
      [index, assessment].map(({ id, validFrom, validTo }) => [id, validFrom, validTo]),
    );
    expect(dated[0]).toEqual([
      ['hj633-2012', '2013-01-01', '2026-02-28'],
      ['hj663-2013', '2013-10-01', '2026-02-28'],
    ]);
    for (const rules of dated.slice(1)) {
      expect(rules).toEqual([
        ['hj633-2026', '2026-03-01', null],
        ['hj663-2026', '2026-03-01', null],
      ]);
    }
  });

  test('limits and breakpoints say their units', () => {
    for (const { limits, index } of editions) {
      expect([limits.units.pm25, limits.units.co, index.units.o3, index.units.co]).toEqual(['µg/m³', 'mg/m³', 'µg/m³', 'mg/m³']);
    }
  });

  test('the items of table 2 in class 1 and class 2 areas (GB 3095)', () => {
    for (const { otherLimits } of editions) {
      expect(otherLimits.tsp).toEqual({ unit: 'µg/m³', year: [80, 200], '24h': [120, 300] });
      expect(otherLimits.lead).toEqual({ unit: 'µg/m³', year: [0.5, 0.5], quarter: [1, 1] });
      expect(otherLimits.benzo_a_pyrene).toEqual({ unit: 'µg/m³', year: [0.001, 0.001], '24h': [0.0025, 0.0025] });
    }
    expect(editions.map(({ otherLimits: { nox } }) => [nox.year, nox['24h'], nox['1h']])).toEqual([
      [
        [50, 50],
        [100, 100],
        [250, 250],
      ],
      [
        [50, 50],
        [100, 100],
        [250, 250],
      ],
      [
        [40, 40],
        [70, 70],
        [250, 250],
      ],
    ]);
  });

  test.each([
    [
      'hj633-2012',
      'validTo: "2026-02-28"',
      'validTo: "2025-12-31"',
      /hj633-2012\.yaml: it is not in force to the end of gb3095-2012/,
    ],
    ['gb3095-2026-transition', '"2026-03-01"', '"2026-03-02"', /must begin on the day after gb3095-2012 ends, not on 2026-03-02/],
    [
      'gb3095-2026-final',
      'validTo: null',
      'validTo: "2040-12-31"',
      /gb3095-2026-final ends on 2040-12-31 and none comes after it/,
    ],
    ['gb3095-2026-final', 'co: mg/m³', 'co: µg/m³', /gb3095-2026-final\.yaml: limits\.units\.co/],
  ])('%s with %s as %s is refused', (name, from, to, reason) => {
    cpSync(SOURCE, folder, { recursive: true });
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    expect(() => loadAirStandards(pathToFileURL(`${folder}/`))).toThrow(reason);
  });

  test('a fault in a file is told with the file and the path', () => {
    cpSync(SOURCE, folder, { recursive: true });
    const file = join(folder, 'gb3095-2012.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('dayHours: 20', 'dayHours: 25'));
    expect(() => loadAirStandards(pathToFileURL(`${folder}/`))).toThrow(/gb3095-2012\.yaml: validity\.dayHours/);
  });
});
