import { randomUUID } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { OUTCOME } from '../ports/ledger.ts';
import { revisionOf, type SourceName, sameContent } from './body.ts';
import { FreshRows } from './fresh-rows.ts';
import { RECORD_HEAD } from './packer.ts';
import { Revisions } from './revisions.ts';
import { ENDS, prepareLedger } from './schema.ts';
import { UndeclaredNames } from './undeclared-names.ts';
import { Watermarks } from './watermarks.ts';

/** Share of its size from which on the ledger lets drained rows go before their time: refusing new ones would be worse. */
const CROWDED = 0.75;
/** Rows pruned in one transaction, so that a commit never waits long. */
const PRUNE_ROWS = 5000;

export interface LedgerFileOptions {
  readonly file: string;
  /** Rows stay at least this long after their commit, ms, unless the ledger is nearly full. */
  readonly retentionMs: number;
  /** Above this the ledger refuses appends until pruning makes room. */
  readonly maxBytes: number;
}

export interface Group {
  readonly buffer: ArrayBuffer;
  readonly count: number;
  /** Names that no group before used, in the order of their numbers. */
  readonly sources: readonly SourceName[];
  readonly metrics: readonly string[];
}

export interface LedgerHead {
  readonly lastSeq: number;
  readonly oldestSeq: number;
  readonly bytes: number;
  /** Contents that conflict with the current one and wait for a decision. */
  readonly candidates: number;
  /** Conflicts since the start that were not kept as candidates. */
  readonly candidatesLeftOut: number;
}

interface Row {
  readonly seq: number;
  readonly body: Uint8Array;
}

/** SQLITE_CONSTRAINT_UNIQUE: of all that a commit writes, only an entry's identity can be taken. */
const TAKEN = 2067;

function isTakenIdentity(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === TAKEN;
}

/** The ledger's file as the storage thread sees it: the only writer. All methods are synchronous. */
export class LedgerFile {
  readonly #options: LedgerFileOptions;
  readonly #database: DatabaseSync;
  readonly #watermarks: Watermarks;
  readonly #revisions: Revisions;
  readonly #fresh: FreshRows;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #remove: StatementSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #pages: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageBytes: number;
  readonly #sources: UndeclaredNames<SourceName>;
  readonly #metrics: UndeclaredNames<string>;
  #lastSeq: number;
  #oldestSeq: number;
  #bytes: number;

  constructor(options: LedgerFileOptions) {
    this.#options = options;
    this.#database = new DatabaseSync(options.file, { timeout: 5000 });
    // synchronous=FULL makes SQLite sync the log at each commit: that is what an acknowledgement stands on.
    this.#database.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=500; PRAGMA temp_store=MEMORY;',
    );
    prepareLedger(this.#database, randomUUID());
    this.#watermarks = new Watermarks(this.#database);
    this.#revisions = new Revisions(this.#database);
    this.#fresh = new FreshRows(this.#database);
    this.#insert = this.#database.prepare('INSERT OR FAIL INTO entry VALUES (?,?,?,?)');
    this.#find = this.#database.prepare('SELECT seq, body FROM entry WHERE at = ? AND source = ?');
    this.#remove = this.#database.prepare('DELETE FROM entry WHERE seq = ?');
    // Prepared once: parsing them for every group cost more than running them.
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#database.prepare('COMMIT');
    this.#pages = this.#database.prepare('PRAGMA page_count');
    this.#freePages = this.#database.prepare('PRAGMA freelist_count');
    this.#pageBytes = Number(this.#database.prepare('PRAGMA page_size').get()?.page_size);
    this.#sources = new UndeclaredNames(this.#count('source'));
    this.#metrics = new UndeclaredNames(this.#count('metric'));
    const ends = this.#database.prepare(ENDS).get();
    this.#lastSeq = Number(ends?.last ?? 0);
    this.#oldestSeq = Number(ends?.oldest ?? 1);
    this.#bytes = this.#usedBytes();
  }

  #count(table: 'source' | 'metric'): number {
    return Number(this.#database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
  }

  names(): { sources: SourceName[]; metrics: string[] } {
    const sources = this.#database.prepare('SELECT station, device, bay FROM source ORDER BY id').all();
    const metrics = this.#database.prepare('SELECT name FROM metric ORDER BY id').all();
    return {
      sources: sources.map((row) => ({ station: String(row.station), device: String(row.device), bay: String(row.bay) })),
      metrics: metrics.map((row) => String(row.name)),
    };
  }

