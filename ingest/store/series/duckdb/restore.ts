import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { BACKUP_NAME } from './engine.ts';
import { SERIES_VERSION } from './schema.ts';

/** Puts a backed-up series file in place while the system is stopped. Checks the copy before it touches the old file; throws where it is no whole series store. */
export async function restoreSeries(backupFolder: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const incoming = `${file}.incoming`;
  await copyFile(join(backupFolder, BACKUP_NAME), incoming);
  try {
    await check(incoming);
    await rm(`${file}.wal`, { force: true });
    await rename(incoming, file);
  } finally {
    for (const suffix of ['', '.wal']) await rm(incoming + suffix, { force: true });
  }
}

async function check(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', threads: '1' });
  try {
    const connection = await instance.connect();
    try {
      const state = (await connection.runAndReadAll('SELECT version FROM state')).getRows()[0];
      if (state === undefined || Number(state[0]) > SERIES_VERSION) throw new Error(`${file} was written by a later version`);
      // Reads every column of every row: a damaged block shows here and not months later.
      for (const table of ['points', 'hour', 'day', 'latest', 'series', 'source']) {
        await connection.run(`SELECT bit_xor(hash(t)) FROM ${table} AS t`);
      }
    } finally {
      connection.disconnectSync();
    }
  } finally {
    instance.closeSync();
  }
}
