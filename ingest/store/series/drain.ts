import { DAY_MS } from '@clearbay/domain/time.ts';
import { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRows } from '../ledger/ledger-rows.ts';
import type { StoredGroup } from '../ledger/stored-group.ts';
import type { SeriesStatus } from '../ports/series.ts';
import type { Restated, SeriesEngine, Written } from './engine.ts';
import { LedgerTail } from './ledger-tail.ts';
import { describeRow, messageOf, PoisonSearch } from './poison.ts';

export interface DrainOptions {
  readonly ledgerFile: string;
  /** Ledger rows written at once: fewer where they touch many windows. */
  readonly batchRows: number;
  /** Rest between two writes while fewer rows than a batch wait, ms: a running hour is summed up at most so often. */
  readonly restMs: number;
  /** How often old data are dropped, ms. */
  readonly pruneEveryMs: number;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/**
 * Hour windows that a batch should touch at most: each is an object while the batch is written. Of live readings 100,000 rows touch
 * as many as there are series, but of an hourly past every value has a window of its own.
 */
const BATCH_WINDOWS = 40_000;
/** Newest rows kept at hand for a drain that is held up, bytes: some seconds of a very full stream. */
const TAIL_BYTES = 32 * 1024 * 1024;
/** Told of a day; more of them say nothing new. */
const MOST_TOLD = 20;

/** The search for a poisonous row goes on with other rows: nothing is gained by waiting. */
class Narrowed extends Error {}

/**
 * Carries ledger rows into a series database, in order, for as long as it takes. While the database is away the same rows are
 * tried for ever; a row that no write survives is set aside with its reason, and its neighbours go on.
 */
export class Drain {
  readonly #engine: SeriesEngine;
  readonly #options: DrainOptions;
  readonly #now: () => number;
  readonly #onStatus: (status: SeriesStatus) => void;
  readonly #onRestated: (changes: readonly Restated[]) => void;
  readonly #targets = new Set<{ readonly seq: number; done(): void }>();
  readonly #tail = new LedgerTail(TAIL_BYTES);
  #ledger: LedgerReader | undefined;
  #stopped = false;
  #woken = true;
  #idle = false;
  #lag = 0;
  /** Ledger sequence that is written and whose restatements were told; the engine's cursor is ahead of it within a step. */
  #told = 0;
  #rouse: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #prunedAt = Number.NEGATIVE_INFINITY;
  #windowsPerRow = 0;
  readonly #search = new PoisonSearch();
  readonly #unwritable: { readonly toldAt: number; readonly text: string }[] = [];

  constructor(
    engine: SeriesEngine,
    options: DrainOptions,
    now: () => number,
    tell: { onStatus(status: SeriesStatus): void; onRestated(changes: readonly Restated[]): void },
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#now = now;
    this.#onStatus = tell.onStatus;
    this.#onRestated = tell.onRestated;
  }

  /** Opens both ends, then drains by itself. Rejects where the database cannot be opened. */
  async start(): Promise<void> {
    await this.#open();
    this.#report();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rouse();
    await this.#running;
    this.#ledger?.close();
    await this.#engine.close();
  }

