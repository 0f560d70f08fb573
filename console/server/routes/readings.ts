import { type BulkIntake, BulkRefused } from '@clearbay/contract/bulk.ts';
import type { Request } from 'express';
import { RUNNERS } from '../accounts/rights.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices } from '../services.ts';
import { bulk } from '../views/bulk.ts';
import { bodyForm, discardRest } from './refused.ts';
import { signedIn } from './session.ts';

const KEY = /^[\x21-\x7e]{1,128}$/;

function keyOf(request: Request): string | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined || KEY.test(key)) return key;
  const reason = 'expected 1 to 128 visible characters';
  throw new ApiProblem('input.invalid', { errors: [{ path: 'header.idempotency-key', reason }] });
}

/** Many readings at once, for integrators and back-fills; each row goes the way of a device's reading. */
export function readingRoutes(intake: BulkIntake, { audit }: Pick<ApiServices, 'audit'>): Route[] {
  return [
    route({
      method: 'post',
      path: '/readings',
      summary: 'Takes readings in bulk, plain or gzip, and says what became of each row; send `Idempotency-Key` to repeat safely',
      access: RUNNERS,
      streams: ['application/json', 'application/x-ndjson', 'application/jsonl', 'text/csv'],
      answer: { status: 200, schema: bulk },
      problems: ['request.conflict', 'service.unavailable', 'input.invalid'],
      async handle({ principal, request }) {
        const { user } = signedIn(principal);
        const idempotencyKey = keyOf(request);
        try {
          const view = await intake.receive({
            ...bodyForm(request),
            sender: user,
            body: request,
            ...(idempotencyKey !== undefined && { idempotencyKey }),
          });
          if (!view.repeated) await audit.note(user, 'import.readings', `${view.total} rows`, JSON.stringify(view.counts));
          return view;
        } catch (error) {
          discardRest(request);
          if (!(error instanceof BulkRefused)) throw error;
          const retry = error.code === 'rate.limited' || error.code === 'service.unavailable';
          throw new ApiProblem(error.code, {
            detail: error.message,
            cause: error,
            ...(retry && { headers: { 'Retry-After': '5' } }),
          });
        }
      },
    }),
  ];
}
