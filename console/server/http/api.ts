import express, { type RequestHandler, Router } from 'express';
import { type GuardParts, guard } from './guard.ts';
import { API_ROOT } from './openapi.ts';
import { ApiProblem } from './problem.ts';
import type { Route } from './route.ts';

/** Commands are small; bulk data has its own, streaming address. */
const BODY_LIMIT_BYTES = 16 * 1024;

const json = express.json({ limit: BODY_LIMIT_BYTES, strict: true, type: 'application/json' });

function readBody(route: Route): RequestHandler {
  return (request, response, next) => {
    if (route.body === undefined || route.streams !== undefined) return next();
    if (request.is('application/json') === false) throw new ApiProblem('body.type');
    json(request, response, next);
  };
}

function cachePolicy(route: Route): string {
  return route.revalidate === true ? 'private, no-cache' : 'no-store';
}

function respond(route: Route): RequestHandler {
  return async (request, response) => {
    const value = await route.run(request, response, response.locals.principal);
    if (response.headersSent) return;
    if (route.answer.status === 204) response.status(204).end();
    else {
      // A handler may have said otherwise, as health does.
      if (route.answer.status !== 200) response.status(route.answer.status);
      response.json(value);
    }
  };
}

function methodUnknown(methods: readonly string[]): RequestHandler {
  const allow = [...new Set(methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])))].join(
    ', ',
  );
  return () => {
    throw new ApiProblem('method.unknown', { headers: { Allow: allow } });
  };
}

/** The API as one router: each route guarded, then its body read, checked and run; other methods 405, other addresses 404. */
export function apiRouter(routes: readonly Route[], parts: GuardParts): Router {
  const router = Router();
  for (const [path, group] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of group) {
      const admit: RequestHandler = async (request, response, next) => {
        response.set('Cache-Control', cachePolicy(route));
        response.locals.principal = await guard(parts, route, request, response);
        next();
      };
      router[route.method](path, admit, readBody(route), respond(route));
    }
    router.all(path, methodUnknown(group.map((route) => route.method)));
  }
  router.use((request) => {
    throw new ApiProblem('route.unknown', { detail: `${API_ROOT}${request.path} does not exist` });
  });
  return router;
}
