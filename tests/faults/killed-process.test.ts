import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countsOf, print, StoredBook } from './book.ts';
import { crowding, median } from './crowding.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 30);
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
const RATE = 2000;
/** Each round is killed somewhere in here after its load began, ms. */
const EARLIEST_MS = 100;
const LATEST_MS = 900;

let folder: string;
let system: MortalSystem | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-kill-'));
});
afterEach(async () => {
  await system?.kill();
  await removeFolder(folder);
});

test(`F1: ${ROUNDS} rounds of kill -9 at random moments under QoS 1 load: every acknowledged reading is there exactly once`, {
  timeout: 30_000 + ROUNDS * 15_000,
}, async () => {
  const moments = new Seeded(SEED);
  const installation = await install(folder, { air: 8 });
  system = new MortalSystem(installation);
  const from = Date.now() - 3 * HOUR_MS;
  const load = new Load(
    installation.devices.map((device) => new Sender({ device, from })),
    RATE,
  );
  const book = new StoredBook(installation.data);
  const readies: number[] = [];
  const losses: number[] = [];
  const crowdings: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    crowdings.push(crowding());
    await system.start();
    readies.push(system.readyMs);
    book.look();
    losses.push(book.figures(load.senders).lost);
    load.start(system.mqttPort);
    if (round === ROUNDS) break;
    await sleep(moments.between(EARLIEST_MS, LATEST_MS));
    await system.kill();
    await load.halt();
  }
  // What was never acknowledged was sent again in the last round, so that in the end everything is owed and paid.
  await load.finish(30_000);
  await system.drained();
  book.look();
  const figures = book.figures(load.senders);
  let told = 0;
  for (const sender of load.senders) {
    const { raw, hours } = await countsOf(system, sender);
    expect({ device: sender.device, raw, hours }).toEqual({
      device: sender.device,
      raw: sender.offered.length,
      hours: sender.offered.length,
    });
    told += raw;
  }
  await system.stop();
  const slowest = Math.round(Math.max(...readies));
  const crowded = median(crowdings);
  print('F1 kill -9', {
    rounds: ROUNDS,
    seed: SEED,
    ...figures,
    'told by the API': told,
    'median start ms': Math.round(median(readies)),
    'slowest start ms': slowest,
    'crowding of the machine': crowded.toFixed(1),
  });
  expect(losses.filter((lost) => lost > 0)).toEqual([]);
  expect(figures).toMatchObject({ lost: 0, doubled: 0, acknowledged: figures.offered, stored: figures.offered });
  expect(figures.acknowledged).toBeGreaterThan(ROUNDS * 100);
  expect(slowest).toBeLessThan(5000 * crowded);
});
