import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { EVERY_MINUTE } from '@clearbay/domain/minutes.ts';
import { SeriesDictionary } from '../dictionary.ts';
import { LatestTable } from '../latest.ts';
import { emptyWindow, type Level, type Window } from '../windows.ts';

const LEVELS: readonly Level[] = ['hour', 'day'];

/** A rollup as the drain knows it. */
export interface StoredWindow {
  readonly level: Level;
  readonly series: number;
  readonly at: number;
  readonly window: Window;
  readonly revision: number;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, station TEXT, device TEXT, bay TEXT);
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, station TEXT, metric TEXT);
  CREATE TABLE IF NOT EXISTS latest (series INTEGER PRIMARY KEY, at REAL, value REAL, flags INTEGER, received_at REAL);
  CREATE TABLE IF NOT EXISTS window (level INTEGER, series INTEGER, at INTEGER, cells BLOB, dirty INTEGER, touched INTEGER,
    PRIMARY KEY (level, series, at)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS window_dirty ON window (dirty) WHERE dirty = 1;
  CREATE TABLE IF NOT EXISTS unapplied (id INTEGER PRIMARY KEY, reason TEXT, content TEXT);
`;

/**
 * The drain's own memory beside InfluxDB: cursor, recent rollups, latest values. Cursor and rollups change in one
 * transaction, so a batch is summed up exactly once although InfluxDB has no transactions.
 */
export class WindowStore {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  dictionary = new SeriesDictionary();
  latest = new LatestTable();
  #savedSources = 0;
  #savedSeries = 0;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
    this.#database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; ${TABLES}`);
    this.#find = this.#database.prepare('SELECT cells FROM window WHERE level = ? AND series = ? AND at = ?');
    this.#put = this.#database.prepare(
      'INSERT INTO window VALUES (?1,?2,?3,?4,1,?5) ON CONFLICT DO UPDATE SET cells = ?4, dirty = 1, touched = ?5',
    );
    this.#load();
  }

  #load(): void {
    this.dictionary = new SeriesDictionary();
    this.latest = new LatestTable();
    for (const { station, device, bay } of this.#database.prepare('SELECT * FROM source ORDER BY id').all()) {
      this.dictionary.source({ station: String(station), device: String(device), bay: String(bay) });
    }
    for (const { station, metric } of this.#database.prepare('SELECT * FROM series ORDER BY id').all()) {
      this.dictionary.seriesOf(String(station), String(metric));
    }
    for (const row of this.#database.prepare('SELECT * FROM latest').all()) {
      const { at, value, flags, received_at: receivedAt } = row;
      this.latest.set(Number(row.series), {
        at: Number(at),
        value: Number(value),
        flags: Number(flags),
        receivedAt: Number(receivedAt),
      });
    }
    this.latest.takeTouched();
    this.#savedSources = this.dictionary.sources.length;
    this.#savedSeries = this.dictionary.series.length;
  }

  number(key: string, absent: number): number {
    return Number(this.text(key) ?? absent);
  }

  text(key: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM meta WHERE key = ?').get(key);
    return row === undefined ? undefined : String(row.value);
  }

  set(key: string, value: number | string): void {
    this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?,?)').run(key, value);
  }

  /** Runs `work` as one transaction, with new names and latest values; on an error memory is read back from the file. */
  commit(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#saveNames();
      this.#saveLatest();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#load();
      throw error;
    }
  }

  window(level: Level, series: number, at: number): StoredWindow | undefined {
    const row = this.#find.get(LEVELS.indexOf(level), series, at);
    return row === undefined ? undefined : unpack(level, series, at, row.cells as Uint8Array);
  }

  /** Recent windows of a series whose label is in [from, to]. */
  windows(level: Level, series: number, from: number, to: number): StoredWindow[] {
    return this.#database
      .prepare('SELECT at, cells FROM window WHERE level = ? AND series = ? AND at BETWEEN ? AND ? ORDER BY at')
      .all(LEVELS.indexOf(level), series, from, to)
      .map((row) => unpack(level, series, Number(row.at), row.cells as Uint8Array));
  }

  /** Keeps a window; it is dirty until InfluxDB has it too. Without values it stands for a deletion. */
  put({ level, series, at, window, revision }: StoredWindow, now: number): void {
    this.#put.run(LEVELS.indexOf(level), series, at, pack(window, revision), now);
  }

  dirty(limit: number): StoredWindow[] {
    return this.#database
      .prepare('SELECT level, series, at, cells FROM window WHERE dirty = 1 LIMIT ?')
      .all(limit)
      .map((row) => unpack(LEVELS[Number(row.level)] ?? 'hour', Number(row.series), Number(row.at), row.cells as Uint8Array));
  }

  /** InfluxDB has these. */
  clean(windows: readonly StoredWindow[]): void {
    const keep = this.#database.prepare('UPDATE window SET dirty = 0 WHERE level = ? AND series = ? AND at = ?');
    const drop = this.#database.prepare('DELETE FROM window WHERE level = ? AND series = ? AND at = ?');
    this.commit(() => {
      for (const { level, series, at, window } of windows)
        (window.count > 0 ? keep : drop).run(LEVELS.indexOf(level), series, at);
    });
  }

  /** Leaves to InfluxDB the windows that nothing has touched since. */
  forget(untouchedSince: number): void {
    this.commit(() => {
      for (const level of LEVELS) {
        const known = 'level = ? AND dirty = 0 AND touched < ?';
        const newest = this.#database
          .prepare(`SELECT max(at) AS at FROM window WHERE ${known}`)
          .get(LEVELS.indexOf(level), untouchedSince);
        if (newest?.at === null || newest?.at === undefined) continue;
        this.set(`forgotten_${level}`, Math.max(this.number(`forgotten_${level}`, Number.NEGATIVE_INFINITY), Number(newest.at)));
        this.#database.prepare(`DELETE FROM window WHERE ${known}`).run(LEVELS.indexOf(level), untouchedSince);
      }
    });
  }

  /** Newest event time of all latest values. */
  newestAt(): number {
    return Number(this.#database.prepare('SELECT max(at) AS at FROM latest').get()?.at ?? Number.NEGATIVE_INFINITY);
  }

  /** Windows up to this label may be known to InfluxDB alone. */
  forgottenUpTo(level: Level): number {
    return this.number(`forgotten_${level}`, Number.NEGATIVE_INFINITY);
  }

  /** What could not become part of the figures, with the reason, for a person to look at. */
  setAside(reason: string, content: string): void {
    this.#database.prepare('INSERT INTO unapplied (reason, content) VALUES (?,?)').run(reason, content);
  }

  /** The same of a whole row, which comes again with a ledger that was put back. */
  setAsideOnce(reason: string, content: string): void {
    const known = this.#database.prepare('SELECT 1 FROM unapplied WHERE content = ?').get(content);
    if (known === undefined) this.setAside(reason, content);
  }

  setAsideCount(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM unapplied').get()?.n ?? 0);
  }

  /** InfluxDB lost everything: begin again from the ledger. */
  reset(): void {
    this.#database.exec('DELETE FROM window; DELETE FROM latest; DELETE FROM meta');
    this.#load();
  }

  #saveNames(): void {
    const { sources, series } = this.dictionary;
    const addSource = this.#database.prepare('INSERT OR REPLACE INTO source VALUES (?,?,?,?)');
    for (; this.#savedSources < sources.length; this.#savedSources++) {
      const name = sources[this.#savedSources];
      if (name !== undefined) addSource.run(this.#savedSources, name.station, name.device, name.bay);
    }
    const addSeries = this.#database.prepare('INSERT OR REPLACE INTO series VALUES (?,?,?)');
    for (; this.#savedSeries < series.length; this.#savedSeries++) {
      const name = series[this.#savedSeries];
      if (name !== undefined) addSeries.run(this.#savedSeries, name.station, name.metric);
    }
  }

  #saveLatest(): void {
    const save = this.#database.prepare('INSERT OR REPLACE INTO latest VALUES (?,?,?,?,?)');
    const drop = this.#database.prepare('DELETE FROM latest WHERE series = ?');
    for (const series of this.latest.takeTouched()) {
      const latest = this.latest.get(series);
      if (latest === undefined) drop.run(series);
      else save.run(series, latest.at, latest.value, latest.flags, latest.receivedAt);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function pack(window: Window, revision: number): Uint8Array {
  const { count, validCount, validMs, sumMicro, min, max, last, lastAt, flags, simulated, allSumMicro, allMin, allMax } = window;
  const { firstHalf, secondHalf } = window;
  const cells = [
    count,
    validCount,
    validMs,
    sumMicro,
    min,
    max,
    last,
    lastAt,
    flags,
    simulated ? 1 : 0,
    allSumMicro,
    allMin,
    allMax,
    revision,
    firstHalf,
    secondHalf,
  ];
  return new Uint8Array(Float64Array.from(cells).buffer);
}

function unpack(level: Level, series: number, at: number, bytes: Uint8Array): StoredWindow {
  const cells = new Float64Array(bytes.slice().buffer);
  return { level, series, at, ...windowOf([...cells]) };
}

/** A window from its figures in the order of `ROLLUP_FIELDS`; nulls where no value was valid. */
export function windowOf(figures: readonly (number | boolean | null)[]): { window: Window; revision: number } {
  const window = emptyWindow();
  const number = (index: number, absent: number) => ((figures[index] ?? null) === null ? absent : Number(figures[index]));
  window.count = number(0, 0);
  window.validCount = number(1, 0);
  window.validMs = number(2, 0);
  window.sumMicro = number(3, 0);
  window.min = number(4, window.min);
  window.max = number(5, window.max);
  window.last = number(6, window.last);
  window.lastAt = number(7, window.lastAt);
  window.flags = number(8, 0);
  window.simulated = number(9, 0) === 1;
  window.allSumMicro = number(10, 0);
  window.allMin = number(11, window.allMin);
  window.allMax = number(12, window.allMax);
  // Written before the minutes were kept: what was added up stands.
  window.firstHalf = number(14, EVERY_MINUTE);
  window.secondHalf = number(15, EVERY_MINUTE);
  return { window, revision: number(13, 0) };
}
