import { z } from 'zod';
import type { Principal } from '../accounts/accounts.ts';
import { PASSWORD_MAX } from '../accounts/passwords.ts';
import { READERS } from '../accounts/rights.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { clearSessionCookie, setSessionCookie } from '../http/session-cookie.ts';
import type { ApiServices } from '../services.ts';
import { session } from '../views/operation.ts';

const view = ({ user, role }: Principal) => ({ user, role });

export function signedIn(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new ApiProblem('sign-in.required');
  return principal;
}

export function sessionRoutes({ accounts }: Pick<ApiServices, 'accounts'>): Route[] {
  return [
    route({
      method: 'post',
      path: '/session',
      summary: 'Signs in; the session comes as a cookie',
      access: 'open',
      body: z.strictObject({ user: z.string().min(1).max(64), password: z.string().min(1).max(PASSWORD_MAX) }),
      answer: { status: 200, schema: session },
      problems: ['sign-in.refused', 'sign-in.locked'],
      async handle({ body, request, response }) {
        const { secret, principal } = await accounts.signIn(body.user, body.password, request.ip ?? '');
        setSessionCookie(request, response, secret, principal.expiresAt);
        return view(principal);
      },
    }),
    route({
      method: 'get',
      path: '/session',
      summary: 'Who is signed in',
      access: READERS,
      answer: { status: 200, schema: session },
      handle: ({ principal }) => view(signedIn(principal)),
    }),
    route({
      method: 'delete',
      path: '/session',
      summary: 'Signs out: the session ends at once, open live connections with it',
      access: READERS,
      answer: { status: 204 },
      async handle({ principal, request, response }) {
        await accounts.signOut(signedIn(principal), request.ip ?? '');
        clearSessionCookie(request, response);
      },
    }),
  ];
}
