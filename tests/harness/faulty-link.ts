import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Seeded } from '@clearbay/domain/seeded.ts';

/**
 * What becomes of bytes and connections. `cut`: connections end, none can be made. `silent`: nothing passes any more and nobody
 * is told, as behind a router that forgot its table. `deaf`: the same, but only on the way back. `lossy`: a share of the segments
 * is lost, which a stream shows as segments that come later by retransmission timeouts, and all behind them with them.
 */
export type Weather = 'clear' | 'cut' | 'silent' | 'deaf' | 'lossy';

const FIRST_RETRANSMISSION_MS = 200;

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Bytes of the way up and of the way back vanish, for good. */
  isSilent: boolean;
  isDeaf: boolean;
  lastUpAt: number;
}

/** The network between devices and a broker, on loopback, with weather that the test makes. */
export class FaultyLink {
  readonly #targetPort: number;
  readonly #lostShare: number;
  readonly #chance: Seeded;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #weather: Weather = 'clear';
  /** How long after the last byte that reached it the server gave up each connection that had fallen silent, ms. */
  readonly givenUpAfterMs: number[] = [];
  /** Segments that came late for being lost, and all. */
  lost = 0;
  segments = 0;

  constructor(targetPort: number, { lostShare = 0, seed = 1 }: { readonly lostShare?: number; readonly seed?: number } = {}) {
    this.#targetPort = targetPort;
    this.#lostShare = lostShare;
    this.#chance = new Seeded(seed, 'link');
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo | undefined)?.port ?? 0;
  }

  async start(): Promise<void> {
    this.#server = createServer((client) => this.#carry(client)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  /** A connection that fell silent stays so for its life; new ones live in the new weather. */
  become(weather: Weather): void {
    this.#weather = weather;
    for (const connection of this.#connections) {
      if (weather === 'cut') {
        connection.client.destroy();
        connection.upstream.destroy();
      }
      connection.isSilent ||= weather === 'silent';
      connection.isDeaf ||= weather === 'silent' || weather === 'deaf';
    }
  }

  #carry(client: Socket): void {
    this.#keep(client);
    if (this.#weather === 'cut') {
      client.destroy();
      return;
    }
    // Whoever connects in a silence is heard by nobody.
    if (this.#weather === 'silent') return;
    const upstream = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
    this.#keep(upstream);
    const isDeaf = this.#weather === 'deaf';
    const connection: Connection = { client, upstream, isSilent: false, isDeaf, lastUpAt: performance.now() };
    this.#connections.add(connection);
    this.#pass(client, (bytes) => {
      if (connection.isSilent) return;
      connection.lastUpAt = performance.now();
      upstream.write(bytes);
    });
    this.#pass(upstream, (bytes) => connection.isDeaf || client.write(bytes));
    client.on('close', () => connection.isSilent || upstream.destroy());
    upstream.on('close', () => {
      this.#connections.delete(connection);
      if (connection.isSilent) this.givenUpAfterMs.push(performance.now() - connection.lastUpAt);
      if (!connection.isDeaf) client.destroy();
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Hands segments on in their order, each as late as its losses make it. */
  #pass(from: Socket, onward: (bytes: Buffer) => void): void {
    const waiting: { readonly due: number; readonly bytes: Buffer }[] = [];
    const pump = () => {
      for (let [first] = waiting; first !== undefined; [first] = waiting) {
        const early = first.due - performance.now();
        if (early > 0) {
          setTimeout(pump, Math.ceil(early));
          return;
        }
        waiting.shift();
        onward(first.bytes);
      }
    };
    from.on('data', (bytes) => {
      waiting.push({ due: Math.max(waiting.at(-1)?.due ?? 0, performance.now() + this.#delayMs()), bytes });
      if (waiting.length === 1) pump();
    });
  }

  #delayMs(): number {
    if (this.#weather !== 'lossy') return 0;
    this.segments += 1;
    let delay = 0;
    for (let timeout = FIRST_RETRANSMISSION_MS; this.#chance.next() < this.#lostShare; timeout *= 2) {
      this.lost += 1;
      delay += timeout;
    }
    return delay;
  }
}
