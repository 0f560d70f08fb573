import { STATUS_CODES } from 'node:http';
import type { Problem } from '@clearbay/contract/api.ts';

/** Every problem the API can answer with: stable code, HTTP status and what it means. */
export const PROBLEMS = {
  'input.invalid': [400, 'Query, path or body do not fit the schema; `errors` lists every fault'],
  'body.syntax': [400, 'The body is not well-formed'],
  'request.malformed': [400, 'The request itself is malformed'],
  'sign-in.required': [401, 'Sign in, or send a bearer token'],
  'sign-in.refused': [401, 'User or password is wrong'],
  'token.invalid': [401, 'The bearer token is unknown or has expired'],
  'role.missing': [403, 'The role of this user does not allow it'],
  'origin.foreign': [403, 'A change was asked for by a page of another origin'],
  'route.unknown': [404, 'There is no such address'],
  'station.unknown': [404, 'There is no such station'],
  'metric.unknown': [404, 'The station has no such metric'],
  'alert.unknown': [404, 'There is no such alert'],
  'target.unknown': [404, 'The plan has no such target'],
  'device.unknown': [404, 'There is no such device'],
  'claim.unknown': [404, 'There is no such claim, or its code was used or has expired'],
  'readings.none': [404, 'The station has no stored readings of this metric in the span'],
  'conflict.unknown': [404, 'There is no such conflict of readings, or it is decided'],
  'import.unknown': [404, 'There is no such import'],
  'backup.unknown': [404, 'There is no such backup'],
  'explanation.unavailable': [404, 'Nothing was judged for this period'],
  'method.unknown': [405, 'The address exists, the method does not; see `Allow`'],
  'device.taken': [409, 'A device or a claim of this name is there already'],
  'request.conflict': [409, 'The same request is still being worked on, or its idempotency key came with other content'],
  'body.too-large': [413, 'The body is larger than this address takes'],
  'body.type': [415, 'The content type or encoding of the body is not taken here'],
  'sign-in.locked': [429, 'Too many failures; wait as `Retry-After` says'],
  'rate.limited': [429, 'Too many requests; wait as `Retry-After` says'],
  internal: [500, 'The server failed; the log has the request under `instance`'],
  'service.unavailable': [503, 'A part that this needs is down'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Fault {
  readonly path: string;
  readonly reason: string;
}

export interface ProblemExtra {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Thrown by handlers; the error middleware turns it into the document. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;

  constructor(code: ProblemCode, extra: ProblemExtra = {}) {
    super(extra.detail ?? PROBLEMS[code][1], { cause: extra.cause });
    this.code = code;
    this.extra = extra;
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }
}

/** The RFC 9457 document of a problem. */
export function problemDocument(problem: ApiProblem, requestId: string): Problem {
  const { code, status, extra } = problem;
  return {
    type: `urn:clearbay:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: extra.detail ?? PROBLEMS[code][1],
    instance: requestId,
    ...(extra.errors === undefined ? {} : { errors: extra.errors }),
  };
}
