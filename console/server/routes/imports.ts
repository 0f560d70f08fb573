import { z } from 'zod';
import { OPERATORS } from '../accounts/rights.ts';
import { identifier } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { importJob, importList } from '../views/intake.ts';
import { bodyForm, discardRest, orProblem } from './refused.ts';
import { signedIn } from './session.ts';

const orderQuery = z.strictObject({
  kind: identifier,
  columns: identifier.default('clearbay').describe('name of the column mapping'),
  station: identifier.optional().describe('station that every row belongs to'),
  map: z.string().min(3).max(4000).optional().describe('NAME=STATION pairs, separated by commas; without it by id or name'),
  device: identifier.optional().describe('device that speaks; the first of each station by default'),
  historical: z
    .enum(['true', 'false'])
    .default('true')
    .describe('back-filled: up to ten years old, and never moves the live view'),
});

/** Files of readings, worked through beside the live data. */
export function importRoutes({ audit }: Pick<ApiServices, 'audit'>, { imports }: IntakeDesk): Route[] {
  return [
    route({
      method: 'post',
      path: '/imports',
      summary: 'Takes a file of readings (CSV or JSON lines, plain or gzip); it is worked through beside the live data',
      access: OPERATORS,
      query: orderQuery,
      streams: ['text/csv', 'application/x-ndjson', 'application/jsonl'],
      answer: { status: 202, schema: importJob },
      problems: ['service.unavailable'],
      async handle({ query: { historical, ...order }, principal, request, response }) {
        const person = signedIn(principal).user;
        try {
          const asked = { ...order, historical: historical === 'true' };
          const job = await orProblem(imports.accept({ order: asked, person, ...bodyForm(request), body: request }));
          await audit.note(person, 'import.file', job.id, JSON.stringify(asked));
          response.location(`${request.baseUrl}/imports/${job.id}`);
          return job;
        } catch (error) {
          discardRest(request);
          throw error;
        }
      },
    }),
    route({
      method: 'get',
      path: '/imports',
      summary: 'Imports and how far they are, newest first',
      access: OPERATORS,
      answer: { status: 200, schema: importList },
      handle: async () => ({ imports: await imports.list() }),
    }),
    route({
      method: 'get',
      path: '/imports/:id',
      summary: 'How far an import is and what became of its rows',
      access: OPERATORS,
      params: z.strictObject({ id: identifier }),
      answer: { status: 200, schema: importJob },
      problems: ['import.unknown'],
      handle: ({ params: { id } }) => orProblem(imports.find(id)),
    }),
  ];
}
