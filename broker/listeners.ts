import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Caller } from './caller.ts';
import { CertificateWatch } from './certificate-watch.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface TlsFiles {
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  /** Client certificates: not asked for, accepted in place of a password, or needed. Their CN is the user name. */
  readonly clientCertificates?: 'none' | 'accepted' | 'required';
}

export interface ListenOptions {
  readonly tcp?: ListenAddress;
  readonly ws?: ListenAddress;
  readonly tls?: ListenAddress & TlsFiles;
  readonly wss?: ListenAddress & TlsFiles;
}

export type BoundAddresses = Partial<Record<keyof ListenOptions, ListenAddress>>;

export interface Arrival {
  readonly transport: Duplex;
  readonly caller: Caller;
  readonly certificateUser: string | undefined;
}

export interface ListenerEvents {
  /** A socket of this address, before any handshake; undefined turns it away. */
  knock(socket: Socket, address: string): Caller | undefined;
  /** The handshakes are done. */
  arrived(arrival: Arrival): void;
  /** The socket has closed. */
  left(caller: Caller): void;
  /** More sockets than the listener may have: the system closed one unseen. */
  dropped(): void;
}

/**
 * Connections that the kernel holds until we take them, as far as it allows. Where a fleet comes back at once and there are more,
 * it drops their handshakes, and each such device waits a second, then three, seven and so on up to a minute.
 */
const BACKLOG = 4096;

export interface ListenerLimits {
  readonly connectTimeoutMs: number;
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
  readonly tcpKeepAliveMs: number;
}

const WEBSOCKET_PATH = '/mqtt';

/** The doors of the broker: TCP, TLS, and WebSocket with and without TLS. */
export class Listeners {
  readonly #options: ListenOptions;
  readonly #limits: ListenerLimits;
  readonly #events: ListenerEvents;
  readonly #servers: Server[] = [];
  readonly #certificates = new CertificateWatch();
  /** By remote address and port, which a socket keeps through TLS and WebSocket. */
  readonly #callers = new Map<string, Caller>();

  constructor(options: ListenOptions, limits: ListenerLimits, events: ListenerEvents) {
    this.#options = options;
    this.#limits = limits;
    this.#events = events;
  }

  async start(): Promise<BoundAddresses> {
    const { tcp, tls, ws, wss } = this.#options;
    const bound: BoundAddresses = {};
    if (tcp) bound.tcp = await this.#listen(this.#tcp(), tcp);
    if (tls) bound.tls = await this.#listen(this.#tls(tls), tls);
    if (ws) bound.ws = await this.#listen(this.#webSocket(createHttpServer({ noDelay: true })), ws);
    if (wss) {
      const server = createHttpsServer({ noDelay: true, ...secureOptions(wss) });
      this.#renew(server, wss);
      bound.wss = await this.#listen(this.#webSocket(server), wss);
    }
    this.#certificates.start();
    return bound;
  }

  /** Takes no more connections. */
  async stop(): Promise<void> {
    this.#certificates.stop();
    for (const caller of this.#callers.values()) caller.dismiss();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    this.#servers.length = 0;
  }

  #tcp(): Server {
    return createTcpServer({ noDelay: true }, (socket) => this.#arrived(socket, socket));
  }

  #tls(files: TlsFiles): Server {
    const server = createTlsServer(secureOptions(files), (socket) => this.#arrived(socket, socket));
    // Counted when its socket has closed.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#renew(server, files);
    return server;
  }

  #renew(server: { setSecureContext(options: object): void }, files: TlsFiles): void {
    const names = [files.cert, files.key, ...(files.ca === undefined ? [] : [files.ca])];
    this.#certificates.add(server, names, () => secureOptions(files));
  }

  #webSocket(server: HttpServer): Server {
    const sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.maxPacketBytes * 4,
      handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((name) => offered.has(name)) ?? false,
    });
    server.on('request', (_request, response) => {
      response.writeHead(426, { connection: 'close' }).end();
    });
    server.on('clientError', (_error, socket) => socket.destroy());
    server.on('upgrade', (request, socket, head) => {
      const [path] = (request.url ?? '').split('?');
      if (path !== WEBSOCKET_PATH) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#arrived(createWebSocketStream(webSocket), request.socket);
      });
    });
    return server;
  }

  #arrived(transport: Duplex, socket: Socket): void {
    const caller = this.#callers.get(keyOf(socket));
    if (caller === undefined) transport.destroy();
    else this.#events.arrived({ transport, caller, certificateUser: certificateUser(socket) });
  }

  /** Before any handshake, for every kind of listener. */
  #knocked(socket: Socket): void {
    const caller = this.#events.knock(socket, plainAddress(socket.remoteAddress));
    if (caller === undefined) {
      socket.destroy();
      return;
    }
    // A peer that lost its power answers none of these.
    socket.setKeepAlive(true, this.#limits.tcpKeepAliveMs);
    const key = keyOf(socket);
    this.#callers.set(key, caller);
    socket.once('close', () => {
      this.#callers.delete(key);
      this.#events.left(caller);
    });
  }

  #listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
    server.maxConnections = this.#limits.maxConnections;
    server.prependListener('connection', (socket: Socket) => this.#knocked(socket));
    server.on('drop', () => this.#events.dropped());
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, BACKLOG, () => {
        server.off('error', reject);
        resolve({ host, port: (server.address() as AddressInfo).port });
      });
    });
  }
}

function keyOf(socket: Socket): string {
  return `${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
}

function secureOptions(files: TlsFiles): TlsOptions {
  const asked = files.clientCertificates ?? 'none';
  return {
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    ...(files.ca === undefined ? {} : { ca: readFileSync(files.ca) }),
    requestCert: asked !== 'none',
    rejectUnauthorized: asked === 'required',
    minVersion: 'TLSv1.2',
  };
}

/** CN of a certificate that the listener's authority signed. */
function certificateUser(socket: Socket): string | undefined {
  const secure = socket as TLSSocket;
  if (secure.authorized !== true) return undefined;
  const name = secure.getPeerCertificate().subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** IPv4 in IPv6 form is the same address. */
function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:/, '') ?? 'unknown';
}
