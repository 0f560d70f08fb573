import { z } from 'zod';
import { OFFICERS, READERS } from '../accounts/rights.ts';
import { identifier, instant, whole } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { conflict, conflictPage } from '../views/conflicts.ts';
import { orProblem } from './refused.ts';
import { signedIn } from './session.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 500;
const number = whole(1, Number.MAX_SAFE_INTEGER);

/** Readings that came a second time with other content, and what an officer decides of them. */
export function conflictRoutes({ audit }: Pick<ApiServices, 'audit'>, { conflicts }: IntakeDesk): Route[] {
  return [
    route({
      method: 'get',
      path: '/readings/conflicts',
      summary: 'Readings that came again with other content and wait for a decision, beside what counts; newest first',
      access: READERS,
      query: z.strictObject({
        station: identifier.optional(),
        from: instant.optional().describe('first event time, included'),
        to: instant.optional().describe('last event time, included'),
        before: number.optional(),
        limit: whole(1, PAGE_MAX).optional(),
      }),
      answer: { status: 200, schema: conflictPage },
      async handle({ query: { station, from, to, before, limit = PAGE_DEFAULT } }) {
        const found = await conflicts.list({
          limit,
          ...(station !== undefined && { station }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(before !== undefined && { before }),
        });
        return { conflicts: found, next: found.length < limit ? null : (found.at(-1)?.id ?? null) };
      },
    }),
    route({
      method: 'post',
      path: '/readings/conflicts/:id',
      summary: 'Makes the other content the one that counts, as a correction, or keeps what counts; with a reason',
      access: OFFICERS,
      params: z.strictObject({ id: number }),
      body: z.strictObject({ decision: z.enum(['accept', 'dismiss']), reason: z.string().trim().min(3).max(500) }),
      answer: { status: 200, schema: conflict },
      problems: ['conflict.unknown', 'service.unavailable'],
      async handle({ params: { id }, body, principal }) {
        const person = signedIn(principal).user;
        const view = await orProblem(conflicts.decide({ id, ...body, person }));
        const action = body.decision === 'accept' ? 'conflict.accepted' : 'conflict.dismissed';
        const place = view.bay === null ? view.device : `${view.device} ${view.bay}`;
        await audit.note(person, action, `${view.station} ${place}`, `${view.at}: ${body.reason}`);
        return view;
      },
    }),
  ];
}
