import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@clearbay/config/faults.ts';
import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { waterMetric } from '@clearbay/domain/kinds/water/metrics.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const shipped = join(import.meta.dirname, '../../config/standards/water');

describe('the water standards as data', () => {
  const standards = loadWaterStandards();
  const [limits] = standards.limits;
  const [method] = standards.methods;

  test('carry edition, validity and source', () => {
    expect(limits).toMatchObject({ id: 'gb3838-2002', label: 'GB 3838-2002', validFrom: '2002-06-01', validTo: null });
    expect(method?.label).toBe('环办〔2011〕22号 (Huanban [2011] 22)');
    expect([limits?.clause, limits?.source]).toEqual(['tables 1 and 2', expect.stringContaining('re-checked before acceptance')]);
    expect(method?.clause).toContain('地表水环境质量评价办法');
  });

  test('table 1 holds items 2 to 24 in order; every item is a metric of the kind', () => {
    expect(limits?.table1.map((item) => item.item)).toEqual(Array.from({ length: 23 }, (_, index) => index + 2));
    for (const { metric } of [...(limits?.table1 ?? []), ...(limits?.sources ?? [])])
      expect(waterMetric(metric)?.id).toBe(metric);
    for (const metric of [...(method?.precedence ?? []), ...(method?.trophic.items ?? []).map((item) => item.metric)]) {
      expect(waterMetric(metric)?.id).toBe(metric);
    }
  });

  test('every figure says the unit of its metric', () => {
    expect(limits?.table1.filter(({ unit }) => unit !== 'mg/L').map(({ metric, unit }) => [metric, unit])).toEqual([
      ['ph', ''],
      ['faecal_coliforms', '/L'],
    ]);
    expect(limits?.sources.map(({ unit }) => unit)).toEqual(['mg/L', 'mg/L', 'mg/L', 'mg/L', 'mg/L']);
    expect(method?.trophic.items.map(({ unit }) => unit)).toEqual(['µg/L', 'mg/L', 'mg/L', 'm', 'mg/L']);
  });

  test('limits never tighten from I to V', () => {
    for (const { rule, river, lake } of limits?.table1 ?? []) {
      for (const five of [river, lake]) {
        const sorted = [...(five ?? [])].sort((left, right) => (rule === 'at-least' ? right - left : left - right));
        expect(five ?? []).toEqual(sorted);
      }
    }
  });

  test('river and lake differ in total phosphorus; total nitrogen is for lakes only', () => {
    expect(limits?.table1.find(({ metric }) => metric === 'tp')).toMatchObject({
      river: [0.02, 0.1, 0.2, 0.3, 0.4],
      lake: [0.01, 0.025, 0.05, 0.1, 0.2],
    });
    expect(limits?.table1.find(({ metric }) => metric === 'tn')?.river).toBeNull();
  });
});

describe('a faulty file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'water-standards-'));
    for (const name of ['gb3838-2002.yaml', 'method-2011-22.yaml']) copyFileSync(join(shipped, name), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function edit(name: string, from: string, to: string): void {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  }

  test('a limit missing from a row is named by its path', () => {
    edit('gb3838-2002.yaml', 'limits: [2, 4, 6, 10, 15]', 'limits: [2, 4, 6, 10]');
    expect(() => loadWaterStandards(folder)).toThrow(/gb3838-2002\.yaml\.table1\.2\.limits/);
  });

  test('a limit in another unit than its metric is refused', () => {
    edit('gb3838-2002.yaml', 'metric: codmn, unit: mg/L', 'metric: codmn, unit: µg/L');
    expect(() => loadWaterStandards(folder)).toThrow(/gb3838-2002\.yaml\.table1\.2\.unit/);
  });

  test('an edition that ends with none after it is refused', () => {
    edit('method-2011-22.yaml', 'validTo: null', 'validTo: "2026-12-31"');
    expect(() => loadWaterStandards(folder)).toThrow(/method-2011-22 ends on 2026-12-31 and none comes after it/);
  });

  test('a setting without its note is refused', () => {
    edit('method-2011-22.yaml', 'note: Up to three main pollutants are named', "note: ''");
    expect(() => loadWaterStandards(folder)).toThrow(ConfigError);
  });

  test('a changed setting is taken', () => {
    edit('method-2011-22.yaml', 'value: 12', 'value: 6');
    expect(loadWaterStandards(folder).methods[0]?.settings.currentHours).toBe(6);
  });
});
