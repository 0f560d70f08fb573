import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { contentHash } from './body.ts';

/** What a revision is: content that waits for a decision, that was current once, or that was decided against. */
const STATE = { open: 0, history: 1, settled: 2 } as const;

/** Open candidates of one identity. A person picks among a few; a device that says ever other things of one moment says no more by it. */
const OF_ONE_IDENTITY = 16;
/** Open candidates of all; they outlive the entries beside them, and the oldest go first. */
const OF_ALL = 20_000;
/** Let go in one housekeeping, so that a commit never waits long. */
const SLICE = 5000;

/** What came for an identity and is not its current content, inside the transactions of the ledger's writer. */
export class Revisions {
  readonly #find: StatementSync;
  readonly #count: StatementSync;
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #dismiss: StatementSync;
  readonly #prune: StatementSync;
  readonly #oldest: StatementSync;
  #open: number;
  #leftOut = 0;
  /** Changes of the running transaction. */
  #opened = 0;
  #refused = 0;

  constructor(database: DatabaseSync) {
    const { open, history, settled } = STATE;
    this.#find = database.prepare('SELECT 1 FROM revision WHERE at = ? AND source = ? AND content = ? LIMIT 1');
    this.#count = database.prepare(`SELECT count(*) AS count FROM revision WHERE at = ? AND source = ? AND state = ${open}`);
    this.#insert = database.prepare('INSERT INTO revision (known_seq, state, at, source, body, content) VALUES (?,?,?,?,?,?)');
    this.#settle = database.prepare(`UPDATE revision SET state = ${settled} WHERE at = ? AND source = ? AND state = ${open}`);
    this.#dismiss = database.prepare(`UPDATE revision SET state = ${settled} WHERE id = ? AND state = ${open}`);
    this.#prune = database.prepare(`DELETE FROM revision WHERE known_seq <= ? AND state IN (${history}, ${settled})`);
    this.#oldest = database.prepare(
      `DELETE FROM revision WHERE id IN (SELECT id FROM revision WHERE state = ${open} ORDER BY id LIMIT ?)`,
    );
    const known = database.prepare(`SELECT count(*) AS count FROM revision WHERE state = ${open}`).get();
    this.#open = Number(known?.count);
  }

  /** Candidates that wait for a decision. */
  get open(): number {
    return this.#open;
  }

  /** Conflicts since the start that were not kept, since their identity had its share. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Keeps content that differs from the current one; false where it is known already. */
  offer(seq: number, at: number, source: number, body: Uint8Array): boolean {
    const content = contentHash(body);
    if (this.#find.get(at, source, content) !== undefined) return false;
    if (Number(this.#count.get(at, source)?.count) >= OF_ONE_IDENTITY) {
      this.#refused += 1;
      return true;
    }
    this.#insert.run(seq, STATE.open, at, source, body, content);
    this.#opened += 1;
    return true;
  }

  /** Keeps what was current until now. */
  retire(seq: number, at: number, source: number, body: Uint8Array): void {
    this.#insert.run(seq, STATE.history, at, source, body, contentHash(body));
  }

  /** A correction has said what the identity's content is: nothing is left to decide. */
  settle(at: number, source: number): void {
    this.#opened -= Number(this.#settle.run(at, source).changes);
  }

  /** A person decided that the current content stays; false where there is no open candidate of this number. */
  dismiss(id: number): boolean {
    const { changes } = this.#dismiss.run(id);
    this.#opened -= Number(changes);
    return changes === 1;
  }

  /** Lets go what belongs to pruned entries and is decided. */
  prune(seq: number): void {
    this.#prune.run(seq);
  }

  /** Lets go the oldest candidates where there are too many. */
  trim(): void {
    const surplus = Math.min(this.#open - OF_ALL, SLICE);
    if (surplus > 0) this.#opened -= Number(this.#oldest.run(surplus).changes);
  }

  /** The transaction is on disk. */
  keep(): void {
    this.#open += this.#opened;
    this.#leftOut += this.#refused;
    this.undo();
  }

  /** The transaction was not committed. */
  undo(): void {
    this.#opened = 0;
    this.#refused = 0;
  }
}
