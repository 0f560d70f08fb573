import type { StatusView } from '@clearbay/contract/api.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { LivePage, pause } from '../console-server/live-page.ts';
import { type Figure, figure, percentile } from './figure.ts';
import { ALERT_PROBES, GAUGE_LINES, PROBE } from './load/bench-district.ts';
import { BENCH_PASSWORD } from './load/fleet.ts';
import type { LoadPlan } from './load/publisher.ts';
import { ServedProcess, type ServerFigures } from './load/served.ts';
import { WHOLE_SYSTEM } from './system.ts';

const TIMES = { warmUpMs: 3000, measureMs: 20_000 } as const;
const PIPELINED = { publishers: 100, inflight: 20, mode: 'single' } as const;
/** One message in each packet of the network: the dearest way to send. */
const SPREAD = { publishers: 200, inflight: 1, mode: 'single' } as const;
const SATURATION_MS = 6000;
/** Between two values of the probe: more than a frame's interval, so that none waits for the frame before it. */
const PROBE_EVERY_MS = 333;
const ALERT_EVERY_MS = 600;
const MINUTE_MS = 60_000;

interface PushFigures {
  readonly load: ServerFigures;
  readonly valuesMs: readonly number[];
  readonly alertsMs: readonly number[];
  readonly eventLoopMs: number;
}

/**
 * Publish to socket.io and PUBACK, with the system at a third and at half of the rate that saturates it, sent as that rate was: each
 * publisher up to 20 at once; and at half with one message at a time.
 */
export async function push(): Promise<Figure[]> {
  return [
    ...(await beside('pipelined', PIPELINED, { third: 50, half: 30 })),
    ...(await beside('one in flight', SPREAD, { half: 30 })),
  ];
}

type Shape = Pick<LoadPlan, 'publishers' | 'inflight' | 'mode'>;

/** Shares of the shape's own saturation, and what a value may take to a page at each, ms. */
async function beside(shape: string, load: Shape, limits: { readonly third?: number; readonly half: number }): Promise<Figure[]> {
  const saturated = await atRate(load, undefined, []);
  const rate = saturated.load.messagesPerSecond;
  const half = ALERT_PROBES.length / 2;
  const rows = (name: string, { load, valuesMs, alertsMs, eventLoopMs }: PushFigures, limitMs: number) => [
    figure(`push, ${shape}, ${name}: messages`, load.messagesPerSecond, 'msg/s', rate),
    figure(`push, ${shape}, ${name}: value to page p50`, percentile(valuesMs, 0.5), 'ms', limitMs),
    figure(`push, ${shape}, ${name}: value to page p99`, percentile(valuesMs, 0.99), 'ms', limitMs),
    figure(`push, ${shape}, ${name}: alert to page p50`, percentile(alertsMs, 0.5), 'ms', limitMs),
    figure(`push, ${shape}, ${name}: alert to page p99`, percentile(alertsMs, 0.99), 'ms', limitMs),
    figure(`push, ${shape}, ${name}: PUBACK p50`, load.p50Ms, 'ms', 20),
    figure(`push, ${shape}, ${name}: PUBACK p99`, load.p99Ms, 'ms', 20),
    figure(`push, ${shape}, ${name}: event loop p99`, eventLoopMs, 'ms', 30),
    figure(`push, ${shape}, ${name}: server CPU`, load.serverCpu, 'cores', saturated.load.serverCpu),
  ];
  const third =
    limits.third === undefined ? [] : rows('a third', await atRate(load, rate / 3, ALERT_PROBES.slice(0, half)), limits.third);
  return [...third, ...rows('half', await atRate(load, rate / 2, ALERT_PROBES.slice(half)), limits.half)];
}

