import type { SeriesView, StationDetailView } from '@clearbay/contract/api.ts';
import { DAY_MS, localDate } from '@clearbay/domain/time.ts';
import type { SeriesResult } from '@clearbay/store/ports/series.ts';
import { z } from 'zod';
import { READERS } from '../accounts/rights.ts';
import { identifier, instant, whole } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices } from '../services.ts';
import { dayList } from '../views/judged.ts';
import { series as seriesView } from '../views/live-state.ts';

const MAX_POINTS = 2000;
const LONGEST_MS = 50 * 366 * DAY_MS;

export function stationOf(feed: ApiServices['feed'], id: string): StationDetailView {
  const station = feed.station(id);
  if (station === undefined) throw new ApiProblem('station.unknown');
  return station;
}

/** [from, to) of a query; the last 24 h by default. */
export function spanOf(query: { readonly from?: number; readonly to?: number }, now: number, longestMs = LONGEST_MS) {
  const to = query.to ?? now;
  const from = query.from ?? to - DAY_MS;
  if (from >= to) throw new ApiProblem('input.invalid', { errors: [{ path: 'query.from', reason: 'must be before `to`' }] });
  if (to - from > longestMs) {
    const days = Math.floor(longestMs / DAY_MS);
    throw new ApiProblem('input.invalid', { errors: [{ path: 'query.from', reason: `the span may be ${days} days at most` }] });
  }
  return { from, to };
}

function asView(station: string, metric: string, unit: string, result: SeriesResult): SeriesView {
  const points = result.points.map(
    ({ at, mean, min, max, count, validCount, flags }) => [at, mean, min, max, count, validCount, flags] as const,
  );
  return { station, metric, unit, resolution: result.resolution, bucketMs: result.bucketMs, points };
}

/** An edition in a query, by id. */
export const editionId = z.string().min(1).max(64);

/** What judging gives; an edition that does not exist is a fault of the query. The judges name the editions there are. */
export async function judgedUnder<T>(judging: Promise<T>): Promise<T> {
  return judging.catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new ApiProblem('input.invalid', { errors: [{ path: 'query.edition', reason: error.message }] });
  });
}

export function historyRoutes({ feed, series, clock }: Pick<ApiServices, 'feed' | 'series' | 'clock'>): Route[] {
  const params = z.strictObject({ id: identifier });
  return [
    route({
      method: 'get',
      path: '/stations/:id/series',
      summary: 'One metric over a span, thinned so that minimum and maximum survive',
      access: READERS,
      params,
      query: z.strictObject({
        metric: identifier,
        from: instant.optional(),
        to: instant.optional(),
        maxPoints: whole(1, MAX_POINTS).optional(),
        resolution: z.enum(['raw', 'hour', 'day']).optional(),
      }),
      answer: { status: 200, schema: seriesView },
      problems: ['station.unknown', 'metric.unknown'],
      revalidate: true,
      async handle({ params: { id }, query }) {
        const { metric, maxPoints = MAX_POINTS, resolution } = query;
        const unit = stationOf(feed, id).metrics.find((known) => known.id === metric)?.unit;
        if (unit === undefined) throw new ApiProblem('metric.unknown');
        const span = spanOf(query, clock.now());
        const result = await series.series({ station: id, metric, ...span, maxPoints, ...(resolution && { resolution }) });
        return asView(id, metric, unit, result);
      },
    }),
    route({
      method: 'get',
      path: '/stations/:id/days',
      summary: 'The days of a year, judged by the edition in force on each or by the one asked for',
      access: READERS,
      params,
      query: z.strictObject({ year: whole(1990, 2199).optional(), edition: editionId.optional() }),
      answer: { status: 200, schema: dayList },
      problems: ['station.unknown'],
      revalidate: true,
      async handle({ params: { id }, query }) {
        stationOf(feed, id);
        const year = query.year ?? Number(localDate(clock.now()).slice(0, 4));
        const days = await judgedUnder(feed.days(id, year, query.edition));
        return { station: id, year, edition: query.edition ?? null, days };
      },
    }),
  ];
}
