import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, expect, test } from 'vitest';
import { FaultyLink, type Weather } from '../harness/faulty-link.ts';
import { countsOf, print, StoredBook } from './book.ts';
import { crowding } from './crowding.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, measure, p99, Sender } from './senders.ts';

const FAULT_MS = 30_000;
const KEEPALIVE_SECONDS = 6;
const LOST_SHARE = 0.3;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
const DEVICES_EACH = 3;
const RATE_EACH = 60;
const WEATHERS = ['cut', 'lossy', 'silent', 'deaf'] as const satisfies readonly Weather[];
type Bad = (typeof WEATHERS)[number];

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test(`F4: ${FAULT_MS / 1000} s of cut, lossy and half-open lines: a dead line is noticed within 1.5 times the keepalive, and nothing is lost`, {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-network-'));
  ends.push(() => removeFolder(folder));
  const installation = await install(folder, { air: DEVICES_EACH * WEATHERS.length });
  const system = new MortalSystem(installation);
  ends.push(() => system.kill());
  await system.start();
  const from = Date.now() - HOUR_MS;
  const lines = new Map<Bad, { readonly link: FaultyLink; readonly load: Load }>();
  for (const [index, weather] of WEATHERS.entries()) {
    const link = new FaultyLink(system.mqttPort, { lostShare: LOST_SHARE, seed: SEED });
    await link.start();
    ends.push(() => link.close());
    const devices = installation.devices.slice(index * DEVICES_EACH, (index + 1) * DEVICES_EACH);
    const senders = devices.map((device) => new Sender({ device, from, stepMs: 20, keepaliveSeconds: KEEPALIVE_SECONDS }));
    const load = new Load(senders, RATE_EACH);
    ends.push(() => load.halt());
    load.start(link.port);
    lines.set(weather, { link, load });
  }
  const loads = [...lines.values()].map(({ load }) => load);
  const senders = loads.flatMap((load) => load.senders);
  const of = (weather: Bad) => lines.get(weather) as { readonly link: FaultyLink; readonly load: Load };
  await sleep(2000);
  expect(senders.every(({ isReady }) => isReady)).toBe(true);

  const before = new Map(WEATHERS.map((weather) => [weather, of(weather).load.acknowledged]));
  measure(senders);
  for (const [weather, { link }] of lines) link.become(weather);
  await sleep(FAULT_MS);
  const crowded = crowding();
  const during = new Map(WEATHERS.map((weather) => [weather, of(weather).load.acknowledged - (before.get(weather) ?? 0)]));
  const lossyP99 = p99(of('lossy').load.senders);
  const health = await system.health();

  for (const { link } of lines.values()) link.become('clear');
  const healed = performance.now();
  // A device that spoke into the silence gives that connection up first.
  while (!senders.every(({ isReady }) => isReady)) {
    expect(performance.now() - healed).toBeLessThan(20_000 * crowded);
    await sleep(20);
  }
  const backMs = Math.round(performance.now() - healed);
  await sleep(1000);
  await Promise.all(loads.map((load) => load.finish(60_000)));
  const { duplicates } = await system.drained();
  const book = new StoredBook(installation.data);
  book.look();
  let told = 0;
  for (const sender of senders) {
    const { raw } = await countsOf(system, sender);
    expect({ device: sender.device, raw }).toEqual({ device: sender.device, raw: sender.offered.length });
    told += raw;
  }
  for (const [weather, { load }] of lines) {
    const { offered, acknowledged, lost } = book.figures(load.senders);
    print(`F4 ${weather}`, {
      offered,
      acknowledged,
      lost,
      'acknowledged during the fault': during.get(weather) ?? 0,
      interruptions: load.senders.reduce((sum, { interruptions }) => sum + interruptions, 0),
    });
  }
  const figures = book.figures(senders);
  const { segments, lost } = of('lossy').link;
  const { givenUpAfterMs } = of('silent').link;
  const limitMs = 1.5 * KEEPALIVE_SECONDS * 1000;
  print('F4 bad network', {
    ...figures,
    'told by the API': told,
    'keepalive ms': KEEPALIVE_SECONDS * 1000,
    'half-open lines given up after ms': givenUpAfterMs.map(Math.round).join(' '),
    'limit ms': limitMs,
    'segments lost': `${lost} of ${segments}`,
    'p99 with loss ms': lossyP99,
    'sent again and known': duplicates,
    'all back after ms': backMs,
    'crowding of the machine': crowded.toFixed(1),
  });
  expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered, acknowledged: figures.offered });
  // The broker noticed each half-open line by itself: no sooner than the device may be silent, no later than MQTT-3.1.2-24 allows.
  expect(givenUpAfterMs).toHaveLength(DEVICES_EACH);
  for (const ms of givenUpAfterMs) {
    expect(ms).toBeGreaterThan(KEEPALIVE_SECONDS * 1000);
    expect(ms).toBeLessThan(limitMs + 500 * crowded);
  }
  // The faults were there: nothing came through three of the lines, and the lossy one went on.
  expect(during.get('cut')).toBeLessThan(DEVICES_EACH * 100);
  expect(during.get('silent')).toBeLessThan(DEVICES_EACH * 100);
  expect(during.get('deaf')).toBeLessThan(DEVICES_EACH * 100);
  expect(during.get('lossy')).toBeGreaterThan((RATE_EACH * FAULT_MS) / 1000 / 4);
  expect(lost).toBeGreaterThan(segments * LOST_SHARE * 0.7);
  // Behind the deaf line the broker had heard what was sent again.
  expect(duplicates).toBeGreaterThan(DEVICES_EACH * 50);
  expect(health).toMatchObject({ state: 'ok', ready: true });
});
