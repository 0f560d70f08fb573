import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@clearbay/contract/topics.ts';
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
  /** Keepalive asked of the broker, s; default 60. Where given the device pings, and believes a silence of 1.5 times as long to be the end. */
  readonly keepaliveSeconds?: number;
  /**
   * Keeps its session and says on its retained status that this boot of it is there; the will takes that back. A function,
   * because a device may boot again.
   */
  readonly boot?: () => string;
  /** So long it waits for the answer to its CONNECT, ms; default 10 s. */
  readonly patienceMs?: number;
  /** Absent: the device's id. */
  readonly clientId?: string;
}

/** Ids of packets that are no readings. */
const LAST_READING_ID = 65_000;
const SUBSCRIBE_ID = 65_001;
const STATUS_ID = 65_002;

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
  /** While it is, nobody connects it again. */
  away = false;
  /** Whether the broker knew the session at the last connection. */
  sessionPresent = false;
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
    const { localAddress, keepaliveSeconds, boot } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(localAddress && { localAddress }) });
    this.#socket = socket;
    const reader = parser();
    const answered = new Promise<boolean>((resolve) => {
      reader.on('packet', (packet) => {
        if (packet.cmd === 'connack') {
          this.sessionPresent = packet.sessionPresent;
          resolve(packet.returnCode === 0);
        } else if (packet.cmd === 'puback') this.#acknowledge(packet.messageId as number);
      });
      const late = setTimeout(() => socket.destroy(), this.#options.patienceMs ?? CONNECT_WITHIN_MS);
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
    if (keepaliveSeconds !== undefined) watchSilence(socket, keepaliveSeconds * 1000);
    const status = boot && { topic: topics.status(this.device), boot: boot() };
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: status === undefined,
        clientId: this.#options.clientId ?? this.device,
        keepalive: keepaliveSeconds ?? 60,
        username: this.device,
        password: Buffer.from(PASSWORD),
        ...(status && { will: { topic: status.topic, payload: statusOf(status.boot, false), qos: 1, retain: true } }),
      }),
    );
    if (!(await answered) || this.#socket !== socket) return false;
    if (status !== undefined) socket.write(arrival(this.device, status));
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
      while (this.#unanswered.has(this.#nextId)) this.#nextId = (this.#nextId % LAST_READING_ID) + 1;
      const id = this.#nextId;
      this.#nextId = (id % LAST_READING_ID) + 1;
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

const statusOf = (boot: string, online: boolean) => Buffer.from(JSON.stringify({ online, boot }));

/** What a device says as soon as it is there: which commands it wants and that it is online. */
function arrival(device: string, { topic, boot }: { readonly topic: string; readonly boot: string }): Buffer {
  const subscriptions = [{ topic: topics.commands(device), qos: 1 as const }];
  const online = { payload: statusOf(boot, true), qos: 1, messageId: STATUS_ID, dup: false, retain: true } as const;
  return Buffer.concat([
    generate({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions }),
    generate({ cmd: 'publish', topic, ...online }),
  ]);
}

/** Pings, and gives the connection up when nothing comes back. */
function watchSilence(socket: Socket, keepaliveMs: number): void {
  let heardAt = performance.now();
  socket.on('data', () => {
    heardAt = performance.now();
  });
  const timer = setInterval(() => {
    if (performance.now() - heardAt > 1.5 * keepaliveMs) socket.destroy();
    else socket.write(generate({ cmd: 'pingreq' }));
  }, keepaliveMs / 4);
  socket.once('close', () => clearInterval(timer));
}

/** Several devices that send evenly together and come back by themselves. */
export class Load {
  readonly senders: readonly Sender[];
  readonly #rate: number;
  readonly #jitter: () => number;
  #port = 0;
  #running: Promise<unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `rate`: messages a second over all devices. `jitter` gives the pause before each try to connect, ms; absent: none. */
  constructor(senders: readonly Sender[], rate: number, jitter: () => number = () => 0) {
    this.senders = senders;
    this.#rate = rate;
    this.#jitter = jitter;
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
      if (!sender.isReady && !sender.away) {
        const pause = this.#jitter();
        if (pause > 0) await sleep(pause);
        if (this.#port !== 0) await sender.connect(this.#port);
      }
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
