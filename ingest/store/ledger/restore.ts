import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LEDGER_APPLICATION, LEDGER_VERSION } from './schema.ts';

/** Puts a backed-up ledger in place while the system is stopped. Checks the copy before it touches the old file; throws where it is no whole ledger. */
export async function restoreLedger(backupFile: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const incoming = `${file}.incoming`;
  await copyFile(backupFile, incoming);
  try {
    check(incoming);
    // A log left from the old file must never be replayed into the new one.
    for (const suffix of ['-wal', '-shm']) await rm(file + suffix, { force: true });
    await rename(incoming, file);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) await rm(incoming + suffix, { force: true });
  }
}

function check(file: string): void {
  const database = new DatabaseSync(file);
  try {
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    if (pragma('application_id') !== LEDGER_APPLICATION) throw new Error(`${file} is not a ClearBay ledger`);
    if (Number(pragma('user_version')) > LEDGER_VERSION) throw new Error(`${file} was written by a later version`);
    const verdict = pragma('integrity_check');
    if (verdict !== 'ok') throw new Error(`${file} is damaged: ${verdict}`);
  } finally {
    database.close();
  }
}
