/** The load generator: a process of its own that speaks just enough MQTT over raw sockets not to be the bound. */
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { type PacketTemplate, type PayloadMode, packetTemplate, putDigits } from './payloads.ts';

export interface LoadPlan {
  readonly port: number;
  readonly publishers: number;
  readonly inflight: number;
  readonly mode: PayloadMode;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Messages a second over all publishers; absent: as fast as the acknowledgements come. */
  readonly rate?: number;
  readonly devices: readonly { readonly user: string; readonly password: string; readonly station: string }[];
}

export interface LoadFigures {
  readonly messagesPerSecond: number;
  readonly pointsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of one core that the generator itself used. */
  readonly cpu: number;
  readonly payloadBytes: number;
}

const BUCKETS_PER_MS = 20;
const MAX_MS = 5000;
/** Devices as fast as it goes must not overtake the clock. */
const BEHIND_MS = 2000;

class Publisher {
  readonly #socket: Socket;
  readonly #template: PacketTemplate;
  readonly #sentAt = new Float64Array(65_536);
  readonly #record: (latencyMs: number) => void;
  #nextId = 1;
  #seq = 20_000_000;
  #at: number;
  #partial = 0;
  #acked = 0;
  #oldest = 1;
  readonly #isPaced: boolean;

  constructor(socket: Socket, template: PacketTemplate, isPaced: boolean, record: (latencyMs: number) => void) {
    this.#socket = socket;
    this.#template = template;
    this.#isPaced = isPaced;
    this.#record = record;
    this.#at = Date.now() - BEHIND_MS;
    socket.on('data', (chunk: Buffer) => this.#acknowledged(chunk.length));
  }

  /** Every packet that comes back is a PUBACK of four bytes, in the order of the publishes. */
  #acknowledged(bytes: number): void {
    const whole = (this.#partial + bytes) >> 2;
    this.#partial = (this.#partial + bytes) & 3;
    if (whole === 0) return;
    const now = performance.now();
    for (let index = 0; index < whole; index += 1) {
      this.#record(now - (this.#sentAt[this.#oldest] as number));
      this.#oldest = this.#oldest === 65_535 ? 1 : this.#oldest + 1;
    }
    this.#acked += whole;
    if (!this.#isPaced) this.send(whole);
  }

  get acked(): number {
    return this.#acked;
  }

  send(count: number): void {
    const { bytes, packetIdAt, timeAt, seqAt, digitsAt } = this.#template;
    const out = Buffer.allocUnsafe(bytes.length * count);
    const now = performance.now();
    for (let index = 0; index < count; index += 1) {
      const id = this.#nextId;
      this.#nextId = id === 65_535 ? 1 : id + 1;
      this.#sentAt[id] = now;
      this.#seq += 1;
      // At a fixed rate readings are of now; as fast as it goes each device takes the next millisecond.
      this.#at = this.#isPaced ? Math.max(this.#at + 1, Date.now() - BEHIND_MS) : this.#at + 1;
      bytes[packetIdAt] = id >> 8;
      bytes[packetIdAt + 1] = id & 0xff;
      putDigits(bytes, timeAt, 13, this.#at);
      putDigits(bytes, seqAt, 8, this.#seq);
      for (const at of digitsAt) bytes[at] = 48 + (this.#seq % 10);
      bytes.copy(out, index * bytes.length);
    }
    this.#socket.write(out);
  }
}

async function open(plan: LoadPlan, index: number, record: (latencyMs: number) => void): Promise<Publisher> {
  const { user, password, station } = plan.devices[index] as LoadPlan['devices'][number];
  const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true });
  socket.on('error', (error) => fail(`${user}: ${error.message}`));
  socket.on('close', () => fail(`${user}: the server closed the connection`));
  socket.write(
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: user,
      keepalive: 0,
      username: user,
      password: Buffer.from(password),
    }),
  );
  const connack = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  if (connack[3] !== 0) fail(`${user}: CONNACK ${connack[3]}`);
  return new Publisher(
    socket,
    packetTemplate(`clearbay/v1/readings/air/${station}/${user}`, plan.mode),
    plan.rate !== undefined,
    record,
  );
}

function fail(reason: string): never {
  process.stderr.write(`load generator: ${reason}\n`);
  process.exit(1);
}

function percentile(histogram: Float64Array, share: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let bucket = 0; bucket < histogram.length; bucket += 1) {
    seen += histogram[bucket] as number;
    if (seen >= total * share) return (bucket + 1) / BUCKETS_PER_MS;
  }
  return MAX_MS;
}

/** Sends evenly in 1 ms ticks; a publisher whose turn it is sends what it may have in flight at once. */
function pace(publishers: readonly Publisher[], { rate, inflight }: LoadPlan & { readonly rate: number }): void {
  const start = performance.now();
  let turns = 0;
  setInterval(() => {
    const due = Math.floor((((performance.now() - start) / 1000) * rate) / inflight);
    for (; turns < due; turns += 1) publishers[turns % publishers.length]?.send(inflight);
  }, 1);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function run(plan: LoadPlan): Promise<LoadFigures> {
  const histogram = new Float64Array(MAX_MS * BUCKETS_PER_MS);
  let isMeasuring = false;
  const record = (latencyMs: number) => {
    if (!isMeasuring) return;
    const bucket = Math.min(histogram.length - 1, Math.floor(latencyMs * BUCKETS_PER_MS));
    histogram[bucket] = (histogram[bucket] as number) + 1;
  };
  const publishers: Publisher[] = [];
  for (let index = 0; index < plan.publishers; index += 1) publishers.push(await open(plan, index, record));
  const acked = () => publishers.reduce((sum, publisher) => sum + publisher.acked, 0);
  const { rate } = plan;
  if (rate === undefined) for (const publisher of publishers) publisher.send(plan.inflight);
  else pace(publishers, { ...plan, rate });
  await pause(plan.warmUpMs);
  isMeasuring = true;
  const [before, start, cpu] = [acked(), performance.now(), process.cpuUsage()];
  process.stdout.write('measuring\n');
  await pause(plan.measureMs);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const template = packetTemplate('t', plan.mode);
  const messagesPerSecond = (acked() - before) / seconds;
  return {
    messagesPerSecond,
    pointsPerSecond: messagesPerSecond * template.points,
    p50Ms: percentile(histogram, 0.5),
    p99Ms: percentile(histogram, 0.99),
    cpu: (used.user + used.system) / 1e6 / seconds,
    payloadBytes: template.payloadBytes,
  };
}

const figures = await run(JSON.parse(process.argv[2] ?? '') as LoadPlan);
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
