import type { IncomingHttpHeaders } from 'node:http';

/** Host part of an origin, lower case; undefined where it is none (`null`, garbage). */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return undefined;
  }
}

/**
 * Whether a request comes from our own page, from a trusted origin, or from a program that is no browser.
 * Browsers send `Sec-Fetch-Site` or `Origin` with every change and every WebSocket handshake; CORS does not guard either.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, trustedOrigins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin !== undefined) {
    if (trustedOrigins.includes(origin)) return true;
    return hostOf(origin) !== undefined && hostOf(origin) === headers.host?.toLowerCase();
  }
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