/** One run of the whole system under one rate; without a rate as fast as it answers. */
async function atRate(load: Shape, rate: number | undefined, alertProbes: typeof ALERT_PROBES): Promise<PushFigures> {
  const server = await ServedProcess.start(WHOLE_SYSTEM);
  const clients: MqttClient[] = [];
  const connect = async (username: string) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${server.port}`, {
      clientId: username,
      username,
      password: BENCH_PASSWORD,
    });
    clients.push(client);
    return client;
  };
  const page = new LivePage(server.url, { auth: { token: server.token } });
  try {
    const refusal = (await page.connected()) ?? (await page.join({ room: `station:${PROBE.station}` }));
    if (refusal !== undefined) throw new Error(`the page was refused: ${refusal}`);
    const measureMs = rate === undefined ? SATURATION_MS : TIMES.measureMs;
    const plan = { ...load, ...TIMES, measureMs, ...(rate === undefined ? {} : { rate: Math.round(rate) }) };
    const probe = await connect(PROBE.device);
    const floods = await Promise.all(alertProbes.map(async (one) => ({ ...one, client: await connect(one.device) })));
    const beginning = Date.now() - 5 * MINUTE_MS;
    for (const flood of floods) await raise(flood, beginning, GAUGE_LINES.warning - 0.3);
    const driven = server.measure(plan);
    await pause(plan.warmUpMs + 500);
    const [valuesMs, alertsMs] = await Promise.all([
      valuesToPage(page, probe, plan.measureMs - 1500),
      alertsToPage(page, floods, beginning),
    ]);
    const { eventLoopDelayP99Ms } = await server.api<StatusView>('/status');
    return { load: await driven, valuesMs, alertsMs, eventLoopMs: eventLoopDelayP99Ms };
  } finally {
    page.close();
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await server.stop();
  }
}

/** Each value is its own, so that the frame that carries it is known. */
async function valuesToPage(page: LivePage, client: MqttClient, lengthMs: number): Promise<number[]> {
  const sentAt = new Map<number, number>();
  const latencies: number[] = [];
  page.socket.on('frame', ({ values = [] }) => {
    const now = performance.now();
    for (const [, at] of values) {
      const sent = sentAt.get(at);
      if (sent !== undefined) latencies.push(now - sent);
      sentAt.delete(at);
    }
  });
  const topic = topics.readings('flood', PROBE.station, PROBE.device);
  const end = performance.now() + lengthMs;
  for (let count = 0; performance.now() < end; count += 1) {
    const at = Date.now();
    sentAt.set(at, performance.now());
    client.publish(topic, JSON.stringify({ at, values: { level: 1 + (count % 2) / 100 } }), { qos: 1 });
    await pause(PROBE_EVERY_MS + Math.random() * 60);
  }
  await pause(1000);
  if (sentAt.size > 0) throw new Error(`${sentAt.size} values never came to the page`);
  return latencies;
}

interface AlertProbe {
  readonly station: string;
  readonly device: string;
  readonly client: MqttClient;
}

/** A level; the gauge's next one may be a metre higher a minute later. */
function raise({ station, device, client }: AlertProbe, at: number, level: number): Promise<unknown> {
  return client.publishAsync(topics.readings('flood', station, device), JSON.stringify({ at, values: { level } }), { qos: 1 });
}

/** Each gauge goes over its highest line once, which alerts at the first value. */
async function alertsToPage(page: LivePage, probes: readonly AlertProbe[], beginning: number): Promise<number[]> {
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  page.socket.on('alert', ({ station, rule }) => {
    const sent = sentAt.get(station);
    if (sent === undefined || rule !== 'flood-level') return;
    latencies.push(performance.now() - sent);
    sentAt.delete(station);
  });
  for (const probe of probes) {
    sentAt.set(probe.station, performance.now());
    void raise(probe, beginning + 2 * MINUTE_MS, GAUGE_LINES.highestOnRecord + 0.02);
    await pause(ALERT_EVERY_MS * (0.5 + Math.random() / 2));
  }
  await pause(probes.length > 0 ? 1000 : 0);
  if (sentAt.size > 0) throw new Error(`${sentAt.size} alerts never came to the page`);
  return latencies;
}
