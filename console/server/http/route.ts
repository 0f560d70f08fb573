import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Principal } from '../accounts/accounts.ts';
import type { Access } from '../accounts/rights.ts';
import { ApiProblem, type Fault, type ProblemCode } from './problem.ts';

/** What a route sends where all goes well. */
type Answer =
  | { readonly status: 200 | 201 | 202; readonly schema: z.ZodType }
  | { readonly status: 200; readonly contentType: string }
  | { readonly status: 204 };

interface RouteFacts {
  readonly method: 'get' | 'post' | 'delete';
  /** Below `/api/v1`, parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly answer: Answer;
  /** Problems beyond those that every route can answer with. */
  readonly problems?: readonly ProblemCode[];
  /** Answers that change seldom may be kept by the browser and asked for again by their ETag. */
  readonly revalidate?: boolean;
  /** A body that the handler reads itself, as a stream: the content types it takes. */
  readonly streams?: readonly string[];
}

interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Set on every route that is not open. */
  readonly principal: Principal | undefined;
  readonly request: Request;
  readonly response: Response;
}

type Shape = z.ZodObject;
type Empty = z.ZodObject<Record<never, never>, z.core.$strict>;

interface RouteSpec<P extends Shape, Q extends Shape, B extends Shape> extends RouteFacts {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Gives what is sent as JSON; undefined where the handler answered itself. */
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): unknown;
}

/** One entry of the API: documented, guarded, validated and run from the same description. */
export interface Route extends RouteFacts {
  readonly params: Shape;
  readonly query: Shape;
  readonly body: Shape | undefined;
  run(request: Request, response: Response, principal: Principal | undefined): Promise<unknown>;
}

const NOTHING = z.strictObject({});

function collect(part: string, schema: Shape, value: unknown, faults: Fault[]): unknown {
  const outcome = schema.safeParse(value ?? {});
  if (outcome.success) return outcome.data;
  for (const issue of outcome.error.issues) {
    const at = [part, ...issue.path.map(String)].join('.');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) faults.push({ path: `${at}.${key}`, reason: 'unknown field' });
    } else {
      faults.push({ path: at, reason: issue.message });
    }
  }
  return undefined;
}

/** Builds a route; `handle` sees only what its schemas let through, all faults of a request are reported together. */
export function route<P extends Shape = Empty, Q extends Shape = Empty, B extends Shape = Empty>(
  spec: RouteSpec<P, Q, B>,
): Route {
  const { params = NOTHING, query = NOTHING, body, handle, ...facts } = spec;
  return {
    ...facts,
    params,
    query,
    body,
    async run(request, response, principal) {
      const faults: Fault[] = [];
      const call = {
        params: collect('path', params, { ...request.params }, faults),
        query: collect('query', query, { ...request.query }, faults),
        body: body === undefined ? {} : collect('body', body, request.body, faults),
      };
      if (faults.length > 0) throw new ApiProblem('input.invalid', { errors: faults });
      const checked = call as Pick<Call<z.output<P>, z.output<Q>, z.output<B>>, 'params' | 'query' | 'body'>;
      return handle({ ...checked, principal, request, response });
    },
  };
}
