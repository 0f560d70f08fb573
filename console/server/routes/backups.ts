import { z } from 'zod';
import { ADMINISTRATORS } from '../accounts/rights.ts';
import { identifier } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { backup } from '../views/intake.ts';
import { orProblem } from './refused.ts';
import { signedIn } from './session.ts';

/** Copies of the installation's files. The folder is the server's choice: no caller names a place to write to. */
export function backupRoutes({ audit }: Pick<ApiServices, 'audit'>, { backups }: IntakeDesk): Route[] {
  return [
    route({
      method: 'post',
      path: '/backups',
      summary: 'Begins a consistent copy of ledger, series and state in the data folder, while the system runs',
      access: ADMINISTRATORS,
      answer: { status: 202, schema: backup },
      problems: ['request.conflict', 'service.unavailable'],
      async handle({ principal, request, response }) {
        const begun = await orProblem(backups.begin());
        await audit.note(signedIn(principal).user, 'backup.begun', begun.id, begun.folder);
        response.location(`${request.baseUrl}/backups/${begun.id}`);
        return begun;
      },
    }),
    route({
      method: 'get',
      path: '/backups/:id',
      summary: 'How a copy stands, and its files with their checksums',
      access: ADMINISTRATORS,
      params: z.strictObject({ id: identifier }),
      answer: { status: 200, schema: backup },
      problems: ['backup.unknown'],
      handle: ({ params: { id } }) => orProblem(backups.find(id)),
    }),
  ];
}
