import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import { type ColumnMapping, readNumber, type UnusableCell } from '@clearbay/contract/columns.ts';
import { roundHalfEven } from '@clearbay/domain/exact.ts';
import { assessFloodRow } from '@clearbay/domain/kinds/flood/rows.ts';
import { knownLine } from '@clearbay/domain/kinds/flood/stages.ts';
import { namedMapping } from '../../named-mapping.ts';
import { namedEdition } from '../editions.ts';
import { type JudgeOptions, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import { judgedMoment, LEVELS } from '../levels.ts';
import { RowMappers } from '../row-mappers.ts';

/** The station's own lines and rain totals stand in the row: m above the datum, mm. */
const RAIN = ['rain_12h', 'rain_24h'];
const INPUTS = ['level', 'fortification', 'warning', 'guaranteed', 'highest_on_record', ...RAIN];
const COLUMNS = [
  'stage',
  'warning_level',
  'colour',
  'at_least',
  'to_warning',
  'to_guaranteed',
  'rain_grade_12h',
  'rain_grade_24h',
  'edition',
];

/** The mapping with the lines and totals under their own names where it has no columns for them. */
function withLines(mapping: ColumnMapping): ColumnMapping {
  const judgedOnly = mapping.judgedOnly ?? [];
  const known = new Set([...mapping.values, ...judgedOnly].map((value) => value.metric));
  const more = INPUTS.filter((name) => !known.has(name)).map((metric) => ({ metric, columns: [metric] }));
  return { ...mapping, judgedOnly: [...judgedOnly, ...more] };
}

function floodCell(cell: string | number, factor: number, metric: string): number | UnusableCell | undefined {
  const value = readNumber(cell, factor);
  return value !== undefined && value < 0 && RAIN.includes(metric) ? { unusable: 'is no total of rain' } : value;
}

function metres(distance: number | undefined): number | string {
  return distance === undefined ? 'NA' : roundHalfEven(distance, 3);
}

/** Rows of levels with the lines of their station. `at_least` says that a line above the stage is not known. */
export function floodJudge(options: JudgeOptions): RowJudge {
  const level = oneOf('Level', options.level, LEVELS);
  const standards = loadFloodStandards();
  const asked = namedEdition([...standards.stages, ...standards.rainGrades], options.edition);
  const rows = new RowMappers(withLines(namedMapping(options.columns, 'flood', [])), floodCell, level, options.tell);
  return {
    columns: COLUMNS,
    judge(row): RowResult {
      const mapped = rows.map(row);
      if ('fault' in mapped) return mapped;
      const { values } = mapped;
      const lines = {
        fortification: knownLine(values.fortification),
        warning: knownLine(values.warning),
        guaranteed: knownLine(values.guaranteed),
        highestOnRecord: knownLine(values.highest_on_record),
      };
      const at = mapped.at === null ? undefined : judgedMoment(level, mapped.at);
      const rain = { rain12: values.rain_12h, rain24: values.rain_24h };
      const result = assessFloodRow({ at, level: values.level, lines, ...rain }, standards, asked?.id);
      return [
        result.stage,
        result.level,
        result.colour,
        result.atLeast ? 'yes' : 'no',
        metres(result.distances.warning),
        metres(result.distances.guaranteed),
        result.grade12 ?? 'NA',
        result.grade24 ?? 'NA',
        result.edition,
      ];
    },
  };
}
