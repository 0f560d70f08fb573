import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { readNumber, type UnusableCell } from '@clearbay/contract/columns.ts';
import { assessPeriodRow } from '@clearbay/domain/kinds/air/period-row.ts';
import {
  assessDayRow,
  assessHourRow,
  isConcentration,
  type RowAssessment,
  type RowValues,
} from '@clearbay/domain/kinds/air/row.ts';
import {
  type AirEdition,
  type AreaClass,
  type HourVariant,
  POLLUTANTS,
  type Pollutant,
} from '@clearbay/domain/kinds/air/standard.ts';
import { editionFor } from '@clearbay/domain/standards.ts';
import { dateOf, dayStart } from '@clearbay/domain/time.ts';
import { namedMapping } from '../../named-mapping.ts';
import { namedEdition } from '../editions.ts';
import { type JudgeOptions, oneOf, type RowJudge, type RowResult } from '../judge.ts';
import { LEVELS, type Level, lastDayOf } from '../levels.ts';
import type { ResultCell } from '../output.ts';
import { RowMappers } from '../row-mappers.ts';

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
/** Marks of HJ 633-2026, 5.3.3. */
const NA = 'NA';
const NOT_MONITORED = '/';

function concentration(cell: string | number, factor: number): number | UnusableCell | undefined {
  const value = readNumber(cell, factor);
  return value === undefined || isConcentration(value) ? value : { unusable: 'is no concentration' };
}

/** Pollutants of the columns that are not monitored by plan: `pm25_24h` is PM2.5's. */
function pollutantsOf(metrics: readonly string[]): readonly string[] {
  return metrics.length === 0 ? metrics : metrics.map((metric) => metric.replace(/_.*$/, ''));
}

function indexCells(result: RowAssessment, byPlan: readonly string[]): ResultCell[] {
  const cells: ResultCell[] = POLLUTANTS.map(
    (pollutant) => result.iaqi[pollutant] ?? (byPlan.includes(pollutant) ? NOT_MONITORED : NA),
  );
  const none = result.aqi === null ? NA : '';
  cells.push(result.aqi ?? NA, result.category?.name.zh ?? NA, result.primary.join(';') || none, result.validity, result.edition);
  return cells;
}

function periodCells(values: RowValues, edition: AirEdition, areaClass: AreaClass): ResultCell[] {
  const result = assessPeriodRow(values, edition, areaClass);
  const exceeding = result.exceeding.map(({ pollutant, multiple }) => `${pollutant}(${multiple})`).join(';');
  return [result.compliant === null ? NA : result.compliant ? 'yes' : 'no', exceeding, result.composite ?? NA, result.edition];
}

/** The edition of a row's time. Rows mostly stay within a day, so the calendar is asked once a day. */
function editionsByDay(editions: readonly AirEdition[], level: Level): (at: number) => AirEdition {
  let known: { readonly start: number; readonly edition: AirEdition } | undefined;
  return (at) => {
    // An hour is labelled by its end: midnight belongs to the day before. Every other row is labelled by a moment within its period.
    const start = dayStart(level === 'hour' ? at : at + 1);
    if (known?.start !== start) known = { start, edition: editionFor(editions, lastDayOf(level, dateOf(start))) };
    return known.edition;
  };
}

/** Means that an item list reads beside those of the hour; without a column for them the list would give a wrong index. */
function meansBesideHours({ index }: AirEdition, variant: HourVariant): readonly string[] {
  return (index.items.hour[variant] ?? []).map(({ input }) => input).filter((input) => !POLLUTANTS.includes(input as Pollutant));
}

/** Rows of hours, days (O3 as its daily maximum 8 h), months or years of air. */
export function airJudge(options: JudgeOptions): RowJudge {
  const level = oneOf('Level', options.level, LEVELS);
  const variant: HourVariant | undefined =
    options.variant === undefined ? undefined : oneOf('Variant', options.variant, ['text', 'published'] as const);
  const areaClass: AreaClass = oneOf('Area class', options.areaClass, ['1', '2']) === '1' ? 1 : 2;
  const { editions } = loadAirStandards();
  const asked = namedEdition(editions, options.edition, ({ index, assessment }) => [index.id, assessment.id]);
  const mapping = namedMapping(options.columns, 'air', [...POLLUTANTS, ...MORE_COLUMNS, ...PERCENTILES]);
  const rows = new RowMappers(mapping, concentration, level, options.tell);
  const editionOf = editionsByDay(editions, level);

  function lackedBy(header: readonly string[], edition: AirEdition): RowResult | undefined {
    if (variant === undefined) return undefined;
    const lacking = rows.lacking(header, meansBesideHours(edition, variant));
    if (lacking.length === 0) return undefined;
    return { fault: `Variant "${variant}" of ${edition.index.label} also needs ${lacking.join(', ')}`, everyRow: true };
  }

  return {
    columns: level === 'hour' || level === 'day' ? INDEX_COLUMNS : PERIOD_COLUMNS,
    judge(row): RowResult {
      const mapped = rows.map(row);
      if ('fault' in mapped) return mapped;
      const edition = asked ?? (mapped.at === null ? editionFor(editions, options.today) : editionOf(mapped.at));
      if (level === 'month' || level === 'year') return periodCells(mapped.values, edition, areaClass);
      const notMonitored = pollutantsOf(mapped.notMonitored);
      if (level === 'day') return indexCells(assessDayRow(mapped.values, edition, { notMonitored }), notMonitored);
      return (
        lackedBy(row.header, edition) ?? indexCells(assessHourRow(mapped.values, edition, variant, notMonitored), notMonitored)
      );
    },
  };
}
