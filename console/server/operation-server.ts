import type { Server } from 'node:http';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import express, { type Express } from 'express';
import { Accounts } from './accounts/accounts.ts';
import { AuditTrail } from './accounts/audit-trail.ts';
import { Lockout } from './accounts/lockout.ts';
import { apiRouter } from './http/api.ts';
import { errorHandler } from './http/errors.ts';
import { securityHeaders } from './http/headers.ts';
import { perMinute, REQUEST_LIMITS } from './http/limits.ts';
import { close, listen } from './http/listener.ts';
import { metricsHandler } from './http/metrics.ts';
import { API_ROOT } from './http/openapi.ts';
import { ApiProblem } from './http/problem.ts';
import { numberRequests } from './http/request-id.ts';
import type { ServerLogger } from './logger.ts';
import { healthRoutes } from './routes/operation.ts';
import type { ApiSources } from './services.ts';

export interface OperationServerOptions extends Pick<ApiSources, 'health' | 'status'> {
  readonly state: Pick<StateStore, 'accounts' | 'audit'>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  readonly logger: ServerLogger;
}

/** Health, status and metrics of a process that has no console: the same addresses, rights and headers as with one. */
export class OperationServer {
  readonly #options: OperationServerOptions;
  #http: Server | undefined;

  constructor(options: OperationServerOptions) {
    this.#options = options;
  }

  /** Listens. Rejects with the system's error, `EADDRINUSE` where the port is taken. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { http, url, port } = await listen(this.#app(), this.#options.listen);
    this.#http = http;
    return { url, port };
  }

  async stop(): Promise<void> {
    const http = this.#http;
    if (http === undefined) return;
    this.#http = undefined;
    await close(http, async () => http.close());
  }

  #app(): Express {
    const { state, clock, metrics, logger } = this.#options;
    const audit = new AuditTrail(state.audit, clock);
    const accounts = new Accounts({ store: state.accounts, audit, lockout: new Lockout(clock), clock });
    const app = express();
    app.disable('x-powered-by');
    app.use(numberRequests, securityHeaders());
    app.get('/metrics', metricsHandler(accounts, metrics));
    const api = apiRouter(healthRoutes(this.#options), { accounts, audit, trustedOrigins: [] });
    app.use(API_ROOT, perMinute(REQUEST_LIMITS.apiPerMinute), api);
    app.use(() => {
      throw new ApiProblem('route.unknown');
    });
    app.use(errorHandler(logger));
    return app;
  }
}
