import { closeSync, existsSync, openSync, readFileSync, readSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countsOf, print, StoredBook } from './book.ts';
import { MortalDisk, testWithPowerCuts } from './disks.ts';
import { type Installation, install, MortalSystem, removeFolder } from './mortal-system.ts';
import { Load, Sender } from './senders.ts';
import { walTail } from './wal-tail.ts';

const CUTS = Number(process.env.FAULT_POWER_CUTS ?? 6);
const SEED = Number(process.env.FAULT_SEED ?? 20_261_123);

let folder: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clearbay-torn-'));
  undo.push(() => removeFolder(folder));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function flipByte(file: string, at: number): void {
  const opened = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(opened, byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 0x10;
  writeSync(opened, byte, 0, 1, at);
  closeSync(opened);
}

const DAMAGES: readonly [string, (log: string, end: number, previousEnd: number) => void][] = [
  ['the last byte is missing', (log, end) => truncateSync(log, end - 1)],
  ['half of the last frame is missing', (log, end) => truncateSync(log, end - 2000)],
  ['a bit of the last page is flipped', (log, end) => flipByte(log, end - 1500)],
  ['a bit of the first frame of the last commit is flipped', (log, _end, previousEnd) => flipByte(log, previousEnd + 9)],
  ['all of the last commit is missing', (log, _end, previousEnd) => truncateSync(log, previousEnd)],
];

async function storedIn(data: string): Promise<StoredBook> {
  const book = new StoredBook(data);
  book.look();
  return book;
}

test('F1b: a damaged tail of the log costs the damaged commit and nothing before it, and what comes next is stored and told whole', {
  timeout: 120_000,
}, async () => {
  const installation = await install(folder, { air: 4 });
  const system = new MortalSystem(installation);
  undo.push(() => system.kill());
  await system.start();
  const from = Date.now() - 3 * HOUR_MS;
  const load = new Load(
    installation.devices.map((device) => new Sender({ device, from })),
    600,
  );
  load.start(system.mqttPort);
  await sleep(1000);
  await load.finish(10_000);
  // The worst case for the long memory: it already has what the ledger is about to lose.
  await system.drained();
  await system.kill();
  const log = join(installation.data, 'ledger.sqlite-wal');
  const { end, previousEnd } = walTail(log);
  const copies = DAMAGES.map((_damage, index) => join(folder, `copy-${index}`));
  for (const copy of copies) await cp(installation.data, copy, { recursive: true });
  const whole = await storedIn(installation.data);

  for (const [index, [what, damage]] of DAMAGES.entries()) {
    const data = copies[index] as string;
    damage(join(data, 'ledger.sqlite-wal'), end, previousEnd);
    const copied: Installation = { ...installation, data };
    const survivor = new MortalSystem(copied);
    undo.push(() => survivor.kill());
    await survivor.start();
    const book = await storedIn(data);
    const { lost, doubled, stored } = book.figures(load.senders);
    const lostCommit = whole.lastSeq - book.lastSeq;
    // Devices go on; the ledger gives the lost sequence numbers again.
    const next = installation.devices.map((device) => new Sender({ device, from: Date.now() - HOUR_MS }));
    const more = new Load(next, 400);
    more.start(survivor.mqttPort);
    await sleep(600);
    await more.finish(10_000);
    await survivor.drained();
    for (const sender of next) expect((await countsOf(survivor, sender)).raw).toBe(sender.offered.length);
    await survivor.kill();
    const after = (await storedIn(data)).figures(next);
    print(`F1b ${what}`, {
      offered: load.offered,
      acknowledged: load.acknowledged,
      stored,
      lost,
      doubled,
      'of the damaged commit': lostCommit,
      'lost of what came next': after.lost,
      'start ms': Math.round(survivor.readyMs),
    });
    expect(lost).toBe(lostCommit);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(load.acknowledged / 4);
    expect(doubled).toBe(0);
    expect(after.lost).toBe(0);
  }
});

testWithPowerCuts(
  `F1b: ${CUTS} power cuts under load, each losing all that was not synced: every acknowledged reading is there exactly once`,
  180_000,
  async () => {
    const disk = new MortalDisk(folder);
    undo.push(() => disk.unmount());
    expect(disk.create(256)).toBe(true);
    const installation = await install(folder, { air: 8 }, {}, join(disk.place, 'data'));
    const system = new MortalSystem(installation);
    undo.push(() => system.kill());
    const from = Date.now() - 3 * HOUR_MS;
    const load = new Load(
      installation.devices.map((device) => new Sender({ device, from })),
      1000,
    );
    const book = new StoredBook(installation.data);
    const moments = new Seeded(SEED, 'power');
    const losses: number[] = [];
    for (let cut = 0; cut <= CUTS; cut += 1) {
      await system.start();
      book.look();
      losses.push(book.figures(load.senders).lost);
      load.start(system.mqttPort);
      if (cut === CUTS) break;
      await sleep(moments.between(300, 1500));
      // The control: what nobody synced must be gone, else the cut proves nothing.
      const unsynced = join(disk.place, `unsynced-${cut}`);
      writeFileSync(unsynced, 'written');
      expect(disk.cutPower()).toBe(true);
      await system.kill();
      await load.halt();
      disk.unmount();
      expect(disk.mount()).toBe(true);
      expect(existsSync(unsynced) ? readFileSync(unsynced, 'utf8') : '').toBe('');
    }
    await load.finish(30_000);
    await system.drained();
    book.look();
    const figures = book.figures(load.senders);
    for (const sender of load.senders) {
      const { raw, hours } = await countsOf(system, sender);
      expect({ raw, hours }).toEqual({ raw: sender.offered.length, hours: sender.offered.length });
    }
    await system.stop();
    print('F1b power cut', { cuts: CUTS, ...figures });
    expect(losses.filter((lost) => lost > 0)).toEqual([]);
    expect(figures).toMatchObject({ lost: 0, doubled: 0, acknowledged: figures.offered, stored: figures.offered });
  },
);
