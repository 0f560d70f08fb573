import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import { assessParkingRow } from '@clearbay/domain/kinds/parking/rows.ts';
import { namedMapping } from '../../named-mapping.ts';
import { type JudgeOptions, namedEdition, type RowJudge, type RowResult } from '../judge.ts';
import { NO_COLUMNS, numberCell, RowMappers } from '../row-mappers.ts';

const INPUTS = ['capacity', 'free', 'occupied', 'unknown', 'closed'];
const COLUMNS = ['occupancy', 'free_bays', 'guidance', 'colour', 'clamped', 'edition'];

/** Rows of free or occupied bays with the capacity of their lot. */
export function parkingJudge(options: JudgeOptions): RowJudge {
  const standards = loadParkingStandards();
  const asked = namedEdition(standards.guidance, options.edition);
  const mappers = new RowMappers(namedMapping(options.columns, 'parking', INPUTS), numberCell);
  return {
    columns: COLUMNS,
    judge(row): RowResult {
      const mapper = mappers.of(row);
      if (mapper === undefined) return { fault: NO_COLUMNS };
      const mapped = mapper.map(row.cells);
      if ('fault' in mapped) return mapped;
      const result = assessParkingRow(
        { ...mapped.values, ...(mapped.at === null ? {} : { at: mapped.at }) },
        standards,
        asked?.id,
      );
      const share = result.occupancy === null ? 'NA' : Math.round(result.occupancy * 10_000) / 10_000;
      return [share, result.free ?? 'NA', result.guidance, result.colour, result.clamped, result.edition];
    },
  };
}
