import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Rows a statement inserts at once: a call into SQLite costs as much as the insert itself. */
const ROWS = 16;
/** So many are put among the entries at once: two or three milliseconds of work, in which no group is committed. */
const MOST = 2048;

/** A row of either table. */
export interface StoredRow {
  readonly seq: number;
  readonly at: number;
  readonly source: number;
  readonly body: Uint8Array;
}

/**
 * The newest rows, stored and not yet in the index of identities. Readings of many devices come a little out of order, so that
 * each of a group belongs on another page of that index: writing those pages at every commit cost more than all the rest of it.
 * Thousands together share them. What has to be looked up in the index is put there first.
 */
export class FreshRows {
  readonly #database: DatabaseSync;
  readonly #insertRows: StatementSync;
  readonly #insertRow: StatementSync;
  readonly #move: StatementSync;
  readonly #clear: StatementSync;
  readonly #staged: (number | Uint8Array)[] = [];
  #count: number;
  /** Of each source that has rows here since they were last moved: the oldest event time among them. */
  #oldest = new Map<number, number>();
  /** After a start or a failed group it is not known what is here. */
  #isUnknown: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // A failed statement fails its whole group, so SQLite need not keep what it takes to undo the statement alone (OR FAIL).
    this.#insertRows = database.prepare(`INSERT OR FAIL INTO fresh VALUES ${Array(ROWS).fill('(?,?,?,?)').join(',')}`);
    this.#insertRow = database.prepare('INSERT OR FAIL INTO fresh VALUES (?,?,?,?)');
    this.#move = database.prepare('INSERT OR FAIL INTO entry SELECT seq, at, source, body FROM fresh ORDER BY seq');
    this.#clear = database.prepare('DELETE FROM fresh');
    this.#count = Number(database.prepare('SELECT count(*) AS count FROM fresh').get()?.count);
    this.#isUnknown = this.#count > 0;
  }

  /** Whether it is time to move them. */
  get isFull(): boolean {
    return this.#count >= MOST;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether a reading of this identity may be here; where not, the entries tell. */
  mayHold(at: number, source: number): boolean {
    return this.#count > 0 && (this.#isUnknown || at >= (this.#oldest.get(source) ?? Number.POSITIVE_INFINITY));
  }

  /** Adds the newest row. */
  add(seq: number, at: number, source: number, body: Uint8Array): void {
    const oldest = this.#oldest.get(source);
    if (oldest === undefined || at < oldest) this.#oldest.set(source, at);
    this.#count += 1;
    this.#staged.push(seq, at, source, body);
    if (this.#staged.length < 4 * ROWS) return;
    this.#insertRows.run(...this.#staged);
    this.#staged.length = 0;
  }

  /** Writes what was added. */
  flush(): void {
    for (let index = 0; index < this.#staged.length; index += 4) this.#insertRow.run(...this.#staged.slice(index, index + 4));
    this.#staged.length = 0;
  }

  /** Puts all of them among the entries. Throws where an identity is taken there. */
  move(): void {
    this.flush();
    this.#move.run();
    this.#emptied();
  }

  /** Takes all of them out, oldest first, for somebody who looks at each. */
  takeOut(): StoredRow[] {
    this.flush();
    const rows = this.#database.prepare('SELECT seq, at, source, body FROM fresh ORDER BY seq').all();
    this.#emptied();
    return rows as unknown as StoredRow[];
  }

  /** The group was not committed. Nothing is asked of a file that is in trouble: the rows count as full, and are moved with the next one. */
  undo(): void {
    this.#staged.length = 0;
    this.#oldest.clear();
    this.#count = MOST;
    this.#isUnknown = true;
  }

  #emptied(): void {
    this.#clear.run();
    this.#oldest.clear();
    this.#count = 0;
    this.#isUnknown = false;
  }
}
