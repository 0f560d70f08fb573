import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import { type ColumnMapping, readNumber, type UnusableCell } from '@clearbay/contract/columns.ts';
import { roundMean, toMicro } from '@clearbay/domain/exact.ts';
import { assessParkingRow, type ParkingRowResult } from '@clearbay/domain/kinds/parking/rows.ts';
import { UserFailure } from '../../failure.ts';
import { namedMapping } from '../../named-mapping.ts';
import { namedEdition } from '../editions.ts';
import { type JudgeOptions, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import { judgedMoment, LEVELS, labelsOf } from '../levels.ts';
import { lotCapacities } from '../lot-capacities.ts';
import { RowMappers } from '../row-mappers.ts';
import { LOT_COLUMN, longInput } from '../wide-rows.ts';

const INPUTS = ['capacity', 'free', 'occupied', 'unknown', 'closed'];
/** What a counter that has drifted gives may be negative; it is clamped, and the row says so. */
const MAY_BE_NEGATIVE = ['free', 'occupied'];
const COLUMNS = ['occupancy', 'free_bays', 'guidance', 'colour', 'clamped', 'edition'];

function bays(cell: string | number, factor: number, metric: string): number | UnusableCell | undefined {
  const value = readNumber(cell, factor);
  if (value === undefined) return undefined;
  const isCount = Number.isInteger(value) && (value >= 0 || MAY_BE_NEGATIVE.includes(metric));
  return isCount ? value : { unusable: 'is no number of bays' };
}

/** The mapping of the rows that a wide file is taken apart into. */
function longMapping(mapping: ColumnMapping, metric: string): ColumnMapping {
  return { ...mapping, station: [LOT_COLUMN], values: [{ metric, columns: [metric] }] };
}

async function capacitiesOf(file: string, { id, lots }: ColumnMapping): Promise<ReadonlyMap<string, number>> {
  if (lots === undefined) throw new UserFailure(`Mapping "${id}" does not say what columns a file of lots has.`);
  return await lotCapacities(file, lots);
}

/** Share of the open bays that are taken, four decimals by GB/T 8170 from the counts themselves. */
function share({ occupied, open }: ParkingRowResult): number | string {
  return open === null || occupied === null || open === 0 ? 'NA' : roundMean({ sumMicro: toMicro(occupied), count: open }, 4);
}

/** Rows of free or occupied bays with the capacity of their lot, which stands in the row or in a file of lots. */
export async function parkingJudge(options: JudgeOptions): Promise<RowJudge> {
  const level = oneOf('Level', options.level, LEVELS);
  const standards = loadParkingStandards();
  const asked = namedEdition(standards.guidance, options.edition);
  const asNamed = namedMapping(options.columns, 'parking', INPUTS);
  const { wide, time: times } = asNamed;
  const mapping = wide === undefined ? asNamed : longMapping(asNamed, wide.metric);
  // In a wide file the line alone does not tell the lot.
  let lot = '';
  const named = (reason: string) => (lot === '' ? reason : `${lot}: ${reason}`);
  const rows = new RowMappers(mapping, bays, level, (line, reason) => options.tell(line, named(reason)));
  const capacities = options.lots === undefined ? undefined : await capacitiesOf(options.lots, asNamed);
  return {
    columns: COLUMNS,
    ...(wide === undefined
      ? {}
      : { reshape: (input) => longInput(input, { times, labels: labelsOf(level), metric: wide.metric }) }),
    judge(row): RowResult {
      if (wide !== undefined) lot = String(row.cells[row.header.indexOf(LOT_COLUMN)]);
      const mapped = rows.map(row);
      if ('fault' in mapped) return { fault: named(mapped.fault) };
      const { values, at, station } = mapped;
      const capacity = values.capacity ?? capacities?.get(station);
      const moment = at === null ? undefined : judgedMoment(level, at);
      const result = assessParkingRow({ ...values, capacity, at: moment }, standards, asked?.id);
      return [share(result), result.free ?? 'NA', result.guidance, result.colour, result.clamped, result.edition];
    },
  };
}
