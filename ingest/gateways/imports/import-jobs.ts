import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportView } from '@clearbay/contract/api.ts';
import type { BulkRow, RowGate, RowOutcome } from '@clearbay/contract/bulk.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import { type ImportRequest, type Imports, IntakeRefused } from '@clearbay/contract/intake.ts';
import type { Text } from '@clearbay/domain/text.ts';
import type { ImportOrder, ImportRow, ImportStore } from '@clearbay/store/ports/intake.ts';
import { spool } from './spool.ts';

/** What a reader tells besides the rows. */
export interface ReaderEvents {
  onFault(line: number, reason: string): void;
  /** Bytes of the file read so far. */
  onRead(bytes: number): void;
}

/** Reads files of readings as an order says. */
export interface ImportReader {
  /** Throws `IntakeRefused` for an order that cannot be carried out: no such mapping, station or device. */
  check(order: ImportOrder): void;
  /** Rows in the order of the file; the same each time. */
  rows(order: ImportOrder, path: string, told: ReaderEvents): AsyncIterable<BulkRow>;
}

/** The board on which long work is shown. */
export interface ImportBoard {
  open(id: string, label: Text, total: number): { advance(done: number, total: number): void; finish(): void };
}

export interface ImportJobsOptions {
  readonly store: ImportStore;
  readonly gate: RowGate;
  readonly reader: ImportReader;
  readonly board: ImportBoard;
  /** Spooled files; created where missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told of rows before they are taken: a person stands behind them. */
  readonly onRows?: (rows: readonly BulkRow[], person: string) => void;
  readonly maxBytes?: number;
}

const MAX_BYTES = 256 * 1024 * 1024;
const BATCH = 500;
const FAULTS_KEPT = 100;
const LISTED = 100;
const SAVE_EVERY_MS = 1000;
const RETRY_MS = 1000;
const ENDINGS: Readonly<Record<string, string>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
};

function viewOf({ file, ...view }: ImportRow): ImportView {
  return view;
}

type Running = { -readonly [K in keyof ImportRow]: ImportRow[K] } & {
  counts: { -readonly [K in keyof ImportRow['counts']]: number };
  faults: { line: number | null; reason: string }[];
};

/**
 * Imports of files, one after the other. A file is on disk before it is accepted; how far the work is stands in the state store,
 * so a restart goes on where it was. Its rows go through the receiver, which lets live readings pass first.
 */
export class ImportJobs implements Imports {
  readonly #options: ImportJobsOptions;
  readonly #stopped = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #current: Running | undefined;

  constructor(options: ImportJobsOptions) {
    this.#options = options;
  }

