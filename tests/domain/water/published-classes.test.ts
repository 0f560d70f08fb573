import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadMapping } from '@clearbay/config/mappings.ts';
import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import { assessSample, parseSampleValue, type SampleValues } from '@clearbay/domain/kinds/water/sample.ts';
import { waterBodyOf } from '@clearbay/domain/kinds/water/standard.ts';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { describeWithRealData } from '../../harness/real-data.ts';

const COLUMNS = {
  ph: 'pH(无量纲)',
  temperature: '水温(℃)',
  dissolved_oxygen: '溶解氧(mg/L)',
  codmn: '高锰酸盐指数(mg/L)',
  nh3n: '氨氮(mg/L)',
  tp: '总磷(mg/L)',
  tn: '总氮(mg/L)',
} as const;

type Row = Readonly<Record<string, string>>;

describeWithRealData('published classes of national sections', (folder) => {
  const standards = loadWaterStandards();
  const read = () =>
    parse<Row>(readFileSync(join(folder, 'water_sections_20260821.csv')), { columns: true, bom: true }).filter(
      (row) => row.水质类别 !== '-1',
    );

  /** The publication is explained by the displayed and by the unrounded values alike; `_原始值` is the unrounded one. */
  function valuesOf(row: Row, suffix: string): SampleValues {
    return Object.fromEntries(
      Object.entries(COLUMNS).map(([metric, column]) => [metric, parseSampleValue(row[column + suffix] ?? '')]),
    );
  }

  function classOf(row: Row, lakeSections: readonly string[], suffix: string): string {
    const waterBody = waterBodyOf(row.断面名称 ?? '', { lakeSections });
    return String(assessSample(valuesOf(row, suffix), { waterBody, standards, date: '2026-08-21' }).classNo);
  }

  test.each(['', '_原始值'])(
    'the river table alone misses the six lake points; with them named every class is matched (values%s)',
    (suffix) => {
      const rows = read();
      const unlike = rows.filter((row) => classOf(row, [], suffix) !== row.水质类别);
      const { lakeSections = [] } = loadMapping('cnemc', 'water', () => []);
      const matched = rows.filter((row) => classOf(row, lakeSections, suffix) === row.水质类别);
      console.log(
        `water classes${suffix}: ${rows.length - unlike.length} of ${rows.length} with the river table; ` +
          `${matched.length} of ${rows.length} with the lake table for ${lakeSections.join(', ')}`,
      );
      expect(rows).toHaveLength(228);
      expect(unlike.map((row) => row.断面名称)).toEqual(['南刘庄', '三道', '电视塔', '锡东水厂', '湖滨', '龟山']);
      expect(matched).toHaveLength(228);
    },
  );
});
