import type { Server } from 'node:http';
import type { BulkIntake } from '@clearbay/contract/bulk.ts';
import { Accounts } from './accounts/accounts.ts';
import { AuditTrail } from './accounts/audit-trail.ts';
import { Lockout } from './accounts/lockout.ts';
import { createApp } from './http/app.ts';
import { REQUEST_LIMITS, type RequestLimits } from './http/limits.ts';
import { close, listen } from './http/listener.ts';
import type { ApiInfo } from './http/openapi.ts';
import { LiveServer } from './live/live-server.ts';
import type { ServerLogger } from './logger.ts';
import type { ApiSources, IntakeDesk } from './services.ts';

export interface ConsoleServerOptions extends ApiSources {
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Folder of the built console; it may not exist yet. */
  readonly webRoot: string;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly logger: ServerLogger;
  /** Title and version in the API document. */
  readonly info: ApiInfo;
  /** Origins besides our own that may sign in and connect, for example `https://watch.example.org` behind a proxy. */
  readonly trustedOrigins?: readonly string[];
  /** Addresses of reverse proxies whose forwarding headers are believed. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<RequestLimits>;
  /** How often the sessions of open pages are checked again, ms; 30 s by default. */
  readonly sessionRecheckMs?: number;
  /** Door for bulk readings; without one there is no such route. */
  readonly intake?: BulkIntake;
  /** What operators do with intake; without it there are no such routes. */
  readonly desk?: IntakeDesk;
}

/** Web console, API and live push on one port. */
export class ConsoleServer {
  private readonly options: ConsoleServerOptions;
  private readonly live: LiveServer;
  private readonly accounts: Accounts;
  private readonly audit: AuditTrail;
  private http: Server | undefined;

  constructor(options: ConsoleServerOptions) {
    this.options = options;
    const { state, clock, feed, logger, trustedOrigins = [], sessionRecheckMs: recheckMs } = options;
    this.audit = new AuditTrail(state.audit, clock);
    this.accounts = new Accounts({ store: state.accounts, audit: this.audit, lockout: new Lockout(clock), clock });
    this.live = new LiveServer({ feed, accounts: this.accounts, clock, trustedOrigins, logger, ...(recheckMs && { recheckMs }) });
  }

  /** Listens. Rejects with the system's error, `EADDRINUSE` where the port is taken. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { listen: at, limits, intake, desk, trustedOrigins = [], trustedProxies = [], ...rest } = this.options;
    const app = createApp({
      ...rest,
      services: { ...rest, accounts: this.accounts, audit: this.audit },
      intake,
      desk,
      trustedOrigins,
      trustedProxies,
      limits: { ...REQUEST_LIMITS, ...limits },
    });
    const { http, url, port } = await listen(app, at);
    this.http = http;
    this.live.start(http, port);
    return { url, port };
  }

  /** Closes live connections, then lets open requests end, cutting those that take longer than a second. */
  async stop(): Promise<void> {
    const { http } = this;
    if (http === undefined) return;
    this.http = undefined;
    await close(http, () => this.live.stop());
  }

  /** Pages connected to the live push. */
  get liveClients(): number {
    return this.live.size;
  }
}
