import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { ApiProblem } from './problem.ts';

export interface RequestLimits {
  /** Requests of one address to the API in a minute. */
  readonly apiPerMinute: number;
  /** Sign-ins of one address in a minute; each costs a password hash. */
  readonly signInPerMinute: number;
  /** Claims of devices, and questions after them, of one address in a minute: a code must not be guessed. */
  readonly claimPerMinute: number;
}

export const REQUEST_LIMITS: RequestLimits = { apiPerMinute: 3000, signInPerMinute: 30, claimPerMinute: 20 };

const MINUTE_MS = 60_000;

/** Counts requests by address (IPv6 by /56) and answers with a problem document beyond the limit. */
export function perMinute(limit: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Behind a proxy that is not configured all clients share one count: bothersome, never unsafe.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, response, next) => {
      const seconds = response.getHeader('Retry-After') ?? MINUTE_MS / 1000;
      next(new ApiProblem('rate.limited', { headers: { 'Retry-After': String(seconds) } }));
    },
  });
}
