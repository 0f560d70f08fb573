import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'vitest';

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args], { stdio: 'ignore' }).status === 0;
}

/** A file system of a few MiB in memory. Undefined where mounting is not allowed. */
export function mountSmallDisk(folder: string, mebibytes: number): string | undefined {
  const place = join(folder, 'small-disk');
  mkdirSync(place, { recursive: true });
  return run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', place]) ? place : undefined;
}

const BLOCK = Buffer.alloc(16_384, 1);

function freeBytes(place: string): number {
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

/** Somebody else who fills a disk to the last block, and takes again whatever space is let go. */
export class Hog {
  readonly #place: string;
  readonly #file: string;
  #isFilling = true;
  readonly #filling: Promise<void>;

  constructor(place: string) {
    this.#place = place;
    this.#file = join(place, 'filler');
    this.#filling = this.#fill();
  }

  /** Stops and gives the space back. */
  async leave(): Promise<void> {
    this.#isFilling = false;
    await this.#filling;
    rmSync(this.#file, { force: true });
  }

  async #fill(): Promise<void> {
    while (this.#isFilling) {
      const size = Math.min(BLOCK.length, freeBytes(this.#place));
      if (size > 0) await appendFile(this.#file, BLOCK.subarray(0, size)).catch(() => sleep(5));
      else await sleep(20);
    }
  }
}

export function unmount(place: string): void {
  if (!run('umount', [place])) run('umount', ['-l', place]);
}

/** FS_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the disk, not even what the journal still holds. */
const CUT = 'open(my $fs, "<", $ARGV[0]) or die; my $how = pack("L", 2); exit(defined ioctl($fs, 0x8004587d, $how) ? 0 : 1)';

/** An ext4 disk of its own whose power can be cut: what was written and not synced is then gone, as after a real power cut. */
export class MortalDisk {
  readonly place: string;
  readonly #image: string;

  constructor(folder: string) {
    this.place = join(folder, 'mortal-disk');
    this.#image = join(folder, 'mortal-disk.img');
  }

  /** False where loop devices cannot be mounted here. */
  create(mebibytes: number): boolean {
    mkdirSync(this.place, { recursive: true });
    return run('truncate', ['-s', `${mebibytes}M`, this.#image]) && run('mkfs.ext4', ['-q', '-F', this.#image]) && this.mount();
  }

  mount(): boolean {
    return run('mount', ['-o', 'loop', this.#image, this.place]);
  }

  cutPower(): boolean {
    return run('perl', ['-e', CUT, this.place]);
  }

  unmount(): void {
    unmount(this.place);
  }
}

function canMountSmallDisk(folder: string): boolean {
  const place = mountSmallDisk(folder, 1);
  if (place !== undefined) unmount(place);
  return place !== undefined;
}

function canCutPower(folder: string): boolean {
  const disk = new MortalDisk(folder);
  const able = disk.create(8) && disk.cutPower();
  disk.unmount();
  return able;
}

function testWith(able: (folder: string) => boolean, lacking: string) {
  return (name: string, timeout: number, work: () => Promise<void>): void => {
    const folder = mkdtempSync(join(tmpdir(), 'clearbay-disk-'));
    const isAble = able(folder);
    rmSync(folder, { recursive: true, force: true });
    if (isAble) test(name, { timeout }, work);
    else if (process.env.CI)
      test(name, () => {
        throw new Error(`${name}: ${lacking}`);
      });
    else test.skip(`${name} (${lacking})`, () => undefined);
  };
}

/** A test on a disk that fills. Skipped by name where nothing may be mounted; in CI it then fails. */
export const testWithSmallDisk = testWith(canMountSmallDisk, 'a tmpfs cannot be mounted here');

/** A test that cuts the power of a disk. Skipped by name where loop devices cannot be mounted; in CI it then fails. */
export const testWithPowerCuts = testWith(canCutPower, 'an ext4 loop device cannot be mounted and shut down here');
