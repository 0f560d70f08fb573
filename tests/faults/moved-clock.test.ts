import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertView, OverviewView } from '@clearbay/contract/api.ts';
import { DAY_MS, HOUR_MS } from '@clearbay/domain/time.ts';
import { describe, expect, test } from 'vitest';
import { print, StoredBook } from './book.ts';
import { stationOf } from './district.ts';
import { install, removeFolder } from './mortal-system.ts';
import { Sender } from './senders.ts';
import { StagedSystem } from './staged-system.ts';

/** Every station reports this often. */
const PERIOD_SECONDS = 2;
const STATIONS = 20;
/** Longer than three periods and two looks for silent stations. */
const WAIT_MS = 13_000;

/** Our clock is moved while 20 stations report every two seconds, each by its own clock. One of them falls silent after the jump. */
async function moveClock(byMs: number, devicesFollow: boolean, ends: (() => unknown)[]) {
  const folder = await mkdtemp(join(tmpdir(), 'clearbay-clock-'));
  ends.push(() => removeFolder(folder));
  const installation = await install(folder, { air: STATIONS, periodSeconds: PERIOD_SECONDS });
  let offsetMs = 0;
  const system = new StagedSystem(installation, { now: () => Date.now() + offsetMs });
  ends.push(() => system.stop());
  await system.start();
  let deviceOffsetMs = 0;
  // The sender's own count of times is only the name of a reading in its book; the payload bears the device's clock.
  const told = new Map<string, number>();
  const senders = installation.devices.map(
    (device) =>
      new Sender({
        device,
        from: 0,
        stepMs: 1,
        payload: (number) => {
          const key = `${device} ${number}`;
          if (!told.has(key)) told.set(key, Date.now() + deviceOffsetMs);
          return JSON.stringify({ at: told.get(key), values: { pm25: 20 + (number % 9) } });
        },
      }),
  );
  for (const sender of senders) await sender.connect(system.mqttPort);
  const dying = senders[0] as Sender;
  let isDyingSilent = false;
  const report = () => {
    for (const sender of senders) if (sender !== dying || !isDyingSilent) sender.send(1);
  };
  report();
  const timer = setInterval(report, PERIOD_SECONDS * 1000);
  ends.push(() => clearInterval(timer));
  const alerts = async () => (await system.api<OverviewView>('/overview')).alerts;
  await sleep(2000);
  expect(await alerts()).toEqual([]);

  offsetMs = byMs;
  await sleep(50);
  if (devicesFollow) deviceOffsetMs = byMs;
  await sleep(WAIT_MS);
  const afterJump = await alerts();
  isDyingSilent = true;
  const silentAt = performance.now();
  let silent: readonly AlertView[] = [];
  while (silent.length === 0 && performance.now() - silentAt < 25_000) {
    await sleep(100);
    silent = await alerts();
  }
  const noticedMs = Math.round(performance.now() - silentAt);
  clearInterval(timer);
  offsetMs = 0;
  await sleep(100);
  const { refused, accepted } = await system.status();
  for (const sender of senders) sender.disconnect();
  await system.stop();
  const book = new StoredBook(installation.data);
  book.look();
  const offered = senders.reduce((sum, sender) => sum + sender.offered.length, 0);
  const acknowledged = senders.reduce((sum, sender) => sum + sender.acknowledged.size, 0);
  const lost = [...told].filter(([key, at]) => !book.has(key.split(' ')[0] as string, at)).length;
  print(`F6 our clock ${byMs > 0 ? '+' : '-'}${Math.abs(byMs) / HOUR_MS} h, devices ${devicesFollow ? 'follow' : 'stay'}`, {
    offered,
    acknowledged,
    stored: accepted,
    lost,
    doubled: accepted - told.size,
    'alerts after the jump': afterJump.length,
    'a silent station noticed after ms': noticedMs,
  });
  expect(afterJump).toEqual([]);
  expect(silent.map(({ rule, station }) => `${rule} ${station}`)).toEqual([`silent ${stationOf(dying.device)}`]);
  expect({ refused, accepted, lost }).toEqual({ refused: {}, accepted: offered, lost: 0 });
  expect(acknowledged).toBe(offered);
}

describe.concurrent('F6: a clock that jumps loses no reading, raises no storm, and a station that then falls silent is still noticed', () => {
  test.each([
    ['our clock gains an hour', HOUR_MS, false],
    ['our clock loses an hour', -HOUR_MS, false],
    ['our clock gains a day', DAY_MS, false],
    ['our clock loses a day', -DAY_MS, false],
    ['all clocks gain an hour', HOUR_MS, true],
    ['all clocks lose a day', -DAY_MS, true],
  ])('%s', async (_case, byMs, devicesFollow) => {
    const ends: (() => unknown)[] = [];
    try {
      await moveClock(byMs, devicesFollow, ends);
    } finally {
      for (const end of ends.reverse()) await end();
    }
  });
});
