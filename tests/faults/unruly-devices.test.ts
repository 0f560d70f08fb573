import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertPageView } from '@clearbay/contract/api.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { corrupt, duplicate, type Fault, payloadsUnder, reorder } from '@clearbay/simulators/faults.ts';
import type { WireReading } from '@clearbay/simulators/wire.ts';
import { SqliteLedger } from '@clearbay/store/ledger/sqlite-ledger.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { print } from './book.ts';
import { stationOf, topicOf } from './district.ts';
import { install, PASSWORD, removeFolder } from './mortal-system.ts';
import { StagedSystem } from './staged-system.ts';

const MINUTES = 360;
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);
/** A whole hour, some days ago, so that every run judges the same hours. */
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A flood wave and an hour of foul air, each station a little later than the last. */
function valuesOf(device: string, minute: number): Readonly<Record<string, number>> {
  const late = Number(device.split('-')[1]) * 7;
  if (device.startsWith('flood')) {
    const wave = Math.max(0, Math.sin(((minute - late) / 300) * Math.PI));
    return { level: Math.round((1.5 + 3 * wave) * 1000) / 1000, rainfall: minute % 40 === 0 ? 2 : 0 };
  }
  // Slow enough for every value to be believed: what a jump means depends on what was there before it.
  const foul = 40 + 230 * Math.max(0, Math.sin(((minute - late - 60) / 240) * Math.PI));
  const wobble = ((minute * 7 + late) % 5) / 10;
  return {
    pm25: Math.round(foul * 10) / 10 + wobble,
    pm10: Math.round(foul) + 20 + wobble,
    o3: 60 + wobble,
    no2: 30 + wobble,
    so2: 9 + wobble,
    co: 0.7 + wobble / 10,
  };
}

/** Sometimes a garbled copy of the message comes first; the device then sends it whole. */
function garbledFirst(chance: number, seed: number): Fault {
  const garble = corrupt(chance, seed);
  return (message) => {
    const [sent] = garble(message);
    return sent === undefined || sent === message || !('raw' in sent) ? [message] : [sent, message];
  };
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** Runs the same six hours with or without faults; gives what is stored and what was alerted in the end. */
async function run(faultsOf: (seed: number) => readonly Fault[]) {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-unruly-'));
  ends.push(() => removeFolder(folder));
  const installation = await install(folder, { air: 4, flood: 4 });
  let now = START;
  const system = new StagedSystem(installation, { now: () => now });
  ends.push(() => system.stop());
  await system.start();
  const clients = new Map<string, MqttClient>();
  for (const device of installation.devices) {
    const client = await connectAsync(`mqtt://127.0.0.1:${system.mqttPort}`, {
      username: device,
      clientId: device,
      password: PASSWORD,
      protocolVersion: 4,
      keepalive: 0,
    });
    clients.set(device, client);
    ends.push(() => client.endAsync(true));
  }
  const faults = new Map(installation.devices.map((device, index) => [device, faultsOf(SEED + index * 100)]));
  let sent = 0;
  let acknowledged = 0;
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    now = START + minute * MINUTE_MS;
    for (const [device, client] of clients) {
      const reading: WireReading = { at: now, values: valuesOf(device, minute) };
      // The last message of each device comes as it is: nothing is left to overtake it.
      const payloads = payloadsUnder(minute === MINUTES ? [] : (faults.get(device) ?? []), [reading]);
      sent += payloads.length;
      for (const payload of payloads) {
        await client.publishAsync(topicOf(device), payload, { qos: 1 });
        acknowledged += 1;
      }
    }
  }
  // Whatever a fault still holds back is sent now.
  for (const [device, client] of clients) {
    const reading: WireReading = { at: now, values: valuesOf(device, MINUTES) };
    for (const payload of payloadsUnder(faults.get(device) ?? [], [reading])) {
      sent += 1;
      await client.publishAsync(topicOf(device), payload, { qos: 1 });
      acknowledged += 1;
    }
  }
  await sleep(500);
  const status = await system.status();
  const { alerts } = await system.api<AlertPageView>('/alerts?state=all&limit=200');
  await system.stop();

  const ledger = new SqliteLedger({ file: join(installation.data, 'ledger.sqlite'), retentionMs: HOUR_MS, maxBytes: 1e9 });
  await ledger.start();
  const stored = [];
  for (const device of installation.devices) {
    for (const { at, values, quality } of await ledger.readings(stationOf(device), 0, now + HOUR_MS)) {
      stored.push({ device, at, values, quality });
    }
  }
  await ledger.stop();
  const episodes = alerts
    .map(({ rule, station, metric, openedAt, history }) => ({ key: `${rule} ${station} ${metric}`, openedAt, history }))
    .sort((a, b) => (a.key === b.key ? a.openedAt - b.openedAt : a.key < b.key ? -1 : 1));
  return {
    sent,
    acknowledged,
    status,
    stored,
    alerts: episodes.map(({ key, history }) => `${key}: ${history.map(({ change, level }) => `${change} ${level}`).join(', ')}`),
    times: episodes.flatMap(({ history }) => history.map(({ at }) => at)),
  };
}

test('F7: 10 % duplicates, 10 % reordered and 5 % corrupt give the same store and the same alerts as the clean run', {
  timeout: 120_000,
}, async () => {
  const clean = await run(() => []);
  const unruly = await run((seed) => [garbledFirst(0.05, seed), duplicate(0.1, seed + 1), reorder(0.1, seed + 2)]);
  const readings = MINUTES * 8;
  const { accepted, duplicates, conflicts, refused } = unruly.status;
  const latestMs = Math.max(...unruly.times.map((at, index) => at - (clean.times[index] ?? 0)));
  print('F7 unruly devices', {
    offered: unruly.sent,
    acknowledged: unruly.acknowledged,
    stored: unruly.stored.length,
    lost: readings - unruly.stored.length,
    doubled: unruly.stored.length - new Set(unruly.stored.map(({ device, at }) => `${device} ${at}`)).size,
    duplicates,
    refused: JSON.stringify(refused),
    'store of the clean run': hash(clean.stored),
    'store of this run': hash(unruly.stored),
    alerts: unruly.alerts.length,
    'alerts of the clean run': hash(clean.alerts),
    'alerts of this run': hash(unruly.alerts),
    'latest step behind, periods': latestMs / MINUTE_MS,
  });
  expect(unruly.acknowledged).toBe(unruly.sent);
  expect({ accepted, conflicts }).toEqual({ accepted: readings, conflicts: 0 });
  expect(duplicates).toBeGreaterThan(readings * 0.08);
  expect(refused['not-json'] ?? 0).toBeGreaterThan(readings * 0.03);
  expect(clean.alerts.length).toBeGreaterThan(8);
  expect(unruly.alerts).toEqual(clean.alerts);
  // A reading that comes a period late cannot be judged before it comes.
  expect(latestMs).toBeLessThanOrEqual(MINUTE_MS);
  expect(Math.min(...unruly.times.map((at, index) => at - (clean.times[index] ?? 0)))).toBeGreaterThanOrEqual(0);
  expect(hash(unruly.stored)).toBe(hash(clean.stored));
});
