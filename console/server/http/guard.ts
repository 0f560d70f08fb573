import type { Request, Response } from 'express';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import type { AuditTrail } from '../accounts/audit-trail.ts';
import { credentialOf } from '../accounts/credentials.ts';
import { allows } from '../accounts/rights.ts';
import { isOwnOrigin } from './origin.ts';
import { ApiProblem } from './problem.ts';
import type { Route } from './route.ts';
import { portOf, setSessionCookie } from './session-cookie.ts';

export interface GuardParts {
  readonly accounts: Accounts;
  readonly audit: AuditTrail;
  readonly trustedOrigins: readonly string[];
}

/** Decides before any body is read who asks, and whether this route may be used; gives the principal. */
export async function guard(
  { accounts, audit, trustedOrigins }: GuardParts,
  route: Route,
  request: Request,
  response: Response,
): Promise<Principal | undefined> {
  const credential = credentialOf(request.headers, portOf(request));
  // A bearer token is never sent by a browser on its own account, so no foreign page can borrow it.
  if (route.method !== 'get' && credential?.kind !== 'token' && !isOwnOrigin(request.headers, trustedOrigins)) {
    throw new ApiProblem('origin.foreign');
  }
  if (route.access === 'open') return undefined;
  const principal = await accounts.authenticate(credential);
  if (principal === undefined) throw new ApiProblem('sign-in.required', { headers: { 'WWW-Authenticate': 'Bearer' } });
  if (!allows(route.access, principal.role)) {
    await audit.note(principal.user, 'access.denied', `${request.method} ${request.path}`, request.ip ?? '');
    throw new ApiProblem('role.missing');
  }
  const renewed = await accounts.slide(principal);
  if (renewed === undefined || credential === undefined) return principal;
  setSessionCookie(request, response, credential.secret, renewed.expiresAt);
  return renewed;
}
