import type { IncomingHttpHeaders } from 'node:http';

/** What a request shows of who sent it; the secret is not checked yet. */
export type Credential =
  | { readonly kind: 'token'; readonly secret: string }
  | { readonly kind: 'session'; readonly secret: string }
  | undefined;

/** Cookies do not tell ports apart; the port in the name lets two servers of one machine keep two sessions. */
export function sessionCookieName(port: number): string {
  return `clearbay_session_${port}`;
}

function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const split = pair.indexOf('=');
    if (split > 0 && pair.slice(0, split).trim() === name) return pair.slice(split + 1).trim();
  }
  return undefined;
}

/** A bearer token wins over a cookie: whoever sends one means it. `port` is the one the server listens on. */
export function credentialOf(headers: IncomingHttpHeaders, port: number): Credential {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
  if (bearer?.[1] !== undefined) return { kind: 'token', secret: bearer[1] };
  const cookie = cookieNamed(headers.cookie, sessionCookieName(port));
  return cookie === undefined ? undefined : { kind: 'session', secret: cookie };
}
