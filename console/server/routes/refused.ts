import { IntakeRefused } from '@clearbay/contract/intake.ts';
import type { Request } from 'express';
import { ApiProblem } from '../http/problem.ts';

/** Runs a command of the intake desk; what it refuses becomes the API's problem of the same code. */
export async function orProblem<Result>(command: Promise<Result>): Promise<Result> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof IntakeRefused)) throw error;
    const later = error.code === 'service.unavailable' ? { headers: { 'Retry-After': '5' } } : {};
    throw new ApiProblem(error.code, { detail: error.message, cause: error, ...later });
  }
}

/** Reads off what is left of a body that was refused half-way, else it would stand in the way of the connection's next request. */
export function discardRest(request: Request): void {
  if (request.readableEnded) return;
  request.unpipe();
  request.resume();
}

/** Type and encoding of a streamed body. */
export function bodyForm(request: Request): { readonly contentType: string; readonly contentEncoding: string } {
  return {
    contentType: (request.get('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    contentEncoding: (request.get('Content-Encoding') ?? 'identity').toLowerCase(),
  };
}
