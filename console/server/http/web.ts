import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { ApiProblem } from './problem.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>清湾 ClearBay</title></head>
<body><p>控制台页面尚未构建,请运行 npm run build。</p>
<p lang="en">The console's pages are not built yet: run <code>npm run build</code>. The API under <a href="/api/v1/health">/api/v1</a> is running.</p></body></html>
`;

const isMissing = (error: unknown) =>
  (error as { status?: unknown }).status === 404 || (error as { code?: unknown }).code === 'ENOENT';

/** Sends the page for every address of the console's own router; a file that is asked for by name is 404 where it is absent. */
function page(webRoot: string): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new ApiProblem('method.unknown', { headers: { Allow: 'GET, HEAD' } });
    }
    if (/\.\w+$/.test(request.path) || !request.accepts('html')) throw new ApiProblem('route.unknown');
    response.sendFile('index.html', { root: webRoot, cacheControl: false, headers: { 'Cache-Control': 'no-cache' } }, (error) => {
      if (error === undefined || error === null || response.headersSent) return;
      if (!isMissing(error)) return next(error);
      response.status(503).set('Cache-Control', 'no-store').type('html').send(NOT_BUILT);
    });
  };
}

/** The built console: hashed assets for ever, the page itself always asked for again. */
export function webRouter(webRoot: string): Router {
  const router = Router();
  router.use(
    '/assets',
    express.static(join(webRoot, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false, redirect: false }),
  );
  router.use(express.static(webRoot, { index: false, redirect: false, maxAge: 0 }));
  router.use(page(webRoot));
  return router;
}
