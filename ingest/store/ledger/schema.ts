import type { DatabaseSync } from 'node:sqlite';

/** Marks the file as a ClearBay ledger ("CBLG") and fixes its layout. */
export const LEDGER_APPLICATION = 0x43424c47;
export const LEDGER_VERSION = 1;

/**
 * `entry_identity` starts with the event time so that live data, whatever their source, grow it at one end:
 * by source first, each commit would write a page for every source in it (measured: five times the CPU).
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, station TEXT NOT NULL, device TEXT NOT NULL, bay TEXT NOT NULL, newest INTEGER);
  CREATE INDEX IF NOT EXISTS source_station ON source (station);
  CREATE TABLE IF NOT EXISTS metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, source INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS entry_identity ON entry (at, source);
  CREATE TABLE IF NOT EXISTS revision (
    id INTEGER PRIMARY KEY, known_seq INTEGER NOT NULL, replaced INTEGER NOT NULL, at INTEGER NOT NULL, source INTEGER NOT NULL, body BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS revision_identity ON revision (at, source);
  CREATE TABLE IF NOT EXISTS tide (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL);
`;

/** Creates what is missing; refuses a file that is something else or of a later layout. */
export function prepareLedger(database: DatabaseSync, ledgerId: string): void {
  const { application_id: application } = database.prepare('PRAGMA application_id').get() as { application_id: number };
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (tables > 0 && application !== LEDGER_APPLICATION) throw new Error('the file is not a ClearBay ledger');
  if (version > LEDGER_VERSION) throw new Error(`the ledger was written by a later version (layout ${version})`);
  if (tables > 0) return;
  database.exec(
    `BEGIN IMMEDIATE; ${TABLES} PRAGMA application_id = ${LEDGER_APPLICATION}; PRAGMA user_version = ${LEDGER_VERSION};`,
  );
  database.prepare("INSERT INTO meta VALUES ('id', ?)").run(ledgerId);
  database.exec('COMMIT');
}
