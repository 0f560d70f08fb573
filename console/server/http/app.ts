import type { BulkIntake } from '@clearbay/contract/bulk.ts';
import compression from 'compression';
import express, { type Express } from 'express';
import type { ServerLogger } from '../logger.ts';
import { alertRoutes } from '../routes/alerts.ts';
import { backupRoutes } from '../routes/backups.ts';
import { conflictRoutes } from '../routes/conflicts.ts';
import { currentStateRoutes } from '../routes/current-state.ts';
import { deviceRoutes } from '../routes/devices.ts';
import { explanationRoutes } from '../routes/explanations.ts';
import { exportRoutes } from '../routes/exports.ts';
import { historyRoutes } from '../routes/history.ts';
import { importRoutes } from '../routes/imports.ts';
import { documentRoute, healthRoutes, operationRoutes } from '../routes/operation.ts';
import { readingRoutes } from '../routes/readings.ts';
import { restatementRoutes, reviewRoutes } from '../routes/reviews.ts';
import { sessionRoutes } from '../routes/session.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { apiRouter } from './api.ts';
import { errorHandler } from './errors.ts';
import { securityHeaders } from './headers.ts';
import { perMinute, type RequestLimits } from './limits.ts';
import { metricsHandler } from './metrics.ts';
import { API_ROOT, type ApiInfo } from './openapi.ts';
import { ApiProblem } from './problem.ts';
import { numberRequests } from './request-id.ts';
import type { Route } from './route.ts';
import { webRouter } from './web.ts';

export interface AppParts {
  readonly services: ApiServices;
  readonly intake: BulkIntake | undefined;
  readonly desk: IntakeDesk | undefined;
  readonly metrics: () => Promise<string>;
  readonly webRoot: string;
  readonly info: ApiInfo;
  readonly trustedOrigins: readonly string[];
  /** Addresses of proxies whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimits;
  readonly logger: ServerLogger;
}

function deskRoutes(services: ApiServices, desk: IntakeDesk): Route[] {
  return [
    ...deviceRoutes(services, desk),
    ...reviewRoutes(services, desk),
    ...conflictRoutes(services, desk),
    ...importRoutes(services, desk),
    ...backupRoutes(services, desk),
  ];
}

/** Every route of the API, the description of them last. */
function allRoutes({ services, intake, desk, info }: AppParts): Route[] {
  const routes = [
    ...healthRoutes(services),
    ...operationRoutes(services),
    ...sessionRoutes(services),
    ...currentStateRoutes(services),
    ...historyRoutes(services),
    ...explanationRoutes(services),
    ...alertRoutes(services),
    ...exportRoutes(services),
    ...restatementRoutes(services),
    ...(intake === undefined ? [] : readingRoutes(intake, services)),
    ...(desk === undefined ? [] : deskRoutes(services, desk)),
  ];
  return [...routes, documentRoute(routes, info)];
}

/** The whole HTTP side: API, metrics and the built console. */
export function createApp(parts: AppParts): Express {
  const { services, trustedOrigins } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', [...parts.trustedProxies]);
  app.use(numberRequests, securityHeaders(), compression());
  app.get('/metrics', metricsHandler(services.accounts, parts.metrics));
  app.post(`${API_ROOT}/session`, perMinute(parts.limits.signInPerMinute));
  app.post(`${API_ROOT}/devices/claim`, perMinute(parts.limits.claimPerMinute));
  app.post(`${API_ROOT}/devices/claim/credentials`, perMinute(parts.limits.claimPerMinute));
  const routes = allRoutes(parts);
  const api = apiRouter(routes, { accounts: services.accounts, audit: services.audit, trustedOrigins });
  app.use(API_ROOT, perMinute(parts.limits.apiPerMinute), api);
  app.use('/api', () => {
    throw new ApiProblem('route.unknown');
  });
  app.use(webRouter(parts.webRoot));
  app.use(errorHandler(parts.logger));
  return app;
}
