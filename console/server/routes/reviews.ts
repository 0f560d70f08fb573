import { dateOf } from '@clearbay/domain/time.ts';
import type { RestatementRow } from '@clearbay/store/ports/intake.ts';
import { z } from 'zod';
import { OFFICERS, READERS } from '../accounts/rights.ts';
import { identifier, instant, moment, whole } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { restatementPage, review, reviewPage } from '../views/intake.ts';
import { stationOf } from './history.ts';
import { orProblem } from './refused.ts';
import { signedIn } from './session.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 500;
const limit = whole(1, PAGE_MAX).optional();
const before = whole(1, Number.MAX_SAFE_INTEGER).optional();

/** Where the next page begins; null at the end. */
function nextOf(rows: readonly { readonly id: number }[], asked: number): number | null {
  return rows.length < asked ? null : (rows.at(-1)?.id ?? null);
}

export function reviewRoutes(
  { feed, state, audit, clock }: Pick<ApiServices, 'feed' | 'state' | 'audit' | 'clock'>,
  { reviews }: IntakeDesk,
): Route[] {
  const params = z.strictObject({ id: identifier });
  return [
    route({
      method: 'post',
      path: '/stations/:id/reviews',
      summary: 'Takes values of a metric out of the judgement, or puts them back, with a reason; the raw values stay',
      access: OFFICERS,
      params,
      body: z.strictObject({
        metric: identifier,
        from: moment.describe('first event time, included'),
        to: moment.describe('last event time, included'),
        action: z.enum(['exclude', 'restore']),
        reason: z.string().trim().min(3).max(500),
      }),
      answer: { status: 200, schema: review },
      problems: ['station.unknown', 'metric.unknown', 'readings.none', 'service.unavailable'],
      async handle({ params: { id }, body, principal }) {
        const person = signedIn(principal).user;
        if (!stationOf(feed, id).metrics.some((known) => known.id === body.metric)) throw new ApiProblem('metric.unknown');
        if (body.to < body.from) {
          throw new ApiProblem('input.invalid', { errors: [{ path: 'body.to', reason: 'must not be before `from`' }] });
        }
        if (body.to > clock.now()) {
          throw new ApiProblem('input.invalid', { errors: [{ path: 'body.to', reason: 'must not lie in the future' }] });
        }
        const view = await orProblem(reviews.review({ station: id, ...body, person }));
        const action = body.action === 'exclude' ? 'reading.excluded' : 'reading.restored';
        await audit.note(person, action, `${id} ${body.metric}`, `${body.from} to ${body.to}: ${body.reason}`);
        return view;
      },
    }),
    route({
      method: 'get',
      path: '/stations/:id/reviews',
      summary: 'Who took out or put back which values of a station, and why; newest first',
      access: READERS,
      params,
      query: z.strictObject({ before, limit }),
      answer: { status: 200, schema: reviewPage },
      problems: ['station.unknown'],
      async handle({ params: { id }, query: { before: cursor, limit: count = PAGE_DEFAULT } }) {
        stationOf(feed, id);
        const rows = await state.reviews.list({ station: id, limit: count, ...(cursor !== undefined && { before: cursor }) });
        return { reviews: rows, next: nextOf(rows, count) };
      },
    }),
  ];
}

function restatementView({ day, ...row }: RestatementRow) {
  return { ...row, date: dateOf(day) };
}

export function restatementRoutes({ state }: Pick<ApiServices, 'state'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/restatements',
      summary: 'Ended days whose figure changed after it was given out: old, new, cause; newest first',
      access: READERS,
      query: z.strictObject({
        station: identifier.optional(),
        from: instant.optional().describe('days from this one on'),
        to: instant.optional().describe('days before this one'),
        before,
        limit,
      }),
      answer: { status: 200, schema: restatementPage },
      async handle({ query: { station, from, to, before: cursor, limit: count = PAGE_DEFAULT } }) {
        const rows = await state.days.restatements({
          limit: count,
          ...(station !== undefined && { station }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { until: to }),
          ...(cursor !== undefined && { before: cursor }),
        });
        return { restatements: rows.map(restatementView), next: nextOf(rows, count) };
      },
    }),
  ];
}