  /** There are new rows; those of `groups` are at hand, others are in the ledger. */
  wake(groups: readonly StoredGroup[]): void {
    this.#tail.offer(groups);
    this.#woken = true;
    if (this.#idle) this.#rouse();
  }

  /** Resolves when what the ledger holds now is written. */
  drained(): Promise<void> {
    const seq = this.#reader().lastSeq();
    if (seq <= this.#told) return Promise.resolve();
    return new Promise((resolve) => {
      this.#targets.add({ seq, done: resolve });
      this.#woken = true;
      this.#rouse();
    });
  }

  #reader(): LedgerReader {
    this.#ledger ??= new LedgerReader(this.#options.ledgerFile);
    return this.#ledger;
  }

  async #open(): Promise<void> {
    await this.#engine.open(this.#reader());
    this.#told = this.#engine.cursor;
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let failed = false;
    let broken = false;
    while (!this.#stopped) {
      try {
        if (broken) await this.#open();
        broken = false;
        const more = await this.#step();
        if (failed) this.#report();
        failed = false;
        retryMs = FIRST_RETRY_MS;
        if (!more) await this.#rest();
      } catch (error) {
        failed = true;
        this.#report(messageOf(error));
        broken = !(error instanceof Narrowed);
        if (!broken) {
          retryMs = FIRST_RETRY_MS;
          continue;
        }
        await this.#sleep(retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      }
    }
  }

  /** Writes one batch. True where more waits or somebody waits for it. */
  async #step(): Promise<boolean> {
    this.#woken = false;
    await this.#engine.ready();
    const ledger = this.#reader();
    await this.#settlePoison(ledger);
    const limit = this.#search.rows(this.#nextRows());
    const { rows, more } = this.#next(ledger, limit);
    if (rows.length > 0) {
      const { restated, windows } = await this.#write(rows, ledger);
      this.#windowsPerRow = windows / rows.length;
      if (restated.length > 0) this.#onRestated(restated);
      this.#report();
    }
    this.#told = this.#engine.cursor;
    for (const target of this.#targets) {
      if (target.seq > this.#told) continue;
      this.#targets.delete(target);
      target.done();
    }
    if (this.#now() - this.#prunedAt >= this.#options.pruneEveryMs) {
      this.#prunedAt = this.#now();
      await this.#engine.prune(this.#prunedAt);
    }
    return more || this.#targets.size > 0;
  }

  /** The rows after the cursor, and whether more are known to follow. A batch is of the tail or of the file, never of both. */
  #next(ledger: LedgerReader, limit: number): { readonly rows: LedgerRows; readonly more: boolean } {
    const { cursor } = this.#engine;
    const tail = this.#tail.after(cursor, limit);
    if (tail !== undefined) {
      ledger.learn();
      return { rows: tail, more: this.#tail.firstAfter(cursor + tail.length) < Number.POSITIVE_INFINITY };
    }
    const inTail = this.#tail.firstAfter(cursor);
    const rows = ledger.stretch(cursor, Math.min(limit, inTail - cursor - 1));
    return { rows, more: rows.length === limit || inTail < Number.POSITIVE_INFINITY };
  }

  async #write(rows: LedgerRows, ledger: LedgerReader): Promise<Written> {
    const before = this.#engine.cursor;
    try {
      const written = await this.#engine.write(rows, ledger, this.#now());
      this.#search.written(rows.length);
      return written;
    } catch (error) {
      // What failed after the rows were in is not their fault.
      if (this.#engine.isOutage(error) || this.#engine.cursor > before) throw error;
      throw this.#search.failed(rows.length, error) ? new Narrowed(messageOf(error)) : error;
    }
  }

  /** Takes the row that was found poisonous out of the way. */
  async #settlePoison(ledger: LedgerReader): Promise<void> {
    const { reason } = this.#search;
    if (reason === undefined) return;
    const [row] = ledger.after(this.#engine.cursor, 1);
    if (row !== undefined) {
      await this.#engine.setRowAside(row[0], reason, describeRow(row, ledger));
      const source = ledger.sources[row[2]];
      const text = `reading of ${source?.device} for ${source?.station} at ${new Date(row[1]).toISOString()} set aside: ${reason}`;
      this.#unwritable.push({ toldAt: this.#now(), text });
      if (this.#unwritable.length > MOST_TOLD) this.#unwritable.shift();
    }
    this.#search.settled();
  }

  /** As many rows as touch the windows of a batch, if they are like the last ones. */
  #nextRows(): number {
    return Math.max(1, Math.min(this.#options.batchRows, Math.ceil(BATCH_WINDOWS / this.#windowsPerRow)));
  }

  async #rest(): Promise<void> {
    await this.#sleep(this.#options.restMs);
    this.#idle = true;
    while (!this.#woken && !this.#stopped) await this.#sleep(this.#options.pruneEveryMs);
    this.#idle = false;
  }

  /** Ends early when roused. */
  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#rouse();
    });
    this.#rouse = () => {};
  }

  #report(error?: string): void {
    const { cursor, setAside } = this.#engine;
    const since = this.#now() - DAY_MS;
    const unwritable = this.#unwritable.filter(({ toldAt }) => toldAt >= since).map(({ text }) => text);
    const known = { cursor, setAside, ...(unwritable.length > 0 && { unwritable }) };
    if (error === undefined) {
      this.#lag = Math.max(0, this.#reader().lastSeq() - cursor);
      this.#onStatus({ ...known, state: this.#lag > this.#options.batchRows ? 'behind' : 'up', lag: this.#lag });
    } else {
      this.#onStatus({ ...known, state: 'down', lag: this.#lag, error });
    }
  }
}
