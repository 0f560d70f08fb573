import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { assessPeriodRow } from '@clearbay/domain/kinds/air/period-row.ts';
import { assessDayRow, assessHourRow, type RowAssessment } from '@clearbay/domain/kinds/air/row.ts';
import { type AirEdition, type HourVariant, POLLUTANTS } from '@clearbay/domain/kinds/air/standard.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { dateOf, dayStart } from '@clearbay/domain/time.ts';
import { namedMapping } from '../../named-mapping.ts';
import { type JudgeOptions, namedEdition, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import type { ResultCell } from '../output.ts';
import { NO_COLUMNS, numberCell, RowMappers } from '../row-mappers.ts';

/** Inputs beside the six pollutants: other averages of the 2012 texts, percentiles of months and years. */
const MORE_COLUMNS = ['o3_8h', 'o3_1h', 'so2_24h', 'pm10_24h', 'pm25_24h'];
const PERCENTILES = POLLUTANTS.flatMap((pollutant) => ['p90', 'p95', 'p98'].map((percent) => `${pollutant}_${percent}`));

const INDEX_COLUMNS = [
  ...POLLUTANTS.map((pollutant) => `iaqi_${pollutant}`),
  'aqi',
  'category',
  'primary',
  'validity',
  'edition',
];
const PERIOD_COLUMNS = ['compliant', 'exceeding', 'composite', 'edition'];
const NA = 'NA';

function indexCells(result: RowAssessment): ResultCell[] {
  const cells: ResultCell[] = POLLUTANTS.map((pollutant) => result.iaqi[pollutant] ?? NA);
  const none = result.aqi === null ? NA : '';
  cells.push(result.aqi ?? NA, result.category?.name.zh ?? NA, result.primary.join(';') || none, result.validity, result.edition);
  return cells;
}

function periodCells(values: Readonly<Record<string, number>>, edition: AirEdition): ResultCell[] {
  const result = assessPeriodRow(values, edition);
  const exceeding = result.exceeding.map(({ pollutant, multiple }) => `${pollutant}(${multiple})`).join(';');
  return [result.compliant === null ? NA : result.compliant ? 'yes' : 'no', exceeding, result.composite ?? NA, result.edition];
}

/** The edition of a row's time. Rows mostly stay within a day, so the calendar is asked once a day. */
function editionsByDay(editions: readonly AirEdition[], level: string): (at: number) => AirEdition {
  let known: { readonly start: number; readonly edition: AirEdition } | undefined;
  return (at) => {
    // An hour is labelled by its end: midnight belongs to the day before. Every other row is labelled by a moment within its period.
    const start = dayStart(level === 'hour' ? at : at + 1);
    if (known?.start !== start) known = { start, edition: editionFor(editions, dateOf(start)) };
    return known.edition;
  };
}

/** Rows of hours, days (O3 as its daily maximum 8 h), months or years of air. */
export function airJudge(options: JudgeOptions): RowJudge {
  const level = oneOf('Level', options.level, ['hour', 'day', 'month', 'year']);
  const variant: HourVariant | undefined =
    options.variant === undefined ? undefined : oneOf('Variant', options.variant, ['text', 'published'] as const);
  const { editions } = loadAirStandards();
  const asked = namedEdition(editions, options.edition);
  const mapping = namedMapping(options.columns, 'air', [...POLLUTANTS, ...MORE_COLUMNS, ...PERCENTILES]);
  const mappers = new RowMappers(mapping, numberCell);
  const editionOf = editionsByDay(editions, level);

  return {
    columns: level === 'hour' || level === 'day' ? INDEX_COLUMNS : PERIOD_COLUMNS,
    judge(row): RowResult {
      const mapper = mappers.of(row);
      if (mapper === undefined) return { fault: NO_COLUMNS };
      const mapped = mapper.map(row.cells);
      if ('fault' in mapped) return mapped;
      const edition = asked ?? (mapped.at === null ? editionFor(editions, options.today) : editionOf(mapped.at));
      if (level === 'hour') return indexCells(assessHourRow(mapped.values, edition, variant));
      if (level === 'day') return indexCells(assessDayRow(mapped.values, edition));
      return periodCells(mapped.values, edition);
    },
  };
}
