import { connect as connectTcp, type Socket } from 'node:net';
import { hashPassword } from '@clearbay/broker/access/password-hash.ts';
import type { AccountPrincipal } from '@clearbay/broker/access/principal.ts';
import { Broker, type BrokerOptions } from '@clearbay/broker/broker.ts';
import type { DeviceCredential, IncomingReadings, ReadingGate } from '@clearbay/contract/gate.ts';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { generate, type Packet, parser } from 'mqtt-packet';

export const PASSWORD = 'correct horse';
const passwordHash = await hashPassword(PASSWORD, { memoryKiB: 1024, passes: 1 });

export function credential(device: string): DeviceCredential {
  return { device, passwordHash, stations: ['s1'] };
}

export function account(user: string, rights: Partial<AccountPrincipal> = {}): AccountPrincipal {
  return { user, passwordHash, subscribe: [], publish: [], system: false, ...rights };
}

/** A gate that the test answers. */
export class HeldGate implements ReadingGate {
  readonly taken: { readonly incoming: IncomingReadings; readonly done: (acknowledge: boolean) => void }[] = [];
  #arrivals: (() => void)[] = [];

  take(incoming: IncomingReadings, done: (acknowledge: boolean) => void): void {
    // The broker's buffer is its own again after the call.
    this.taken.push({ incoming: { ...incoming, payload: Buffer.from(incoming.payload) }, done });
    for (const arrival of this.#arrivals.splice(0)) arrival();
  }

  /** Resolves when so many readings were taken. */
  async holds(count: number): Promise<void> {
    while (this.taken.length < count) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
  }
}

/** A gate that commits everything at once. */
export class OpenGate implements ReadingGate {
  readonly payloads: string[] = [];

  take(incoming: IncomingReadings, done: (acknowledge: boolean) => void): void {
    this.payloads.push(incoming.payload.toString());
    setImmediate(done, true);
  }
}

export interface Stage {
  readonly broker: Broker;
  readonly port: number;
  connect(user: string, options?: IClientOptions): Promise<MqttClient>;
  raw(): Promise<RawClient>;
  stop(): Promise<void>;
}

/** A real broker on a free port with the devices d1, d2, d1-b and, where given, accounts. */
export async function stage(
  options: Partial<BrokerOptions> & { gate?: ReadingGate } = {},
  accounts: readonly AccountPrincipal[] = [],
): Promise<Stage> {
  const devices = new Map(['d1', 'd2', 'd1-b'].map((device) => [device, credential(device)]));
  const broker = new Broker({
    listen: { tcp: { host: '127.0.0.1', port: 0 } },
    gate: new OpenGate(),
    credentials: { find: (user) => devices.get(user) },
    accounts: { find: async (user) => accounts.find((candidate) => candidate.user === user) },
    ...options,
  });
  const bound = await broker.start();
  const port = bound.tcp?.port ?? 0;
  const clients: MqttClient[] = [];
  const raws: RawClient[] = [];
  return {
    broker,
    port,
    async connect(user, more = {}) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        username: user,
        password: PASSWORD,
        clientId: user,
        protocolVersion: 4,
        reconnectPeriod: 0,
        ...more,
      });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async raw() {
      const client = await RawClient.open(port);
      raws.push(client);
      return client;
    },
    async stop() {
      for (const client of raws) client.socket.destroy();
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await broker.stop();
    },
  };
}

/** Speaks MQTT byte by byte. */
export class RawClient {
  readonly socket: Socket;
  readonly packets: Packet[] = [];
  readonly closed: Promise<void>;
  #arrivals: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const reader = parser();
    reader.on('packet', (packet) => {
      this.packets.push(packet);
      this.#wake();
    });
    socket.on('data', (chunk) => reader.parse(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) =>
      socket.on('close', () => {
        resolve();
        this.#wake();
      }),
    );
  }

  static async open(port: number, localAddress?: string): Promise<RawClient> {
    const socket = connectTcp({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) });
    const client = new RawClient(socket);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return client;
  }

  #wake(): void {
    for (const arrival of this.#arrivals.splice(0)) arrival();
  }

  send(packet: Packet | Buffer): void {
    this.socket.write(Buffer.isBuffer(packet) ? packet : generate(packet));
  }

  async signIn(user: string): Promise<void> {
    this.send(connectPacket(user));
    await this.received(1);
  }

  /** Resolves when so many packets came, or the connection closed. */
  async received(count: number): Promise<readonly Packet[]> {
    while (this.packets.length < count && !this.socket.destroyed)
      await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    return this.packets;
  }
}

export function connectPacket(user: string, more: object = {}): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: user,
    keepalive: 0,
    username: user,
    password: Buffer.from(PASSWORD),
    ...more,
  } as Packet;
}

export function readingPacket(device: string, messageId: number, payload = '{"values":{"pm25":1}}'): Packet {
  return {
    cmd: 'publish',
    topic: `clearbay/v1/readings/air/s1/${device}`,
    payload,
    qos: 1,
    messageId,
    retain: false,
    dup: false,
  };
}

/** Polls a condition of the broker's own state. */
export async function until(condition: () => boolean, timeoutMs = 5000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
