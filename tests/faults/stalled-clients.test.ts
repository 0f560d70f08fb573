import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { LivePage } from '../console-server/live-page.ts';
import { print, StoredBook } from './book.ts';
import { crowding } from './crowding.ts';
import { addOperators, install, MortalSystem, PASSWORD, removeFolder } from './mortal-system.ts';
import { Load, measure, p99, Sender } from './senders.ts';

const RATE = 800;
/** Long payloads fill the buffers of the system quickly. */
const PADDING = ' '.repeat(4000);
const STALL_MS = 15_000;
const STATION = 'station:air-1';
const READINGS = 'clearbay/v1/readings/+/+/+';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function watch(port: number, name: string, qos: 0 | 1): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: name,
    clientId: name,
    password: PASSWORD,
    protocolVersion: 4,
    keepalive: 0,
    reconnectPeriod: 0,
  });
  ends.push(() => client.stream.destroy());
  client.on('error', () => undefined);
  await client.subscribeAsync(READINGS, { qos });
  return client;
}

/** Stops reading from the network, as a frozen program or a dead radio link does. */
function freeze(client: MqttClient): void {
  (client.stream as unknown as Socket).pause();
}

function connectionOf(page: LivePage): Socket {
  const { transport } = page.socket.io.engine as unknown as { transport: { ws: { _socket?: unknown } } };
  const socket = transport.ws._socket;
  if (!(socket instanceof Socket)) throw new Error('the page has no connection of its own');
  return socket;
}

/** Memory of a process, MiB. */
function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function largest(pid: number, ms: number): Promise<number> {
  let most = 0;
  for (const end = performance.now() + ms; performance.now() < end; await sleep(100)) most = Math.max(most, residentMiB(pid));
  return Math.round(most);
}

test('F10: subscribers and a page that never read hold up nobody and cost little memory', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-stalled-'));
  ends.push(() => removeFolder(folder));
  const installation = await install(folder, { air: 4 });
  await addOperators(installation, ['quick', 'stalled-0', 'stalled-1']);
  const system = new MortalSystem(installation);
  ends.push(() => system.kill());
  await system.start();
  const from = Date.now() - HOUR_MS;
  const payload = (at: number) => JSON.stringify({ at, values: { pm25: 20 + ((at / 100) % 9) } }) + PADDING;
  const load = new Load(
    installation.devices.map((device) => new Sender({ device, from, stepMs: 50, payload })),
    RATE,
  );
  ends.push(() => load.halt());
  const quick = await watch(system.mqttPort, 'quick', 1);
  let got = 0;
  quick.on('message', () => {
    got += 1;
  });
  const auth = { token: installation.token };
  const pages = [new LivePage(system.url, { auth }), new LivePage(system.url, { auth })];
  for (const page of pages) ends.push(() => page.close());
  await Promise.all(pages.map((page) => page.connected()));
  for (const page of pages) expect(await page.join({ room: STATION })).toBeUndefined();
  const [slowPage, quickPage] = pages as [LivePage, LivePage];
  load.start(system.mqttPort);
  await sleep(3000);
  measure(load.senders);
  const memoryBefore = await largest(system.pid, 4000);
  const before = p99(load.senders);

  for (const qos of [0, 1] as const) freeze(await watch(system.mqttPort, `stalled-${qos}`, qos));
  connectionOf(slowPage).pause();
  const framesBefore = quickPage.frames.length;
  measure(load.senders);
  const memoryDuring = await largest(system.pid, STALL_MS);
  const during = p99(load.senders);
  const crowded = crowding();
  const frames = quickPage.frames.length - framesBefore;
  const { refused, clients } = await system.status();

  await load.finish(10_000);
  const end = performance.now();
  while (got < load.acknowledged && performance.now() - end < 10_000) await sleep(20);
  await system.drained();
  const book = new StoredBook(installation.data);
  book.look();
  const figures = book.figures(load.senders);
  print('F10 stalled clients', {
    ...figures,
    'received by the quick subscriber': got,
    'frames at the quick page': frames,
    'crowding of the machine': crowded.toFixed(1),
    'p99 before ms': before,
    'p99 during ms': during,
    'memory before MiB': memoryBefore,
    'memory during MiB': memoryDuring,
    'subscribers cut off': refused['slow-consumer'] ?? 0,
    clients: JSON.stringify(clients),
  });
  expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered });
  expect(got).toBe(figures.offered);
  expect(frames).toBeGreaterThan(STALL_MS / 1000 / 0.5);
  expect(refused['slow-consumer']).toBe(2);
  expect(during).toBeLessThan(1000 * crowded);
  expect(memoryDuring - memoryBefore).toBeLessThan(128);
});
