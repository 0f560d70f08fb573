import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StationDetailView } from '@clearbay/contract/api.ts';
import { qualityNames } from '@clearbay/domain/quality.ts';
import { DAY_MS, localDate } from '@clearbay/domain/time.ts';
import type { RollupRow } from '@clearbay/store/ports/series.ts';
import { z } from 'zod';
import { READERS } from '../accounts/rights.ts';
import { identifier, instant } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, Period } from '../services.ts';
import { BYTE_ORDER_MARK, localTime, textCell } from './csv.ts';
import { spanOf, stationOf } from './history.ts';
import { signedIn } from './session.ts';

const MICRO = 1_000_000;
const RAW_LONGEST_MS = 366 * DAY_MS;
const ROLLUP_LONGEST_MS = 20 * 366 * DAY_MS;
/** Read from the store and sent in pieces of this length, so that a year never stands in memory. */
const RAW_STEP_MS = DAY_MS;
const ROLLUP_STEP_MS = 92 * DAY_MS;

interface Columns {
  readonly station: StationDetailView;
  readonly metrics: ReadonlyMap<string, string>;
}

type SeriesStore = ApiServices['series'];

const quality = (flags: number) => qualityNames(flags).join(' ');
const line = (cells: readonly (string | number)[]) => `${cells.join(',')}\r\n`;

async function* rawRows(series: SeriesStore, { station, metrics }: Columns, span: Period): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + line(['time', 'station', 'name', 'device', 'bay', 'metric', 'value', 'unit', 'quality', 'origin']);
  const { id, name } = station.station;
  for (let from = span.start; from < span.end; from += RAW_STEP_MS) {
    const readings = await series.readings(id, from, Math.min(from + RAW_STEP_MS, span.end));
    let piece = '';
    for (const { at, device, bay, values, quality: flags, origin } of readings) {
      for (const [metric, unit] of metrics) {
        const value = values[metric];
        if (value === undefined) continue;
        const who = [textCell(id), textCell(name.zh), textCell(device), textCell(bay ?? '')];
        piece += line([localTime(at), ...who, metric, value, unit, quality(flags?.[metric] ?? 0), origin]);
      }
    }
    if (piece !== '') yield piece;
  }
}

function rollupLine({ station, metrics }: Columns, row: RollupRow): string {
  const mean = row.validCount === 0 ? '' : row.sumMicro / row.validCount / MICRO;
  return line([
    localTime(row.at),
    textCell(row.station),
    textCell(station.station.name.zh),
    row.metric,
    mean,
    row.min ?? '',
    row.max ?? '',
    metrics.get(row.metric) ?? '',
    row.count,
    row.validCount,
    quality(row.flags),
    row.simulated ? 'simulated' : 'measured',
    row.revision,
  ]);
}

async function* rollupRows(series: SeriesStore, columns: Columns, span: Period, level: 'hour' | 'day'): AsyncGenerator<string> {
  const head = ['time', 'station', 'name', 'metric', 'mean', 'min', 'max', 'unit', 'count', 'valid_count', 'quality', 'origin'];
  yield BYTE_ORDER_MARK + line([...head, 'revision']);
  const stations = [columns.station.station.id];
  const metrics = [...columns.metrics.keys()];
  for (let from = span.start; from < span.end; from += ROLLUP_STEP_MS) {
    // The store's span is closed at both ends; ours is open at the end.
    const to = Math.min(from + ROLLUP_STEP_MS, span.end) - 1;
    const rows = await series.rollups({ level, stations, metrics, from, to });
    if (rows.length > 0) yield rows.map((row) => rollupLine(columns, row)).join('');
  }
}

function columnsOf(station: StationDetailView, asked: string | undefined): Columns {
  const units = new Map(station.metrics.map(({ id, unit }) => [id, unit]));
  if (asked === undefined) return { station, metrics: units };
  const chosen = new Map<string, string>();
  for (const metric of asked.split(',')) {
    const unit = units.get(metric);
    if (unit === undefined) throw new ApiProblem('metric.unknown');
    chosen.set(metric, unit);
  }
  return { station, metrics: chosen };
}

export function exportRoutes({ feed, series, audit, clock }: Pick<ApiServices, 'feed' | 'series' | 'audit' | 'clock'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/exports/series.csv',
      summary: 'Readings or rollups of a station as CSV: UTF-8 with byte order mark, local time with offset, quality and origin',
      access: READERS,
      query: z.strictObject({
        station: identifier,
        metric: z
          .string()
          .min(1)
          .max(500)
          .optional()
          .describe('one or several, separated by commas; all of the station by default'),
        from: instant.optional(),
        to: instant.optional(),
        resolution: z.enum(['raw', 'hour', 'day']).default('raw'),
      }),
      answer: { status: 200, contentType: 'text/csv' },
      problems: ['station.unknown', 'metric.unknown'],
      async handle({ query, principal, request, response }) {
        const { resolution } = query;
        const columns = columnsOf(stationOf(feed, query.station), query.metric);
        const { from, to } = spanOf(query, clock.now(), resolution === 'raw' ? RAW_LONGEST_MS : ROLLUP_LONGEST_MS);
        const span = { start: from, end: to };
        const rows = resolution === 'raw' ? rawRows(series, columns, span) : rollupRows(series, columns, span, resolution);
        await audit.note(
          signedIn(principal).user,
          'export.series',
          query.station,
          new URL(request.originalUrl, 'http://x').search,
        );
        response.attachment(`clearbay-${query.station}-${resolution}-${localDate(from)}-${localDate(to - 1)}.csv`);
        response.type('text/csv; charset=utf-8');
        await pipeline(Readable.from(rows), response);
      },
    }),
  ];
}
