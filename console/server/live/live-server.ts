import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { AlertView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import {
  type ClientToServer,
  LIVE_NAMESPACE,
  type LiveFeed,
  type LiveFrame,
  type Room,
  type ServerToClient,
} from '@clearbay/contract/live.ts';
import { type DefaultEventsMap, type Namespace, Server } from 'socket.io';
import { z } from 'zod';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { type Credential, credentialOf } from '../accounts/credentials.ts';
import { allows, READERS } from '../accounts/rights.ts';
import { isOwnOrigin } from '../http/origin.ts';
import type { ServerLogger } from '../logger.ts';
import { LiveClient, type LiveSocket, type SocketData } from './live-client.ts';
import { Rooms } from './rooms.ts';

const MESSAGE_MAX_BYTES = 16 * 1024;
/** A page joins a handful of rooms; more messages than this in ten seconds is a fault or an attack. */
const MESSAGES_MAX = 200;
const MESSAGES_WINDOW_MS = 10_000;
/** Sessions can end elsewhere (expiry, another server, a changed role): all are checked again in this rhythm. */
const RECHECK_MS = 30_000;
/** A client that stays behind this long is dropped; it may come back and start over. */
const BEHIND_MAX_MS = 60_000;
const CLIENTS_MAX = 5000;

const joinRequest = z.strictObject({
  room: z.custom<Room>((room) => typeof room === 'string' && room.length <= 160),
  resume: z.strictObject({ epoch: z.string().max(64), seq: z.int().nonnegative() }).optional(),
});

export interface LiveServerParts {
  readonly feed: LiveFeed;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly trustedOrigins: readonly string[];
  readonly logger: ServerLogger;
  readonly recheckMs?: number;
}

/** The socket.io namespace `/live`: signed-in pages only, from our own origin only, each getting the rooms it asked for. */
export class LiveServer {
  private readonly parts: LiveServerParts;
  private readonly rooms: Rooms;
  private readonly clients = new Map<string, LiveClient>();
  private io: Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData> | undefined;
  private namespace: Namespace<ClientToServer, ServerToClient, DefaultEventsMap, SocketData> | undefined;
  private recheck: NodeJS.Timeout | undefined;

  constructor(parts: LiveServerParts) {
    this.parts = parts;
    this.rooms = new Rooms({
      feed: parts.feed,
      clock: parts.clock,
      send: (frame) => this.send(frame),
      resync: (room) => this.resync(room),
      announce: (alert) => this.announce(alert),
    });
  }

  /** Pages connected now. */
  get size(): number {
    return this.clients.size;
  }

  /** Attaches to an HTTP server that listens on `port`. */
  start(http: HttpServer, port: number): void {
    this.io = new Server(http, {
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: MESSAGE_MAX_BYTES,
      connectTimeout: 10_000,
      allowRequest: (request, decide) => decide(null, this.admits(request)),
    });
    this.io.use((_socket, next) => next(new Error('namespace.unknown')));
    this.namespace = this.io.of(LIVE_NAMESPACE);
    this.namespace.use((socket, next) => {
      this.signedIn(socket, port).then((failure) => next(failure), next);
    });
    this.namespace.on('connection', (socket) => this.welcome(socket));
    this.parts.accounts.onRevoked((hash) => this.close(({ principal }) => principal.hash === hash));
    this.rooms.start();
    this.recheck = setInterval(() => this.recheckAll(), this.parts.recheckMs ?? RECHECK_MS);
    this.recheck.unref();
  }

  /** Closes every connection; the HTTP server it was attached to is closed by its owner. */
  async stop(): Promise<void> {
    clearInterval(this.recheck);
    this.rooms.stop();
    this.io?.disconnectSockets(true);
    await this.io?.close();
  }

  private admits(request: IncomingMessage): boolean {
    return this.clients.size < CLIENTS_MAX && isOwnOrigin(request.headers, this.parts.trustedOrigins);
  }

  private async signedIn(socket: LiveSocket, port: number): Promise<Error | undefined> {
    try {
      const principal = await this.parts.accounts.authenticate(credentialOfSocket(socket, port));
      if (principal === undefined || !allows(READERS, principal.role)) return new Error('unauthorized');
      socket.data.principal = principal;
      return undefined;
    } catch {
      return new Error('unauthorized');
    }
  }

  private welcome(socket: LiveSocket): void {
    const client = new LiveClient(socket, this.rooms);
    this.clients.set(socket.id, client);
    const withinRate = messageRate();
    socket.use((_event, next) => {
      if (withinRate()) next();
      else socket.disconnect(true);
    });
    socket.on('join', (request, done) => {
      const checked = joinRequest.safeParse(request);
      const problem = checked.success
        ? client.join({ room: checked.data.room, ...(checked.data.resume && { resume: checked.data.resume }) })
        : { code: 'input.invalid' };
      if (typeof done === 'function') done(problem);
    });
    socket.on('leave', (room) => client.leave(room));
    socket.on('disconnect', () => {
      client.leaveAll();
      this.clients.delete(socket.id);
    });
    socket.on('error', (error) => this.parts.logger.debug({ err: error }, 'live client error'));
  }

  /** Ids of clients that cannot take more now; those that have been so for too long are dropped. */
  private behind(): LiveClient[] {
    const now = performance.now();
    const behind: LiveClient[] = [];
    for (const client of this.clients.values()) {
      if (client.keepsUp(now)) continue;
      behind.push(client);
      if (now - (client.behindSince ?? now) > BEHIND_MAX_MS) client.socket.disconnect(true);
    }
    return behind;
  }

  private send(frame: LiveFrame): void {
    const skipped = this.behind().map(({ socket }) => socket.id);
    this.namespace?.to(frame.room).except(skipped).emit('frame', frame);
  }

  private announce(alert: AlertView): void {
    const behind = this.behind();
    for (const client of behind) client.holdAlert(alert);
    this.namespace?.except(behind.map(({ socket }) => socket.id)).emit('alert', alert);
  }

  private resync(room: Room): void {
    const now = performance.now();
    for (const client of this.clients.values()) if (client.isIn(room) && client.keepsUp(now)) client.snapshot(room);
  }

  private close(which: (data: SocketData) => boolean): void {
    for (const { socket } of [...this.clients.values()]) if (which(socket.data)) socket.disconnect(true);
  }

  private recheckAll(): void {
    const principals = new Map<string, Principal>();
    for (const { socket } of this.clients.values()) principals.set(socket.data.principal.hash, socket.data.principal);
    for (const principal of principals.values()) {
      this.parts.accounts.recheck(principal).then(
        (current) => {
          if (current === undefined || current.role !== principal.role)
            this.close((data) => data.principal.hash === principal.hash);
        },
        (error: unknown) => this.parts.logger.warn({ err: error }, 'sessions of live clients cannot be checked'),
      );
    }
  }
}

/** The request of a polling page may be gone by now, and its connection with it: only its headers are read. */
function credentialOfSocket(socket: LiveSocket, port: number): Credential {
  const token: unknown = socket.handshake.auth.token;
  return typeof token === 'string' ? { kind: 'token', secret: token } : credentialOf(socket.request.headers, port);
}

function messageRate(): () => boolean {
  let windowStart = performance.now();
  let count = 0;
  return () => {
    const now = performance.now();
    if (now - windowStart > MESSAGES_WINDOW_MS) {
      windowStart = now;
      count = 0;
    }
    count += 1;
    return count <= MESSAGES_MAX;
  };
}
