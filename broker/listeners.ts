import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
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
  readonly address: string;
  readonly certificateUser: string | undefined;
}

export interface ListenerEvents {
  /** Whether a socket of this address may stay; asked before any handshake. */
  admit(address: string): boolean;
  arrived(arrival: Arrival): void;
}

export interface ListenerLimits {
  readonly connectTimeoutMs: number;
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
}

const WEBSOCKET_PATH = '/mqtt';

/** The doors of the broker: TCP, TLS, and WebSocket with and without TLS. */
export class Listeners {
  readonly #options: ListenOptions;
  readonly #limits: ListenerLimits;
  readonly #events: ListenerEvents;
  readonly #servers: Server[] = [];
  readonly #certificates = new CertificateWatch();

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
    if (ws) bound.ws = await this.#listen(this.#webSocket(createHttpServer(this.#httpOptions())), ws);
    if (wss) {
      const server = createHttpsServer({ ...this.#httpOptions(), ...secureOptions(wss, this.#limits.connectTimeoutMs) });
      this.#renew(server, wss);
      bound.wss = await this.#listen(this.#webSocket(server), wss);
    }
    this.#certificates.start();
    return bound;
  }

  /** Takes no more connections. */
  async stop(): Promise<void> {
    this.#certificates.stop();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    this.#servers.length = 0;
  }

  #tcp(): Server {
    return createTcpServer({ noDelay: true }, (socket) => this.#arrived(socket, socket));
  }

  #tls(files: TlsFiles): Server {
    const server = createTlsServer(secureOptions(files, this.#limits.connectTimeoutMs), (socket) =>
      this.#arrived(socket, socket),
    );
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#renew(server, files);
    return server;
  }

  #renew(server: { setSecureContext(options: object): void }, files: TlsFiles): void {
    const names = [files.cert, files.key, ...(files.ca === undefined ? [] : [files.ca])];
    this.#certificates.add(server, names, () => secureOptions(files, this.#limits.connectTimeoutMs));
  }

  #httpOptions(): { headersTimeout: number; requestTimeout: number; connectionsCheckingInterval: number; noDelay: boolean } {
    const { connectTimeoutMs } = this.#limits;
    return {
      headersTimeout: connectTimeoutMs,
      requestTimeout: connectTimeoutMs,
      connectionsCheckingInterval: 1000,
      noDelay: true,
    };
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
    this.#events.arrived({ transport, address: plainAddress(socket.remoteAddress), certificateUser: certificateUser(socket) });
  }

  #listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
    server.maxConnections = this.#limits.maxConnections;
    // Before any handshake, for every kind of listener.
    server.prependListener('connection', (socket: Socket) => {
      if (!this.#events.admit(plainAddress(socket.remoteAddress))) socket.destroy();
    });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve({ host, port: (server.address() as AddressInfo).port });
      });
    });
  }
}

function secureOptions(files: TlsFiles, handshakeTimeout: number): TlsOptions {
  const asked = files.clientCertificates ?? 'none';
  return {
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    ...(files.ca === undefined ? {} : { ca: readFileSync(files.ca) }),
    requestCert: asked !== 'none',
    rejectUnauthorized: asked === 'required',
    minVersion: 'TLSv1.2',
    handshakeTimeout,
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
