import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate, type Packet, parser } from 'mqtt-packet';
import { topicOf } from './district.ts';
import { PASSWORD } from './mortal-system.ts';

/** Publishes of one device under way at once. */
const WINDOW = 100;
const RECONNECT_MS = 100;
const CONNECT_WITHIN_MS = 10_000;

export interface SenderOptions {
  readonly device: string;
  /** Event time of the first reading, epoch ms; each further one is `stepMs` later, so that every reading is its own. */
  readonly from: number;
  readonly stepMs?: number;
  readonly payload?: (at: number) => string;
  /** Address to connect from, on loopback. */
  readonly localAddress?: string;
}

/** A value that belongs to its event time alone, so that what is stored can be held against what was sent. */
const valueAt = (at: number) => (Math.floor(at / 100) % 800) / 10 + 1;

/**
 * One device as it should be: QoS 1, several messages under way, and what was not acknowledged is sent again, in order and
 * marked as repeated, after each reconnection. It keeps the book that the store is held against.
 */
export class Sender {
  readonly device: string;
  /** Event times in the order they were first sent. */
  readonly offered: number[] = [];
  readonly acknowledged = new Set<number>();
  /** Milliseconds from the first sending to the acknowledgement, while `timing`. */
  readonly latencies: number[] = [];
  timing = false;
  /** How often a connection ended or could not be made. */
  interruptions = 0;
  readonly #options: SenderOptions;
  readonly #unanswered = new Map<number, { readonly at: number; readonly sentAt: number }>();
  #socket: Socket | undefined;
  #isReady = false;
  #nextAt: number;
  #nextId = 1;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.device = options.device;
    this.#nextAt = options.from;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get unacknowledged(): number {
    return this.#unanswered.size;
  }

  /** Connects and sends again what is owed. False where the broker cannot be reached or refuses. */
  async connect(port: number): Promise<boolean> {
    const { localAddress } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(localAddress && { localAddress }) });
    this.#socket = socket;
    const reader = parser();
    const answered = new Promise<boolean>((resolve) => {
      reader.on('packet', (packet) => {
        if (packet.cmd === 'connack') resolve(packet.returnCode === 0);
        else if (packet.cmd === 'puback') this.#acknowledge(packet.messageId as number);
      });
      const late = setTimeout(() => socket.destroy(), CONNECT_WITHIN_MS);
      socket.once('close', () => {
        clearTimeout(late);
        resolve(false);
        if (this.#socket === socket) this.#isReady = false;
        this.interruptions += 1;
      });
      reader.once('packet', () => clearTimeout(late));
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => reader.parse(chunk));
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: this.device,
        keepalive: 60,
        username: this.device,
        password: Buffer.from(PASSWORD),
      }),
    );
    if (!(await answered) || this.#socket !== socket) return false;
    for (const [id, { at }] of this.#unanswered) socket.write(this.#packet(id, at, true));
    this.#isReady = true;
    return true;
  }

  /** Sends new readings as far as the window allows. */
  send(count: number): void {
    const socket = this.#socket;
    if (!this.#isReady || socket === undefined) return;
    for (let left = count; left > 0 && this.#unanswered.size < WINDOW; left -= 1) {
      const at = this.#nextAt;
      this.#nextAt += this.#options.stepMs ?? 100;
      while (this.#unanswered.has(this.#nextId)) this.#nextId = (this.#nextId % 65_535) + 1;
      const id = this.#nextId;
      this.#nextId = (id % 65_535) + 1;
      this.#unanswered.set(id, { at, sentAt: performance.now() });
      this.offered.push(at);
      socket.write(this.#packet(id, at, false));
    }
  }

  disconnect(): void {
    this.#isReady = false;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #packet(messageId: number, at: number, dup: boolean): Buffer {
    const payload = this.#options.payload?.(at) ?? JSON.stringify({ at, values: { pm25: valueAt(at) } });
    return generate({
      cmd: 'publish',
      topic: topicOf(this.device),
      payload,
      qos: 1,
      messageId,
      dup,
      retain: false,
    } as Packet);
  }

  #acknowledge(id: number): void {
    const waiting = this.#unanswered.get(id);
    if (waiting === undefined) return;
    this.#unanswered.delete(id);
    this.acknowledged.add(waiting.at);
    if (this.timing) this.latencies.push(performance.now() - waiting.sentAt);
  }
}

/** Several devices that send evenly together and come back by themselves. */
export class Load {
  readonly senders: readonly Sender[];
  readonly #rate: number;
  #port = 0;
  #running: Promise<unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `rate`: messages a second over all devices. */
  constructor(senders: readonly Sender[], rate: number) {
    this.senders = senders;
    this.#rate = rate;
  }

  start(port: number): void {
    this.#port = port;
    const began = performance.now();
    let sent = 0;
    let turn = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * this.#rate) - sent;
      for (let index = 0; index < due; index += 1) {
        this.senders[turn % this.senders.length]?.send(1);
        turn += 1;
      }
      sent += Math.max(0, due);
    }, 2);
    this.#running = Promise.all(this.senders.map((sender) => this.#keepConnected(sender)));
  }

  /** Sends nothing more and waits for what is owed. */
  async finish(limitMs: number): Promise<void> {
    clearInterval(this.#timer);
    const end = performance.now() + limitMs;
    while (this.owed > 0) {
      if (performance.now() > end) throw new Error(`${this.owed} readings were never acknowledged`);
      await sleep(10);
    }
    await this.halt();
  }

  /** Ends the sending and the connections; what is owed stays owed. */
  async halt(): Promise<void> {
    clearInterval(this.#timer);
    this.#port = 0;
    for (const sender of this.senders) sender.disconnect();
    await this.#running;
  }

  get owed(): number {
    return this.senders.reduce((sum, sender) => sum + sender.unacknowledged, 0);
  }

  get acknowledged(): number {
    return this.senders.reduce((sum, sender) => sum + sender.acknowledged.size, 0);
  }

  get offered(): number {
    return this.senders.reduce((sum, sender) => sum + sender.offered.length, 0);
  }

  async #keepConnected(sender: Sender): Promise<void> {
    while (this.#port !== 0) {
      if (!sender.isReady) await sender.connect(this.#port);
      await sleep(RECONNECT_MS);
    }
    sender.disconnect();
  }
}

/** Begins to time the acknowledgements anew. */
export function measure(senders: readonly Sender[]): void {
  for (const sender of senders) {
    sender.latencies.length = 0;
    sender.timing = true;
  }
}

/** 99 of 100 acknowledgements since then came within this, ms. */
export function p99(senders: readonly Sender[]): number {
  const all = senders.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  return Math.round((all[Math.floor(all.length * 0.99)] ?? Number.NaN) * 10) / 10;
}