  /** As of the last commit or housekeeping. */
  head(): LedgerHead {
    const { open: candidates, leftOut: candidatesLeftOut } = this.#revisions;
    return { lastSeq: this.#lastSeq, oldestSeq: this.#oldestSeq, bytes: this.#bytes, candidates, candidatesLeftOut };
  }

  #usedBytes(): number {
    const pages = Number(this.#pages.get()?.page_count) - Number(this.#freePages.get()?.freelist_count);
    return pages * this.#pageBytes;
  }

  /** Commits the group or throws and leaves the file as it was. One OUTCOME byte a reading. */
  commit(group: Group): Uint8Array<ArrayBuffer> {
    // Groups behind this one may use its names too, whatever becomes of it.
    this.#sources.hear(group.sources);
    this.#metrics.hear(group.metrics);
    if (this.#bytes >= this.#options.maxBytes) {
      throw Object.assign(new Error(`the ledger has reached its limit of ${this.#options.maxBytes} bytes`), {
        code: 'LEDGER_FULL',
      });
    }
    try {
      return this.#commitAs(group, false);
    } catch (error) {
      if (!isTakenIdentity(error)) throw error;
      // A mark that is behind its rows called a known identity new. With every identity looked up, no reading can refuse a group.
      return this.#commitAs(group, true);
    }
  }

  #commitAs(group: Group, lookUpAll: boolean): Uint8Array<ArrayBuffer> {
    const lastSeq = this.#lastSeq;
    let outcomes: Uint8Array<ArrayBuffer>;
    let bytes: number;
    try {
      this.#begin.run();
      this.#declare();
      if (lookUpAll) this.#moveEach();
      else if (this.#fresh.isFull) this.#fresh.move();
      outcomes = this.#store(group, lookUpAll);
      // Inside the transaction it takes no locks of its own.
      bytes = this.#usedBytes();
      this.#commit.run();
    } catch (error) {
      this.#lastSeq = lastSeq;
      this.#watermarks.undo();
      this.#revisions.undo();
      // SQLite has already rolled back where it could not write at all.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#fresh.undo();
      throw error;
    }
    this.#watermarks.keep();
    this.#revisions.keep();
    this.#sources.declared();
    this.#metrics.declared();
    this.#bytes = bytes;
    return outcomes;
  }

  #declare(): void {
    const sources = this.#sources.names;
    const metrics = this.#metrics.names;
    if (sources.length > 0) {
      const insert = this.#database.prepare('INSERT INTO source (id, station, device, bay) VALUES (?,?,?,?)');
      sources.forEach(({ station, device, bay }, index) => {
        insert.run(this.#sources.base + index, station, device, bay);
      });
    }
    if (metrics.length > 0) {
      const insert = this.#database.prepare('INSERT INTO metric VALUES (?,?)');
      metrics.forEach((name, index) => {
        insert.run(this.#metrics.base + index, name);
      });
    }
  }

  #store({ buffer, count }: Group, lookUpAll: boolean): Uint8Array<ArrayBuffer> {
    const view = new DataView(buffer);
    const outcomes = new Uint8Array(count);
    let offset = 0;
    for (let index = 0; index < count; index++) {
      const source = view.getUint32(offset + 4, true);
      const at = view.getFloat64(offset + 8, true);
      const body = new Uint8Array(buffer, offset + RECORD_HEAD, view.getUint32(offset, true));
      offset += RECORD_HEAD + body.length;
      // What is newer than all of its source cannot be known yet: no look-up.
      if (this.#watermarks.advance(source, at) && !lookUpAll) this.#stage(at, source, body);
      else outcomes[index] = this.#settle(at, source, body);
    }
    this.#fresh.flush();
    return outcomes;
  }

  #stage(at: number, source: number, body: Uint8Array): void {
    this.#lastSeq += 1;
    this.#fresh.add(this.#lastSeq, at, source, body);
  }

  /** A row whose identity was looked up: it may go to its place at once, where no older row still waits to. */
  #place(at: number, source: number, body: Uint8Array): void {
    if (!this.#fresh.isEmpty) {
      this.#stage(at, source, body);
      return;
    }
    this.#lastSeq += 1;
    this.#insert.run(this.#lastSeq, at, source, body);
  }

