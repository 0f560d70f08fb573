import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@clearbay/config/faults.ts';
import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { afterEach, describe, expect, test } from 'vitest';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the shipped tables with one replacement in one file. */
function changed(kind: 'flood' | 'parking', file: string, from: string, to: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'clearbay-standards-'));
  folders.push(folder);
  cpSync(new URL(`../../config/standards/${kind}`, import.meta.url), folder, { recursive: true });
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
  return folder;
}

function faultsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('the shipped standards', () => {
  test('name edition, clause, source and dates for everything dated', () => {
    const flood = loadFloodStandards();
    const parking = loadParkingStandards();
    for (const edition of [...flood.stages, ...flood.rainGrades, ...flood.rainSignals, ...flood.mountain, ...parking.guidance]) {
      expect(edition.clause.length).toBeGreaterThan(10);
      expect(edition.source.length).toBeGreaterThan(10);
      expect(edition.validFrom).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  test('the edition follows the date of the data', () => {
    const { rainGrades } = loadFloodStandards();
    expect(editionFor(rainGrades, '2026-11-23').id).toBe('gbt28592-2012');
    const next = { ...rainGrades[0], id: 'next', label: 'next', validFrom: '2027-01-01', validTo: null };
    expect(editionFor([...rainGrades, next], '2026-12-31').id).toBe('gbt28592-2012');
    expect(editionFor([...rainGrades, next], '2027-01-01').id).toBe('next');
  });

  test('mountain-flood thresholds get lower as the soil gets wetter', () => {
    for (const { sites } of loadFloodStandards().mountain) {
      for (const { thresholds } of sites) {
        thresholds.normal.forEach((window, index) => {
          expect(thresholds.dry[index]?.moveMm).toBeGreaterThanOrEqual(window.moveMm);
          expect(thresholds.wet[index]?.moveMm).toBeLessThanOrEqual(window.moveMm);
        });
      }
    }
  });
});

describe('a fault in a table is told with file, path and reason', () => {
  test('rain grades out of order', () => {
    const folder = changed('flood', 'rain.yaml', 'from12: 15.0', 'from12: 1.0');
    expect(faultsOf(() => loadFloodStandards(folder))).toContain('lower bounds must ascend');
  });

  test('a stage left out', () => {
    const folder = changed('flood', 'stages.yaml', 'code: above-warning', 'code: near-warning');
    expect(faultsOf(() => loadFloodStandards(folder))).toContain('every stage once');
  });

  test('a threshold to prepare above the one to move', () => {
    const folder = changed('flood', 'mountain.yaml', 'prepareMm: 45, moveMm: 60', 'prepareMm: 75, moveMm: 60');
    expect(faultsOf(() => loadFloodStandards(folder))).toMatch(
      /mountain\.yaml\.editions\.0\.sites\.0.*prepare must not lie above move/,
    );
  });

  test('an unknown setting', () => {
    const folder = changed('flood', 'measuring.yaml', 'slopeZ: 1.645', 'slopeZ: 1.645\nslopeY: 2');
    expect(faultsOf(() => loadFloodStandards(folder))).toContain('slopeY');
  });

  test('faults of several files are told together, a missing file among them', () => {
    const folder = changed('flood', 'rain.yaml', 'from12: 15.0', 'from12: 1.0');
    rmSync(join(folder, 'measuring.yaml'));
    const message = faultsOf(() => loadFloodStandards(folder));
    expect(message).toContain('lower bounds must ascend');
    expect(message).toContain('measuring.yaml');
  });

  test('YAML that does not parse', () => {
    const folder = changed('parking', 'counting.yaml', 'counting:', 'counting: [');
    expect(faultsOf(() => loadParkingStandards(folder))).toContain('counting.yaml');
  });

  test('a guidance level that opens again where it begins', () => {
    const folder = changed('parking', 'guidance.yaml', 'leaveAt: 0.02', 'leaveAt: 0');
    expect(faultsOf(() => loadParkingStandards(folder))).toContain('leaveAt must lie above upTo');
  });
});
