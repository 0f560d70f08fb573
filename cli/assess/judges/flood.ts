import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import type { ColumnMapping } from '@clearbay/contract/columns.ts';
import { assessFloodRow } from '@clearbay/domain/kinds/flood/rows.ts';
import { knownLine } from '@clearbay/domain/kinds/flood/stages.ts';
import { namedMapping } from '../../named-mapping.ts';
import { type JudgeOptions, namedEdition, type RowJudge, type RowResult } from '../judge.ts';
import { NO_COLUMNS, numberCell, RowMappers } from '../row-mappers.ts';

/** The station's own lines and rain totals stand in the row: m above the datum, mm. */
const INPUTS = ['level', 'fortification', 'warning', 'guaranteed', 'highest_on_record', 'rain_12h', 'rain_24h'];
const COLUMNS = [
  'stage',
  'warning_level',
  'colour',
  'to_warning',
  'to_guaranteed',
  'rain_grade_12h',
  'rain_grade_24h',
  'edition',
];

function withLines(mapping: ColumnMapping): ColumnMapping {
  const known = new Set(mapping.values.map((value) => value.metric));
  const more = INPUTS.filter((name) => !known.has(name)).map((metric) => ({ metric, columns: [metric] }));
  return { ...mapping, values: [...mapping.values, ...more] };
}

function metres(distance: number | undefined): number | string {
  return distance === undefined ? 'NA' : Math.round(distance * 1000) / 1000;
}

/** Rows of levels with the lines of their station. */
export function floodJudge(options: JudgeOptions): RowJudge {
  const standards = loadFloodStandards();
  const asked = namedEdition([...standards.stages, ...standards.rainGrades], options.edition);
  const mappers = new RowMappers(withLines(namedMapping(options.columns, 'flood', [])), numberCell);
  return {
    columns: COLUMNS,
    judge(row): RowResult {
      const mapper = mappers.of(row);
      if (mapper === undefined) return { fault: NO_COLUMNS };
      const mapped = mapper.map(row.cells);
      if ('fault' in mapped) return mapped;
      const { level, fortification, warning, guaranteed, highest_on_record, rain_12h, rain_24h } = mapped.values;
      const lines = {
        fortification: knownLine(fortification),
        warning: knownLine(warning),
        guaranteed: knownLine(guaranteed),
        highestOnRecord: knownLine(highest_on_record),
      };
      const at = mapped.at ?? undefined;
      const result = assessFloodRow({ at, level, lines, rain12: rain_12h, rain24: rain_24h }, standards, asked?.id);
      return [
        result.stage,
        result.level,
        result.colour,
        metres(result.distances.warning),
        metres(result.distances.guaranteed),
        result.grade12 ?? 'NA',
        result.grade24 ?? 'NA',
        result.edition,
      ];
    },
  };
}