  #moveAll(): void {
    try {
      this.#fresh.move();
    } catch (error) {
      if (!isTakenIdentity(error)) throw error;
      // What was moved before the one that failed is found to be there.
      this.#moveEach();
    }
  }

  /** Puts the fresh rows among the entries one by one. An identity that is taken there keeps its content; the other one is offered. */
  #moveEach(): void {
    for (const { seq, at, source, body } of this.#fresh.takeOut()) {
      const current = this.#find.get(at, source) as Row | undefined;
      if (current === undefined) this.#insert.run(seq, at, source, body);
      else if (!sameContent(current.body, body)) this.#revisions.offer(this.#lastSeq, at, source, body);
    }
  }

  #settle(at: number, source: number, body: Uint8Array): number {
    if (this.#fresh.mayHold(at, source)) this.#fresh.move();
    const current = this.#find.get(at, source) as Row | undefined;
    const said = revisionOf(body);
    if (current === undefined) {
      if (said.correction) this.#revisions.settle(at, source);
      this.#place(at, source, body);
      return OUTCOME.stored;
    }
    const isSame = sameContent(current.body, body);
    if (said.correction && said.rev > revisionOf(current.body).rev) {
      // A correction of the same content changed its judgement, not the question which content is right.
      if (!isSame) this.#revisions.settle(at, source);
      this.#revisions.retire(this.#lastSeq, at, source, current.body);
      this.#remove.run(current.seq);
      this.#place(at, source, body);
      return OUTCOME.replaced;
    }
    return !isSame && this.#revisions.offer(this.#lastSeq, at, source, body) ? OUTCOME.conflict : OUTCOME.duplicate;
  }

  /** Closes an open candidate: the current content stays. False where there is none of this number. */
  dismiss(candidate: number): boolean {
    const isOpen = this.#revisions.dismiss(candidate);
    this.#revisions.keep();
    return isOpen;
  }

  /**
   * Housekeeping: notes how far the ledger had come at `now`, saves the watermarks and prunes a slice of what is both
   * drained (up to `released`) and past its retention; in a crowded ledger being drained is enough. True where more is left to prune.
   */
  maintain(now: number, released: number): boolean {
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      this.#moveAll();
      this.#watermarks.save(this.#lastSeq);
      database.prepare('INSERT OR IGNORE INTO tide VALUES (?,?)').run(this.#lastSeq, now);
      const tide = database.prepare('SELECT max(seq) AS seq FROM tide WHERE at <= ?').get(now - this.#options.retentionMs);
      // The newest row stays, so that sequences never start again.
      const outlived = this.#bytes < CROWDED * this.#options.maxBytes ? Number(tide?.seq ?? 0) : released;
      const limit = Math.min(outlived, released, this.#lastSeq - 1);
      const pruned = this.#prune(limit);
      this.#revisions.trim();
      database.exec('COMMIT');
      this.#watermarks.saved();
      this.#revisions.keep();
      this.#oldestSeq = Number(database.prepare(ENDS).get()?.oldest ?? 1);
      this.#bytes = this.#usedBytes();
      return pruned === PRUNE_ROWS;
    } catch (error) {
      this.#revisions.undo();
      if (database.isTransaction) database.exec('ROLLBACK');
      this.#fresh.undo();
      throw error;
    }
  }

  #prune(limit: number): number {
    const slice = this.#database
      .prepare(
        'SELECT max(seq) AS seq, max(at) AS at, count(*) AS count FROM (SELECT seq, at FROM entry WHERE seq <= ? ORDER BY seq LIMIT ?)',
      )
      .get(limit, PRUNE_ROWS) as { seq: number | null; at: number; count: number };
    if (slice.seq === null) return 0;
    this.#database.prepare('DELETE FROM entry WHERE seq <= ?').run(slice.seq);
    this.#revisions.prune(slice.seq);
    this.#database.prepare('DELETE FROM tide WHERE seq < ?').run(slice.seq);
    // From here back the ledger no longer knows every identity: readers must look themselves.
    this.#database
      .prepare("INSERT INTO meta VALUES ('pruned_at', ?1) ON CONFLICT DO UPDATE SET value = max(value, ?1)")
      .run(slice.at);
    return slice.count;
  }

  /** Closes the file. Marks that a full disk does not take are read from the rows at the next start. */
  close(): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      this.#moveAll();
      this.#watermarks.save(this.#lastSeq);
      this.#database.exec('COMMIT');
    } finally {
      this.#database.close();
    }
  }
}
