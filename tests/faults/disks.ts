import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