  /** Goes on with what the last process left. */
  async start(): Promise<void> {
    const { store, folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const jobs = await store.unfinished();
    const wanted = new Set(jobs.map(({ file }) => file));
    for (const name of await readdir(folder)) if (!wanted.has(name)) await rm(join(folder, name), { force: true });
    for (const job of jobs) this.#enqueue(job);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#queue;
  }

  async accept({ order, person, contentType, contentEncoding, body }: ImportRequest): Promise<ImportView> {
    const { store, reader, folder, clock, maxBytes = MAX_BYTES } = this.#options;
    const ending = Object.hasOwn(ENDINGS, contentType) ? ENDINGS[contentType] : undefined;
    if (ending === undefined) throw new IntakeRefused('body.type', `send one of ${Object.keys(ENDINGS).join(', ')}`);
    reader.check(order);
    const id = randomUUID();
    const file = `${id}.${ending}`;
    const bytes = await spool(body, contentEncoding, join(folder, file), maxBytes);
    const job: ImportRow = {
      id,
      state: 'waiting',
      person,
      order,
      file,
      bytes,
      doneBytes: 0,
      rows: 0,
      counts: { stored: 0, duplicate: 0, conflict: 0, replaced: 0, refused: 0 },
      faults: [],
      createdAt: clock.now(),
      finishedAt: null,
      error: null,
    };
    await store.save(job);
    this.#enqueue(job);
    return viewOf(job);
  }

  async find(id: string): Promise<ImportView> {
    const job = this.#current?.id === id ? this.#current : await this.#options.store.find(id);
    if (job === undefined) throw new IntakeRefused('import.unknown', `there is no import ${id}`);
    return viewOf(job);
  }

  async list(): Promise<readonly ImportView[]> {
    const current = this.#current;
    return (await this.#options.store.list(LISTED)).map((job) => viewOf(job.id === current?.id ? current : job));
  }

  #enqueue(job: ImportRow): void {
    this.#queue = this.#queue.then(() => this.#run(job)).catch(() => undefined);
  }

  async #run(waiting: ImportRow): Promise<void> {
    const { store, board, folder, clock } = this.#options;
    if (this.#stopped.signal.aborted) return;
    const job: Running = { ...waiting, state: 'running', counts: { ...waiting.counts }, faults: [...waiting.faults] };
    this.#current = job;
    const progress = board.open(
      `import-${job.id}`,
      { zh: `导入 ${job.order.kind}`, en: `Import of ${job.order.kind}` },
      job.bytes,
    );
    try {
      await this.#work(job, () => progress.advance(job.doneBytes, job.bytes));
      job.state = 'done';
      job.doneBytes = job.bytes;
    } catch (error) {
      if (this.#stopped.signal.aborted) {
        await store.save(job);
        return;
      }
      job.state = 'failed';
      job.error = error instanceof Error ? error.message : String(error);
    } finally {
      progress.finish();
      this.#current = undefined;
    }
    job.finishedAt = clock.now();
    await store.save(job);
    await rm(join(folder, job.file), { force: true });
  }

  async #work(job: Running, onProgress: () => void): Promise<void> {
    const { reader, folder, store } = this.#options;
    const skip = job.rows;
    let seen = 0;
    let readBytes = 0;
    let savedAt = performance.now();
    const told = {
      onFault: (line: number, reason: string) => {
        if (seen >= skip) refuse(job, { line, reason });
      },
      onRead: (bytes: number) => {
        readBytes = bytes;
      },
    };
    let batch: BulkRow[] = [];
    const take = async () => {
      await this.#take(batch, job);
      batch = [];
      job.doneBytes = Math.max(job.doneBytes, readBytes);
      onProgress();
      if (performance.now() - savedAt < SAVE_EVERY_MS) return;
      savedAt = performance.now();
      await store.save(job);
    };
    for await (const row of reader.rows(job.order, join(folder, job.file), told)) {
      seen += 1;
      if (seen <= skip) continue;
      batch.push(row);
      if (batch.length === BATCH) await take();
    }
    if (batch.length > 0) await take();
  }

  /** Takes a batch, again and again while the disk refuses. */
  async #take(batch: readonly BulkRow[], job: Running): Promise<void> {
    const { gate, clock, onRows } = this.#options;
    const outcomes = await this.#untilTaken(() => {
      onRows?.(batch, job.person);
      return gate.takeRows(batch, clock.now());
    });
    for (const outcome of outcomes) {
      if (outcome.outcome === 'refused') refuse(job, { line: null, reason: outcome.reason });
      else job.counts[outcome.outcome] += 1;
    }
    job.rows += batch.length;
  }

  async #untilTaken(take: () => Promise<readonly RowOutcome[]>): Promise<readonly RowOutcome[]> {
    for (;;) {
      if (this.#stopped.signal.aborted) throw new Error('the system stops');
      try {
        return await take();
      } catch {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, RETRY_MS);
          this.#stopped.signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
    }
  }
}

function refuse(job: Running, fault: { readonly line: number | null; readonly reason: string }): void {
  job.counts.refused += 1;
  if (job.faults.length < FAULTS_KEPT) job.faults.push(fault);
}
