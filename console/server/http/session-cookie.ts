import type { CookieOptions, Request, Response } from 'express';
import { sessionCookieName } from '../accounts/credentials.ts';

/** Not readable by scripts, never sent by a foreign page; only over TLS where the request came by TLS. */
function attributes(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: request.secure };
}

/** The port this request came in at. */
export function portOf(request: Request): number {
  return request.socket.localPort ?? 0;
}

export function setSessionCookie(request: Request, response: Response, secret: string, expiresAt: number | null): void {
  response.cookie(sessionCookieName(portOf(request)), secret, {
    ...attributes(request),
    ...(expiresAt === null ? {} : { expires: new Date(expiresAt) }),
  });
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(sessionCookieName(portOf(request)), attributes(request));
}
