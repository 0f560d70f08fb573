import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

/** All pages in one step: with fewer, each commit meanwhile would start the copy again. */
const ALL_PAGES = 0x7fffffff;

/** A consistent copy of a SQLite file while others write to it; its last commit before the call is in it. */
export async function copySqlite(file: string, target: string): Promise<void> {
  await rm(target, { force: true });
  const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    await backup(source, target, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}

/** Puts a copied SQLite file in place while nobody uses it. Checks the copy before it touches the old file; throws where it is damaged. */
export async function restoreSqlite(copy: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const incoming = `${file}.incoming`;
  await copyFile(copy, incoming);
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
    const verdict = Object.values(database.prepare('PRAGMA integrity_check').get() ?? {})[0];
    if (verdict !== 'ok') throw new Error(`${file} is damaged: ${verdict}`);
  } finally {
    database.close();
  }
}
