import type { DatabaseSync } from 'node:sqlite';

/** The newest event time of each source: what is newer needs no look-up of its identity. */
export class Watermarks {
  readonly #database: DatabaseSync;
  readonly #newest: number[] = [];
  readonly #unsaved = new Set<number>();
  readonly #undoSources: number[] = [];
  readonly #undoTimes: number[] = [];

  /** Reads the saved marks and the rows committed after they were saved. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const { id, newest } of database.prepare('SELECT id, newest FROM source').all()) {
      this.#newest[Number(id)] = newest === null ? Number.NEGATIVE_INFINITY : Number(newest);
    }
    const saved = database.prepare("SELECT value FROM meta WHERE key = 'newest_seq'").get();
    const rows = database
      .prepare('SELECT source, max(at) AS at FROM kept WHERE seq > ? GROUP BY source')
      .all(Number(saved?.value ?? 0));
    for (const { source, at } of rows) this.advance(Number(source), Number(at));
    this.keep();
  }

  /** True, and the mark moves, where `at` is newer than everything of the source. */
  advance(source: number, at: number): boolean {
    const newest = this.#newest[source] ?? Number.NEGATIVE_INFINITY;
    if (at <= newest) return false;
    this.#undoSources.push(source);
    this.#undoTimes.push(newest);
    this.#newest[source] = at;
    return true;
  }

  /** The group is on disk. */
  keep(): void {
    for (const source of this.#undoSources) this.#unsaved.add(source);
    this.#undoSources.length = 0;
    this.#undoTimes.length = 0;
  }

  /** The group was not committed: back to the marks before it. */
  undo(): void {
    for (let index = this.#undoSources.length - 1; index >= 0; index--) {
      this.#newest[this.#undoSources[index] as number] = this.#undoTimes[index] as number;
    }
    this.#undoSources.length = 0;
    this.#undoTimes.length = 0;
  }

  /** Writes the marks as of `lastSeq`, inside the caller's transaction; a start then reads only what came later. */
  save(lastSeq: number): void {
    const update = this.#database.prepare('UPDATE source SET newest = ? WHERE id = ?');
    for (const source of this.#unsaved) update.run(this.#newest[source] as number, source);
    this.#database.prepare("INSERT OR REPLACE INTO meta VALUES ('newest_seq', ?)").run(lastSeq);
  }

  /** What `save` wrote is on disk. Not called where its transaction failed: the marks then go with the next one. */
  saved(): void {
    this.#unsaved.clear();
  }
}
