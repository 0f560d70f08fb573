import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, expect, test } from 'vitest';
import { writeCertificates } from '../broker/certificates.ts';
import { freePort } from '../harness/free-port.ts';
import { print, StoredBook } from './book.ts';
import { crowding } from './crowding.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, measure, p99, Sender } from './senders.ts';

const FLOODER = fileURLToPath(new URL('./flooder.ts', import.meta.url));
const CONNECTIONS_PER_SECOND = 1500;
const CONNECTIONS = 10_000;
/** A slow machine needs longer for as many. */
const FLOOD_LONGEST_MS = 40_000;
const SETTLE_MS = 2000;
const QUIET_MS = 4000;
const RECOVERY_MS = 10_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('F9: a flood of silent, half-open and guessing connections leaves those who publish connected, and is over when it ends', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-flood-'));
  ends.push(() => removeFolder(folder));
  writeCertificates(folder, ['localhost']);
  const tls = { port: await freePort(), certFile: join(folder, 'localhost.pem'), keyFile: join(folder, 'localhost.key') };
  const installation = await install(folder, { air: 6 }, { mqtt: { tls } });
  const system = new MortalSystem(installation);
  ends.push(() => system.kill());
  await system.start();
  const from = Date.now() - HOUR_MS;
  // One device stays away until the flood is there: it must get in through it.
  const [latecomer, ...senders] = installation.devices.map((device) => new Sender({ device, from, stepMs: 20 })).reverse();
  const load = new Load(senders, 300);
  ends.push(() => load.halt());
  load.start(system.mqttPort);
  await sleep(1500);
  measure(senders);
  await sleep(QUIET_MS);
  const quietP99 = p99(senders);
  const interruptionsBefore = senders.reduce((sum, { interruptions }) => sum + interruptions, 0);

  const flooder = spawn(process.execPath, [FLOODER, ...[system.mqttPort, tls.port, CONNECTIONS_PER_SECOND].map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => flooder.kill('SIGKILL'));
  let flood = { opened: 0, secured: 0, closed: 0, failed: 0 };
  flooder.stdout.on('data', (chunk: Buffer) => {
    const line = chunk.toString().trim().split('\n').at(-1) as string;
    flood = JSON.parse(line) as typeof flood;
  });
  await sleep(SETTLE_MS);
  measure(senders);
  const acknowledgedBefore = load.acknowledged;
  const knocked = performance.now();
  expect(await (latecomer as Sender).connect(system.mqttPort)).toBe(true);
  const admittedMs = Math.round(performance.now() - knocked);
  while (flood.opened < CONNECTIONS && performance.now() - knocked < FLOOD_LONGEST_MS) await sleep(100);
  const floodSeconds = (performance.now() - knocked) / 1000;
  const floodP99 = p99(senders);
  const crowded = crowding();
  const acknowledged = load.acknowledged - acknowledgedBefore;
  const { refused } = await system.status();

  const gone = once(flooder, 'exit');
  flooder.kill('SIGKILL');
  await gone;
  const over = performance.now();
  let calmP99 = Number.POSITIVE_INFINITY;
  while (calmP99 > Math.max(2 * quietP99, 20)) {
    expect(performance.now() - over).toBeLessThan(RECOVERY_MS);
    measure(senders);
    await sleep(1000);
    calmP99 = p99(senders);
  }
  const recoveryMs = Math.round(performance.now() - over);
  (latecomer as Sender).send(1);
  await load.finish(10_000);
  await sleep(200);
  await system.drained();
  const book = new StoredBook(installation.data);
  book.look();
  const figures = book.figures([...senders, latecomer as Sender]);
  const interruptions = senders.reduce((sum, sender) => sum + sender.interruptions, 0) - senders.length - interruptionsBefore;
  print('F9 connection flood', {
    ...figures,
    connections: flood.opened,
    'with TLS': flood.secured,
    'closed by the broker': flood.closed,
    'publishers cut off': interruptions,
    'acknowledged during the flood': acknowledged,
    'crowding of the machine': crowded.toFixed(1),
    'p99 before ms': quietP99,
    'p99 during ms': floodP99,
    'newcomer admitted after ms': admittedMs,
    'p99 after ms': calmP99,
    'recovered after ms': recoveryMs,
    refused: JSON.stringify(refused),
  });
  expect(flood.opened).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(flood.secured).toBeGreaterThan(CONNECTIONS / 50);
  expect(interruptions).toBe(0);
  expect(acknowledged).toBeGreaterThan(300 * floodSeconds * 0.9);
  expect(floodP99).toBeLessThan(Math.max(50, 4 * quietP99) * crowded);
  expect(admittedMs).toBeLessThan(5000 * crowded);
  expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered });
});
