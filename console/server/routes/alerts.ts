import type { AlertView } from '@clearbay/contract/api.ts';
import { z } from 'zod';
import { READERS } from '../accounts/rights.ts';
import { identifier, instant, whole } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices } from '../services.ts';
import { alert } from '../views/judged.ts';
import { alertPage } from '../views/live-state.ts';
import { pageByTime } from './paging.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;

const newestFirst = (a: AlertView, b: AlertView) => b.openedAt - a.openedAt;

/** Open alerts come from memory, as the console shows them: on a full disk they are not stored yet. */
export function alertRoutes({ feed, state: { alerts } }: Pick<ApiServices, 'feed' | 'state'>): Route[] {
  function openBefore(station: string | undefined, before: number | undefined, limit: number): readonly AlertView[] {
    return feed
      .overview()
      .alerts.filter(
        (one) => (station === undefined || one.station === station) && (before === undefined || one.openedAt < before),
      )
      .sort(newestFirst)
      .slice(0, limit);
  }
  return [
    route({
      method: 'get',
      path: '/alerts',
      summary: 'Alerts, newest first',
      access: READERS,
      query: z.strictObject({
        state: z.enum(['open', 'closed', 'all']).default('open'),
        station: identifier.optional(),
        level: whole(1, 4).optional(),
        before: instant.optional(),
        limit: whole(1, PAGE_MAX).optional(),
      }),
      answer: { status: 200, schema: alertPage },
      async handle({ query: { state, station, level, before, limit = PAGE_DEFAULT } }) {
        const { rows, next } = await pageByTime<AlertView>({
          fetch: async (cursor, count) =>
            state === 'open'
              ? openBefore(station, cursor, count)
              : alerts.history({ limit: count, ...(station && { station }), ...(cursor !== undefined && { before: cursor }) }),
          timeOf: ({ openedAt }) => openedAt,
          keep: (one) => (level === undefined || one.level === level) && (state !== 'closed' || one.closedAt !== null),
          before,
          limit,
        });
        return { alerts: rows, next };
      },
    }),
    route({
      method: 'get',
      path: '/alerts/:id',
      summary: 'One alert with its history',
      access: READERS,
      params: z.strictObject({ id: identifier }),
      answer: { status: 200, schema: alert },
      problems: ['alert.unknown'],
      async handle({ params }) {
        const found = feed.overview().alerts.find(({ id }) => id === params.id) ?? (await alerts.find(params.id));
        if (found === undefined) throw new ApiProblem('alert.unknown');
        return found;
      },
    }),
  ];
}
