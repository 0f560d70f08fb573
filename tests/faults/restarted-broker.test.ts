import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STATUS_PREFIX, topics } from '@clearbay/contract/topics.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { print, StoredBook } from './book.ts';
import { crowding } from './crowding.ts';
import { addOperators, install, MortalSystem, PASSWORD, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const SESSIONS = Number(process.env.FAULT_SESSIONS ?? 2000);
const STATIONS = 20;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
const RATE = 200;
/** Devices come back some time within this, each at its own. */
const JITTER_MS = 5000;
const BACK_WITHIN_MS = 60_000;
/** Longer than any of that: a device that gives its CONNECT up is another test. */
const PATIENCE_MS = 240_000;
const SOME = 100;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Word {
  readonly device: string;
  readonly online: boolean;
  readonly boot: string;
}

function wordOf(topic: string, payload: Buffer): Word {
  return { device: topic.slice(STATUS_PREFIX.length), ...(JSON.parse(payload.toString()) as { online: boolean; boot: string }) };
}

async function connect(system: MortalSystem, name: string, clean: boolean): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${system.mqttPort}`, {
    username: name,
    clientId: name,
    password: PASSWORD,
    protocolVersion: 4,
    clean,
    reconnectPeriod: 0,
  });
  client.on('error', () => undefined);
  ends.push(() => client.endAsync(true));
  return client;
}

/** What a new subscriber is told of the devices. */
async function retained(system: MortalSystem, count: number): Promise<ReadonlyMap<string, Word>> {
  const words = new Map<string, Word>();
  const client = await connect(system, 'newcomer', true);
  client.on('message', (topic, payload) => {
    const word = wordOf(topic, payload);
    words.set(word.device, word);
  });
  await client.subscribeAsync(topics.status('+'), { qos: 1 });
  for (let left = 100; left > 0 && words.size < count; left -= 1) await sleep(50);
  await sleep(200);
  await client.endAsync(true);
  return words;
}

test(`F3: the broker is restarted under ${SESSIONS} persistent sessions: all are back within ${BACK_WITHIN_MS / 1000} s, and no will ends a session that is there`, {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-restart-'));
  ends.push(() => removeFolder(folder));
  const installation = await install(folder, { air: STATIONS, devices: SESSIONS / STATIONS });
  await addOperators(installation, ['watcher', 'newcomer']);
  const system = new MortalSystem(installation);
  ends.push(() => system.kill());
  await system.start();

  const boots = new Map(installation.devices.map((device) => [device, 'boot-1']));
  const bootOf = (device: string) => boots.get(device) ?? '';
  const from = Date.now() - HOUR_MS;
  const senders = installation.devices.map(
    (device) => new Sender({ device, from, patienceMs: PATIENCE_MS, boot: () => bootOf(device) }),
  );
  const chance = new Seeded(SEED, 'restart');
  const load = new Load(senders, RATE, () => chance.between(0, JITTER_MS));
  ends.push(() => load.halt());
  /** Every word on a device since the last restart, in order. */
  let words: Word[] = [];
  const watch = async () => {
    words = [];
    const watcher = await connect(system, 'watcher', false);
    watcher.on('message', (topic, payload) => words.push(wordOf(topic, payload)));
    await watcher.subscribeAsync(topics.status('+'), { qos: 1 });
  };
  const isBack = () => senders.every(({ isReady }) => isReady);
  const allBack = async () => {
    const began = performance.now();
    const limitMs = BACK_WITHIN_MS * crowding();
    while (!isBack()) {
      const { refused } = await system.status();
      expect(performance.now() - began, JSON.stringify(refused)).toBeLessThan(limitMs);
      await sleep(50);
    }
    return Math.round(performance.now() - began);
  };
  const told = async () => {
    const found = await retained(system, SESSIONS);
    const right = [...found.values()].filter((word) => word.online && word.boot === bootOf(word.device)).length;
    return { told: found.size, right };
  };

  await watch();
  load.start(system.mqttPort);
  const firstMs = await allBack();
  await sleep(1000);
  expect(await told()).toEqual({ told: SESSIONS, right: SESSIONS });

  async function restart(how: string, end: () => Promise<void>) {
    const before = performance.now();
    await end();
    const endedMs = Math.round(performance.now() - before);
    await load.halt();
    for (const sender of senders) sender.sessionPresent = false;
    await system.start();
    await watch();
    load.start(system.mqttPort);
    const backMs = await allBack();
    await sleep(1000);
    const sessions = senders.filter(({ sessionPresent }) => sessionPresent).length;
    const state = await told();
    const misfired = words.filter(({ online }) => !online).length;
    print(`F3 ${how}`, {
      'ended in ms': endedMs,
      'ready after ms': Math.round(system.readyMs),
      'jitter ms': JITTER_MS,
      'all back after ms': backMs,
      sessions: SESSIONS,
      'sessions known': sessions,
      'retained and right': state.right,
      'wills misfired': misfired,
    });
    expect(sessions).toBe(SESSIONS);
    expect(misfired).toBe(0);
    expect(state).toEqual({ told: SESSIONS, right: SESSIONS });
  }

  await restart('clean restart', () => system.stop());
  // Half of the devices boot again while the broker is gone: their former boots left wills behind.
  await restart('kill -9', async () => {
    await system.kill();
    for (const device of installation.devices.slice(0, SESSIONS / 2)) boots.set(device, 'boot-2');
  });

  // Devices boot again before the broker knows that their last connections are dead: some by the same id, some by another.
  const crowded = crowding();
  const [takingOver, moved, dying] = [0, 1, 2].map((group) => senders.slice(group * SOME, (group + 1) * SOME)) as [
    Sender[],
    Sender[],
    Sender[],
  ];
  for (const { device } of [...takingOver, ...moved]) boots.set(device, 'boot-3');
  const elsewhere = moved.map(
    ({ device }) => new Sender({ device, from: from + 1, clientId: `${device}/new`, boot: () => bootOf(device) }),
  );
  ends.push(() => elsewhere.map((sender) => sender.disconnect()));
  for (const sender of [...takingOver, ...elsewhere]) expect(await sender.connect(system.mqttPort)).toBe(true);
  await sleep(500 * crowded);
  words = [];
  // Now the broker hears of the end of the old connections, and some devices die outright: the control.
  for (const sender of [...moved, ...dying]) {
    sender.away = true;
    sender.disconnect();
  }
  for (let left = 200; left > 0 && words.length < dying.length; left -= 1) await sleep(50);
  await sleep(500 * crowded);
  const { refused } = await system.status();
  const state = await retained(system, SESSIONS);
  const offline = (group: readonly Sender[]) => group.filter(({ device }) => state.get(device)?.online !== true).length;
  print('F3 older boots', {
    'took over': takingOver.length,
    'came by another id': moved.length,
    'ended by an older will': offline([...takingOver, ...moved]),
    died: dying.length,
    'ended by their own will': offline(dying),
    refused: JSON.stringify(refused),
  });
  expect(offline([...takingOver, ...moved])).toBe(0);
  expect(offline(dying)).toBe(dying.length);
  expect(refused['stale-will']).toBeGreaterThanOrEqual(moved.length);
  for (const sender of elsewhere) sender.disconnect();
  for (const sender of senders) sender.away = false;
  await load.finish(60_000);
  await system.drained();
  const book = new StoredBook(installation.data);
  book.look();
  const figures = book.figures(senders);
  print('F3 restarted broker', {
    sessions: SESSIONS,
    ...figures,
    'first connected after ms': firstMs,
    'crowding of the machine': crowded.toFixed(1),
  });
  expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered, acknowledged: figures.offered });
});
