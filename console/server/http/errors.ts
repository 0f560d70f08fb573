import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ServerLogger } from '../logger.ts';
import { ApiProblem, type ProblemCode, problemDocument } from './problem.ts';
import { requestId } from './request-id.ts';

/** Faults of the body parser by its `type`; anything else of status 4xx is a malformed request. */
const BODY_FAULTS: Readonly<Record<string, ProblemCode>> = {
  'entity.too.large': 'body.too-large',
  'entity.parse.failed': 'body.syntax',
  'charset.unsupported': 'body.type',
  'encoding.unsupported': 'body.type',
};

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (typeof error === 'object' && error !== null) {
    const { type, status } = error as { type?: unknown; status?: unknown };
    const code = typeof type === 'string' ? BODY_FAULTS[type] : undefined;
    if (code !== undefined) return new ApiProblem(code, { cause: error });
    if (typeof status === 'number' && status >= 400 && status < 500) return new ApiProblem('request.malformed', { cause: error });
  }
  return new ApiProblem('internal', { cause: error });
}

function sendProblem(request: Request, response: Response, problem: ApiProblem): void {
  response
    .status(problem.status)
    .set({ 'Cache-Control': 'no-store', ...problem.extra.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problemDocument(problem, requestId(request))));
}

/** Last middleware: one problem document for every error; only unexpected ones are logged, without their text going out. */
export function errorHandler(logger: ServerLogger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const problem = asProblem(error);
    if (problem.status >= 500) {
      logger.error({ err: problem.cause ?? problem, request: requestId(request), path: request.path }, 'request failed');
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    sendProblem(request, response, problem);
  };
}
