import type { AuditRow } from '@clearbay/store/ports/state.ts';
import { z } from 'zod';
import { ADMINISTRATORS, RUNNERS } from '../accounts/rights.ts';
import { instant, whole } from '../http/fields.ts';
import { type ApiInfo, openApiDocument } from '../http/openapi.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices } from '../services.ts';
import { auditPage, health as healthView, status as statusView } from '../views/operation.ts';
import { pageByTime } from './paging.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 500;

/** How the process is: all that a process without a console has. */
export function healthRoutes({ health, status }: Pick<ApiServices, 'health' | 'status'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/health',
      summary: 'Whether the system lives and is ready, with reasons; 503 while it is not ready',
      access: 'open',
      answer: { status: 200, schema: healthView },
      handle({ response }) {
        const view = health();
        if (!view.ready) response.status(503);
        return view;
      },
    }),
    route({
      method: 'get',
      path: '/status',
      summary: 'What was taken and what was refused, with reasons; queues and lags',
      access: RUNNERS,
      answer: { status: 200, schema: statusView },
      handle: () => status(),
    }),
  ];
}

export function operationRoutes({ state }: Pick<ApiServices, 'state'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/audit',
      summary: 'Who did what, newest first',
      access: ADMINISTRATORS,
      query: z.strictObject({ before: instant.optional(), limit: whole(1, PAGE_MAX).optional() }),
      answer: { status: 200, schema: auditPage },
      async handle({ query: { before, limit = PAGE_DEFAULT } }) {
        const { rows, next } = await pageByTime<AuditRow>({
          fetch: (cursor, count) => state.audit.list({ limit: count, ...(cursor !== undefined && { before: cursor }) }),
          timeOf: ({ at }) => at,
          keep: () => true,
          before,
          limit,
        });
        return { entries: rows, next };
      },
    }),
  ];
}

/** The description of all routes, itself included. */
export function documentRoute(others: readonly Route[], info: ApiInfo): Route {
  const self: Route = route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    access: 'open',
    answer: { status: 200, contentType: 'application/json' },
    revalidate: true,
    handle: () => document,
  });
  const document = openApiDocument([...others, self], info);
  return self;
}
