import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OverviewView } from '@clearbay/contract/api.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, expect } from 'vitest';
import { countsOf, print, StoredBook } from './book.ts';
import { Hog, mountSmallDisk, testWithSmallDisk, unmount } from './disks.ts';
import { install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';

const MEBIBYTES = 20;

let folder: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-full-'));
  undo.push(() => removeFolder(folder));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

testWithSmallDisk(
  `F5: a disk of ${MEBIBYTES} MiB that fills: nothing is acknowledged, the console answers, it recovers by itself, and a restart knows what is stored`,
  120_000,
  async () => {
    const disk = mountSmallDisk(folder, MEBIBYTES) as string;
    undo.push(() => unmount(disk));
    const installation = await install(folder, { air: 5, flood: 1 }, {}, disk);
    const system = new MortalSystem(installation);
    undo.push(() => system.kill());
    await system.start();
    const now = Date.now();
    const air = installation.devices.filter((device) => device.startsWith('air'));
    const quiet = new Sender({ device: air[0] as string, from: now - HOUR_MS });
    await quiet.connect(system.mqttPort);
    quiet.send(20);
    const load = new Load(
      air.slice(1).map((device) => new Sender({ device, from: now - HOUR_MS })),
      400,
    );
    const book = new StoredBook(disk);
    load.start(system.mqttPort);
    await sleep(1500);
    expect(quiet.unacknowledged).toBe(0);
    quiet.disconnect();
    const before = load.acknowledged;
    expect(before).toBeGreaterThan(200);

    const hog = new Hog(disk);
    undo.push(() => hog.leave());
    const fullSince = performance.now();
    let health = await system.health();
    while (health.state !== 'down' && performance.now() - fullSince < 20_000) {
      await sleep(50);
      health = await system.health();
    }
    expect(health).toMatchObject({ live: true, ready: false, state: 'down' });
    expect(health.reasons.join()).toMatch(/ledger.*nothing is acknowledged/);
    const redAfterMs = Math.round(performance.now() - fullSince);
    await sleep(200);
    const atFull = load.acknowledged;
    await sleep(5000);
    const whileFull = load.acknowledged - atFull;

    // The console still shows what was there.
    const overview = await system.api<OverviewView>('/overview');
    expect(overview.stations).toHaveLength(6);
    const answered = performance.now();
    await system.api('/alerts');
    const answerMs = Math.round(performance.now() - answered);

    await hog.leave();
    const freed = performance.now();
    while (!(await system.health()).ready) {
      expect(performance.now() - freed).toBeLessThan(15_000);
      await sleep(20);
    }
    const recoveredMs = Math.round(performance.now() - freed);
    await load.finish(20_000);
    await system.drained();
    book.look();
    const figures = book.figures(load.senders);
    print('F5 full disk', {
      ...figures,
      'acknowledged while full': whileFull,
      'red after ms': redAfterMs,
      'alerts answered in ms': answerMs,
      'recovered after ms': recoveredMs,
    });
    for (const sender of load.senders) {
      const { raw } = await countsOf(system, sender);
      expect(raw).toBe(sender.offered.length);
    }
    // The quiet device's 20 are beside those of the load.
    expect(figures).toMatchObject({ lost: 0, doubled: 0, stored: figures.offered + 20 });
    expect(system.alive).toBe(true);

    // After a restart the quiet device repeats itself beside others: known is known, and nobody stands in another's way.
    await system.stop();
    await system.start();
    const again = new Load(
      air.map((device) => new Sender({ device, from: now - HOUR_MS })),
      400,
    );
    again.start(system.mqttPort);
    const repeatedFrom = performance.now();
    while (again.acknowledged < 300) {
      expect(performance.now() - repeatedFrom).toBeLessThan(20_000);
      await sleep(20);
    }
    await again.finish(10_000);
    const interruptions = again.senders.map((sender) => sender.interruptions);
    book.look();
    expect(book.figures(again.senders)).toMatchObject({ lost: 0, doubled: 0 });
    expect(interruptions).toEqual(air.map(() => 1));
  },
);
