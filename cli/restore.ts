import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '@clearbay/config/load.ts';
import { restoreLedger } from '@clearbay/store/ledger/restore.ts';
import { restoreSeries } from '@clearbay/store/series/duckdb/restore.ts';
import { restoreSqlite } from '@clearbay/store/state/sqlite-copy.ts';
import { IMPORTS } from './backups/copy-installation.ts';
import { checkedManifest, type Manifest } from './backups/manifest.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { UserFailure } from './failure.ts';
import { Lifecycle } from './lifecycle.ts';

const partsOf = (data: DataFolder) => [data.ledger, data.series, data.influxDrain, data.state, data.sessions, data.demoDevices];

/** Places every part; each is checked again before its old file is touched. What the backup does not have is taken away. */
async function place(folder: string, data: DataFolder, { files }: Manifest): Promise<void> {
  const names = new Set(files.map(({ name }) => name));
  const copyOf = (file: string) => (names.has(basename(file)) ? join(folder, basename(file)) : undefined);
  for (const file of partsOf(data)) {
    if (copyOf(file) !== undefined) continue;
    for (const suffix of ['', '-wal', '-shm', '.wal']) await rm(file + suffix, { force: true });
  }
  for (const file of [data.state, data.sessions, data.influxDrain]) {
    const copy = copyOf(file);
    if (copy !== undefined) await restoreSqlite(copy, file);
  }
  if (copyOf(data.series) !== undefined) await restoreSeries(folder, data.series);
  const devices = copyOf(data.demoDevices);
  if (devices !== undefined) await copyFile(devices, data.demoDevices);
  await rm(join(data.root, IMPORTS), { recursive: true, force: true });
  for (const name of names) {
    if (dirname(name) !== IMPORTS) continue;
    await mkdir(join(data.root, IMPORTS), { recursive: true, mode: 0o700 });
    await copyFile(join(folder, name), join(data.root, name));
  }
  // The ledger last: what follows it is older than it at every moment, as after a backup.
  await restoreLedger(join(folder, basename(data.ledger)), data.ledger);
}

/** `clearbay restore FOLDER`: puts a backup in place while the system is stopped. */
export async function restore(config: Config, source: string, force: boolean): Promise<void> {
  const folder = resolve(source);
  const manifest = await checkedManifest(folder);
  const data = openDataFolder(resolve(config.settings.data));
  const lifecycle = new Lifecycle();
  try {
    lifecycle.lock(join(data.root, 'running.pid'), data.root);
    const present = partsOf(data).filter((file) => existsSync(file));
    if (present.length > 0 && !force) {
      const names = present.map((file) => basename(file)).join(', ');
      throw new UserFailure(`The data folder ${data.root} has data (${names}); --force replaces them by the backup.`);
    }
    await place(folder, data, manifest);
  } finally {
    await lifecycle.stop();
  }
  const at = new Date(manifest.startedAt).toISOString();
  process.stdout.write(`${data.root} stands as at ${at}; everything acknowledged before is in it.\n`);
}
