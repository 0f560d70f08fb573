import type { DatabaseSync } from 'node:sqlite';
import { contentHash } from './body.ts';

/** Marks the file as a ClearBay ledger ("CBLG") and fixes its layout. */
export const LEDGER_APPLICATION = 0x43424c47;
export const LEDGER_VERSION = 3;

/** First and last sequence, each found by one look: every fresh row follows all entries. */
export const ENDS = `SELECT coalesce((SELECT min(seq) FROM entry), (SELECT min(seq) FROM fresh)) AS oldest,
  coalesce((SELECT max(seq) FROM fresh), (SELECT max(seq) FROM entry)) AS last`;

const REVISION_INDEXES = `
  CREATE INDEX revision_content ON revision (at, source, content);
  CREATE INDEX revision_open ON revision (at, source) WHERE state = 0;
  CREATE INDEX revision_age ON revision (known_seq);
`;

const FRESH = `
  CREATE TABLE fresh (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, source INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE VIEW kept AS SELECT seq, at, source, body FROM entry UNION ALL SELECT seq, at, source, body FROM fresh;
`;

/**
 * `entry_identity` starts with the event time so that live data, whatever their source, grow it at one end:
 * by source first, each commit would write a page for every source in it (measured: five times the CPU). The newest rows stand in
 * `fresh`, without an index, and are moved by the thousand; `kept` is both together.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, station TEXT NOT NULL, device TEXT NOT NULL, bay TEXT NOT NULL, newest INTEGER);
  CREATE INDEX IF NOT EXISTS source_station ON source (station);
  CREATE TABLE IF NOT EXISTS metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, source INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS entry_identity ON entry (at, source);
  ${FRESH}
  CREATE TABLE IF NOT EXISTS revision (
    id INTEGER PRIMARY KEY, known_seq INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL, source INTEGER NOT NULL,
    body BLOB NOT NULL, content BLOB NOT NULL
  );
  ${REVISION_INDEXES}
  CREATE TABLE IF NOT EXISTS tide (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL);
`;

/** Creates what is missing; refuses a file that is something else or of a later layout. */
export function prepareLedger(database: DatabaseSync, ledgerId: string): void {
  const { application_id: application } = database.prepare('PRAGMA application_id').get() as { application_id: number };
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (tables > 0 && application !== LEDGER_APPLICATION) throw new Error('the file is not a ClearBay ledger');
  if (version > LEDGER_VERSION) throw new Error(`the ledger was written by a later version (layout ${version})`);
  if (tables > 0) {
    if (version < 2) nameRevisions(database);
    if (version < 3) database.exec(`BEGIN IMMEDIATE; ${FRESH} PRAGMA user_version = 3; COMMIT;`);
    return;
  }
  database.exec(
    `BEGIN IMMEDIATE; ${TABLES} PRAGMA application_id = ${LEDGER_APPLICATION}; PRAGMA user_version = ${LEDGER_VERSION};`,
  );
  database.prepare("INSERT INTO meta VALUES ('id', ?)").run(ledgerId);
  database.exec('COMMIT');
}

/** Layout 2: what is kept beside the current content is found by its content, and says what became of it. */
function nameRevisions(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ALTER TABLE revision RENAME COLUMN replaced TO state;
    ALTER TABLE revision ADD COLUMN content BLOB NOT NULL DEFAULT x'';
    DROP INDEX revision_identity;
  `);
  try {
    const fill = database.prepare('UPDATE revision SET content = ? WHERE id = ?');
    for (const { id, body } of database.prepare('SELECT id, body FROM revision').all()) {
      fill.run(contentHash(body as Uint8Array), id as number);
    }
    database.exec(`${REVISION_INDEXES} PRAGMA user_version = 2; COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
