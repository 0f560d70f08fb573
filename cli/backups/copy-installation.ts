import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '@clearbay/contract/clock.ts';
import { copySqlite } from '@clearbay/store/state/sqlite-copy.ts';
import type { DataFolder } from '../data-folder.ts';
import { describeFile, MANIFEST, MANIFEST_VERSION, type Manifest } from './manifest.ts';

/** Folder of spooled imports, in the data folder and in a backup. */
export const IMPORTS = 'imports';

/** Copies of the parts that only their owner can make. */
export interface Copies {
  /** Works while the ledger keeps all that it has: what is drained after the series were copied must still be in the ledger's copy. */
  whileNothingLeaves<Result>(work: () => Promise<Result>): Promise<Result>;
  ledger(file: string): Promise<void>;
  /** Into a folder; absent where the series are kept in InfluxDB, which has its own tool. */
  series?: (folder: string) => Promise<void>;
}

async function copyImports(data: DataFolder, folder: string): Promise<string[]> {
  const source = join(data.root, IMPORTS);
  if (!existsSync(source)) return [];
  await mkdir(join(folder, IMPORTS), { mode: 0o700 });
  const copied: string[] = [];
  for (const name of await readdir(source)) {
    // An import may end meanwhile and take its file with it: its rows are in the ledger then.
    const done = await copyFile(join(source, name), join(folder, IMPORTS, name)).then(
      () => true,
      () => false,
    );
    if (done) copied.push(`${IMPORTS}/${name}`);
  }
  return copied;
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Copies an installation into a new folder while it runs. Each part is consistent in itself, and they are copied from the one
 * that follows to the one that leads: series, imports, sessions, state, ledger. So whatever a part speaks of is in the ledger's
 * copy, and what a part does not know yet is found again by the usual start: nothing acknowledged before the call is missing.
 */
export function copyInstallation(data: DataFolder, copies: Copies, folder: string, clock: Clock): Promise<Manifest> {
  return copies.whileNothingLeaves(() => copyParts(data, copies, folder, clock));
}

async function copyParts(data: DataFolder, copies: Copies, folder: string, clock: Clock): Promise<Manifest> {
  const startedAt = clock.now();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const names: string[] = [];
    if (copies.series !== undefined) {
      await copies.series(folder);
      names.push(basename(data.series));
    }
    names.push(...(await copyImports(data, folder)));
    for (const file of [data.influxDrain, data.sessions, data.state]) {
      if (!existsSync(file)) continue;
      await copySqlite(file, join(folder, basename(file)));
      names.push(basename(file));
    }
    if (existsSync(data.demoDevices)) {
      await copyFile(data.demoDevices, join(folder, basename(data.demoDevices)));
      names.push(basename(data.demoDevices));
    }
    await copies.ledger(join(folder, basename(data.ledger)));
    names.push(basename(data.ledger));
    const files = [];
    for (const name of names) files.push(await describeFile(folder, name));
    const manifest = { version: MANIFEST_VERSION, startedAt, finishedAt: clock.now(), files };
    await writeManifest(folder, manifest);
    return manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
