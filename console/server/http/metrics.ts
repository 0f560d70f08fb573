import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Accounts } from '../accounts/accounts.ts';
import { credentialOf } from '../accounts/credentials.ts';
import { allows, RUNNERS } from '../accounts/rights.ts';
import { ApiProblem } from './problem.ts';
import { portOf } from './session-cookie.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** A scraper on this machine. A proxy here speaks for others, and a page of a rebound name is no scraper. */
function isLocalScraper({ socket, headers }: IncomingMessage): boolean {
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return !forwarded && LOOPBACK.has(socket.remoteAddress ?? '') && LOCAL_NAME.test(headers.host ?? '');
}

async function mayScrape(accounts: Accounts, request: Request): Promise<void> {
  if (isLocalScraper(request)) return;
  const principal = await accounts.authenticate(credentialOf(request.headers, portOf(request)));
  if (principal === undefined) throw new ApiProblem('sign-in.required', { headers: { 'WWW-Authenticate': 'Bearer' } });
  if (!allows(RUNNERS, principal.role)) throw new ApiProblem('role.missing');
}

/** Prometheus text, to a scraper on this machine or with a token. */
export function metricsHandler(accounts: Accounts, metrics: () => Promise<string>): RequestHandler {
  return async (request, response) => {
    await mayScrape(accounts, request);
    response
      .set('Cache-Control', 'no-store')
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(await metrics());
  };
}
