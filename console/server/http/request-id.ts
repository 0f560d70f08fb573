import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

const HEADER = 'X-Request-Id';
const ACCEPTABLE = /^[\w.-]{8,64}$/;

const ids = new WeakMap<IncomingMessage, string>();

/** Number of this request, for log, header and problem document. */
export function requestId(request: IncomingMessage): string {
  return ids.get(request) ?? '-';
}

/** Takes over a well-formed number of the caller or a proxy, else makes one. */
export const numberRequests: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  const id = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
  ids.set(request, id);
  response.set(HEADER, id);
  next();
};
