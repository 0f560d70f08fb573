import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '@clearbay/console-server/accounts/passwords.ts';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import { ConsoleServer, type ConsoleServerOptions } from '@clearbay/console-server/server.ts';
import type { HealthView, Role, StatusView } from '@clearbay/contract/api.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { pino } from 'pino';
import { BulkGateway } from '../../ingest/gateways/http/bulk-gateway.ts';
import { StagedGate } from '../gateways/http/staged-gate.ts';
import { stagedDesk } from './staged-desk.ts';
import { NOW } from './staged-district.ts';
import { stagedExplanations } from './staged-explanations.ts';
import { StagedFeed } from './staged-feed.ts';
import { StagedSeries } from './staged-series.ts';

export const ROLES: readonly Role[] = ['viewer', 'duty', 'officer', 'operator', 'tester', 'admin'];
export const PASSWORD = 'a long enough password';

export const HEALTH: HealthView = { live: true, ready: true, state: 'ok', reasons: [], version: '0.1.0', startedAt: NOW };

const STATUS: StatusView = {
  health: HEALTH,
  accepted: 10,
  refused: { 'not-json': 2 },
  duplicates: 1,
  conflicts: 0,
  openConflicts: 0,
  unkeptConflicts: 0,
  late: 0,
  ledger: { lastSeq: 10, pending: 0, bytes: 4096, writable: true },
  series: { state: 'up', lag: 0, setAside: 0, cursor: 10 },
  eventLoopDelayP99Ms: 2,
  clients: { mqtt: 3, console: 1 },
};

export interface Stage {
  readonly url: string;
  readonly port: number;
  readonly server: ConsoleServer;
  readonly feed: StagedFeed;
  readonly series: StagedSeries;
  readonly state: SqliteState;
  readonly webRoot: string;
  readonly clock: { at: number; now(): number };
  health: HealthView;
  token(role: Role): Promise<string>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  as(role: Role, path: string, init?: RequestInit): Promise<Response>;
  signIn(user: string, password: string, headers?: Record<string, string>): Promise<Response>;
  cookie(user: string): Promise<string>;
  stop(): Promise<void>;
}

/** The real server on a free port with the real state store; every role has a user of its name. */
export async function openStage(options: Partial<ConsoleServerOptions> = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-console-'));
  const state = new SqliteState(join(folder, 'state.sqlite'));
  await state.start();
  const passwordHash = await hashPassword(PASSWORD);
  for (const role of ROLES) await state.accounts.saveUser({ name: role, role, passwordHash });
  const clock = { at: NOW, now: () => clock.at };
  const feed = new StagedFeed();
  const series = new StagedSeries();
  const webRoot = join(folder, 'dist');
  const stage = { health: HEALTH };
  const server = new ConsoleServer({
    feed,
    series,
    state,
    clock,
    webRoot,
    explanations: stagedExplanations,
    status: () => STATUS,
    health: () => stage.health,
    metrics: async () => '# HELP accepted\naccepted 10\n',
    listen: { host: '127.0.0.1', port: 0 },
    logger: pino({ level: 'silent' }),
    intake: new BulkGateway(new StagedGate(), clock, state.answers),
    desk: stagedDesk(state, clock),
    info: { title: 'ClearBay', version: '0.1.0' },
    ...options,
  });
  const { url, port } = await server.start();
  const tokens = new Map<Role, string>();
  const call = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  return Object.assign(stage, {
    url,
    port,
    server,
    feed,
    series,
    state,
    webRoot,
    clock,
    async token(role: Role) {
      const token = tokens.get(role) ?? (await createToken(state, role, undefined, clock));
      tokens.set(role, token);
      return token;
    },
    get: (path: string, headers: Record<string, string> = {}) => call(path, { headers }),
    async as(role: Role, path: string, init: RequestInit = {}): Promise<Response> {
      return call(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${await this.token(role)}` } });
    },
    signIn: (user: string, password: string, headers: Record<string, string> = {}) =>
      call('/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ user, password }),
      }),
    async cookie(user: string): Promise<string> {
      const response = await this.signIn(user, PASSWORD);
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    async stop() {
      await server.stop();
      await state.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
}
