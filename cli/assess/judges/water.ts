import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { WaterBody } from '@clearbay/domain/district.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import { assessSample, itemList, parseSampleValue, type SampleValue } from '@clearbay/domain/kinds/water/sample.ts';
import { waterBodyOf } from '@clearbay/domain/kinds/water/standard.ts';
import { localDate } from '@clearbay/domain/time.ts';
import { namedMapping } from '../../named-mapping.ts';
import { type JudgeOptions, namedEdition, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import { NO_COLUMNS, RowMappers } from '../row-mappers.ts';
import type { InputRow } from '../rows.ts';

const COLUMNS = ['class', 'class_no', 'deciding', 'main_pollutants', 'items_assessed', 'water_body', 'edition'];
const BODIES = ['river', 'lake'] as const;

function sampleCell(cell: string | number, factor: number): SampleValue | undefined {
  const value = typeof cell === 'number' ? cell : parseSampleValue(cell);
  if (value === undefined || factor === 1) return value;
  return typeof value === 'number' ? value * factor : { below: value.below * factor };
}

function ownBody(row: InputRow): WaterBody | undefined {
  const place = row.header.indexOf('water_body');
  return BODIES.find((body) => body === row.cells[place]);
}

/** Rows of samples or of period means of surface water; below detection is `<0.02` or `0.02L`. */
export function waterJudge(options: JudgeOptions): RowJudge {
  oneOf('Level', options.level, ['hour', 'day', 'month', 'year']);
  const general = oneOf('Water body', options.waterBody, BODIES);
  const standards = loadWaterStandards();
  const asked = namedEdition(standards.limits, options.edition);
  const mapping = namedMapping(
    options.columns,
    'water',
    waterKind.metrics.map((metric) => metric.id),
  );
  const mappers = new RowMappers(mapping, sampleCell);
  const lakes = new Set(options.lakes?.split(',').map((name) => name.trim()));

  const bodyOf = (row: InputRow, section: string): WaterBody => {
    const own = ownBody(row);
    if (own !== undefined) return own;
    if (lakes.has(section) || standards.methods.some((method) => waterBodyOf(section, method.settings) === 'lake')) return 'lake';
    return general;
  };

  return {
    columns: COLUMNS,
    judge(row): RowResult {
      const mapper = mappers.of(row);
      if (mapper === undefined) return { fault: NO_COLUMNS };
      const mapped = mapper.map(row.cells);
      if ('fault' in mapped) return mapped;
      const waterBody = bodyOf(row, mapped.station);
      const date = mapped.at === null ? options.today : localDate(mapped.at);
      const result = assessSample(mapped.values, {
        waterBody,
        standards,
        date,
        ...(asked === undefined ? {} : { edition: asked.id }),
      });
      return [
        result.class ?? 'NA',
        result.classNo ?? 'NA',
        itemList(result.deciding),
        itemList(result.mainPollutants),
        result.itemsAssessed.join(';'),
        waterBody,
        result.edition,
      ];
    },
  };
}
