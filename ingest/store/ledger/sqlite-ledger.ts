import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import type { CandidateQuery, Ledger, LedgerEntry, LedgerStatus, RevisionCandidate } from '../ports/ledger.ts';
import type { CommitApi, GroupReply } from './commit-thread.ts';
import type { LedgerFileOptions, LedgerHead } from './ledger-file.ts';
import { NameTable } from './names.ts';
import { ReadingPacker } from './packer.ts';
import type { ReadApi } from './read-thread.ts';
import { unpackRows } from './rows.ts';
import { type StoredGroup, storedGroup } from './stored-group.ts';
import { StorageThread } from './thread.ts';

export interface SqliteLedgerOptions extends LedgerFileOptions {
  readonly clock?: Clock;
  /** How often old rows are pruned, ms; default 30 s. */
  readonly maintainEveryMs?: number;
}

interface Waiting {
  readonly count: number;
  resolve(outcomes: Uint8Array): void;
  reject(error: Error): void;
}

/** Groups at the storage thread: while one is written and synced the next one is there already, and the thread never waits for us. */
const GROUPS = 2;
/** Readings from which a second group is worth its own sync; fewer wait for the first one to land. */
const WORTH_A_GROUP = 64;
/** Buffers that a burst made larger than this are not kept for the next groups. */
const KEPT_BYTES = 1024 * 1024;

/**
 * The ledger on SQLite. One thread commits, one reads, so that no query delays an acknowledgement.
 * What is appended while commits run goes together into the next one; there is no timer. Groups are committed and answered in
 * the order they were sent; one that fails says nothing of the one behind it, which is stored or refused by itself.
 */
export class SqliteLedger implements Ledger {
  readonly #options: LedgerFileOptions;
  readonly #clock: Clock;
  readonly #maintainEveryMs: number;
  readonly #names = new NameTable();
  #committer: StorageThread<CommitApi> | undefined;
  #reader: StorageThread<ReadApi> | undefined;
  #packer: ReadingPacker;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #groups = 0;
  #newest: Promise<void> = Promise.resolve();
  #isSendQueued = false;
  /** Names that the storage thread has been told, stored or not. */
  #toldSources = 0;
  #toldMetrics = 0;
  readonly #free: ArrayBuffer[] = [];
  #head: LedgerHead = { lastSeq: 0, oldestSeq: 1, bytes: 0, candidates: 0, candidatesLeftOut: 0 };
  #error: string | undefined;
  #released = 0;
  #timer: NodeJS.Timeout | undefined;
  #maintaining: Promise<void> | undefined;
  #follower: ((group: StoredGroup) => void) | undefined;

  constructor({ file, retentionMs, maxBytes, clock = systemClock, maintainEveryMs = 30_000 }: SqliteLedgerOptions) {
    this.#options = { file, retentionMs, maxBytes };
    this.#clock = clock;
    this.#maintainEveryMs = maintainEveryMs;
    this.#packer = new ReadingPacker(this.#names);
  }

  /** Opens or creates the file. Rejects where the folder is missing or the file is no ledger. */
  async start(): Promise<void> {
    this.#committer = await this.#open();
    this.#timer = setInterval(() => void this.maintain().catch(() => {}), this.#maintainEveryMs).unref();
  }

  /** Commits what was appended, then closes the file. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#inFlight + this.#packer.count > 0) await this.#newest;
    await this.#maintaining?.catch(() => {});
    const [committer, reader] = [this.#committer, this.#reader];
    this.#committer = undefined;
    this.#reader = undefined;
    await reader?.call('close', []).catch(() => {});
    await committer?.call('close', []).catch(() => {});
    await Promise.all([reader?.end(), committer?.end()]);
  }

  /** Tells from now on what each commit stored, before its readings are answered. Must not throw. */
  follow(follower: (group: StoredGroup) => void): void {
    this.#follower = follower;
  }

  append(readings: readonly Reading[]): Promise<Uint8Array> {
    if (this.#committer === undefined) return Promise.reject(new Error('the ledger is not started'));
    if (readings.length === 0) return Promise.resolve(new Uint8Array(0));
    try {
      this.#packer.addAll(readings);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ count: readings.length, resolve, reject });
      // One turn of the microtask queue lets the caller's whole batch into the group.
      if (!this.#isSendQueued) {
        this.#isSendQueued = true;
        queueMicrotask(this.#send);
      }
    });
  }

  async readAfter(ledgerSeq: number, limit: number): Promise<readonly LedgerEntry[]> {
    return unpackRows(await (await this.#reading()).call('after', [ledgerSeq, limit]), this.#names);
  }

  async readings(station: string, from: number, to: number): Promise<readonly Reading[]> {
    const rows = await (await this.#reading()).call('current', [station, from, to]);
    return unpackRows(rows, this.#names).map(({ reading }) => reading);
  }

  async arrivals(records: number): Promise<readonly Reading[]> {
    const rows = await (await this.#reading()).call('arrivals', [records]);
    return unpackRows(rows, this.#names).map(({ reading }) => reading);
  }

  async candidates(query: CandidateQuery): Promise<readonly RevisionCandidate[]> {
    const { offered, current } = await (await this.#reading()).call('candidates', [query]);
    const counting = new Map(unpackRows(current, this.#names).map(({ ledgerSeq: id, reading }) => [id, reading]));
    return unpackRows(offered, this.#names).map(({ ledgerSeq: id, reading }) => {
      const beside = counting.get(id);
      return beside === undefined ? { id, reading } : { id, reading, current: beside };
    });
  }

  async dismiss(candidate: number): Promise<boolean> {
    if (this.#committer === undefined) throw new Error('the ledger is not started');
    const { done, ...head } = await this.#committer.call('dismiss', [candidate]);
    this.#head = head;
    return done;
  }

  status(): LedgerStatus {
    const pending = this.#inFlight + this.#packer.count;
    const writable = this.#error === undefined;
    return { ...this.#head, pending, writable, ...(this.#error === undefined ? {} : { error: this.#error }) };
  }

  /** Everything up to this sequence is in the long memory; it may be pruned once past its retention. */
  release(ledgerSeq: number): void {
    this.#released = Math.max(this.#released, ledgerSeq);
  }

  /** Prunes what is released and past its retention; runs by itself every `maintainEveryMs`. */
  async maintain(): Promise<void> {
    this.#maintaining ??= this.#maintainAll().finally(() => {
      this.#maintaining = undefined;
    });
    await this.#maintaining;
  }

  /** A consistent copy of the running ledger in one file. */
  async backup(file: string): Promise<void> {
    await (await this.#reading()).call('backup', [file]);
  }

  async #maintainAll(): Promise<void> {
    for (let more = true; more && this.#committer?.alive; ) {
      const { more: left, ...head } = await this.#committer.call('maintain', [this.#clock.now(), this.#released]);
      this.#head = head;
      more = left;
    }
  }

  async #open(): Promise<StorageThread<CommitApi>> {
    const committer = new StorageThread<CommitApi>(new URL('./commit-thread.ts', import.meta.url), 'ledger');
    try {
      const { sources, metrics, ...head } = await committer.call('open', [this.#options]);
      // After a crash of the thread our own names are the longer list; the file's are its beginning.
      if (this.#names.sources.length < sources.length || this.#names.metrics.length < metrics.length)
        this.#names.load(sources, metrics);
      this.#toldSources = sources.length;
      this.#toldMetrics = metrics.length;
      this.#head = head;
      return committer;
    } catch (error) {
      await committer.end();
      throw error;
    }
  }

  async #reading(): Promise<StorageThread<ReadApi>> {
    if (this.#committer === undefined) throw new Error('the ledger is not started');
    if (this.#reader?.alive) return this.#reader;
    this.#reader = new StorageThread<ReadApi>(new URL('./read-thread.ts', import.meta.url), 'ledger reader');
    await this.#reader.call('open', [this.#options.file]);
    return this.#reader;
  }

  /** Sends everything that waits as one group, where another one may go. */
  readonly #send = (): void => {
    this.#isSendQueued = false;
    if (this.#waiting.length === 0 || !this.#mayGo()) return;
    const packer = this.#packer;
    const waiting = this.#waiting;
    this.#packer = new ReadingPacker(this.#names, this.#free.pop());
    this.#waiting = [];
    this.#groups += 1;
    this.#inFlight += packer.count;
    this.#newest = this.#settle(this.#commit(packer), packer, waiting);
  };

  #mayGo(): boolean {
    if (this.#groups === 0) return true;
    // A dead thread is replaced for one group alone: the next one goes when it is known what that one left.
    return this.#groups < GROUPS && this.#packer.count >= WORTH_A_GROUP && this.#committer?.alive === true;
  }

  async #settle(commit: Promise<GroupReply>, { count, size }: ReadingPacker, waiting: readonly Waiting[]): Promise<void> {
    try {
      const { outcomes, buffer, ...head } = await commit;
      this.#landed(count);
      this.#error = undefined;
      this.#head = head;
      const stored = this.#follower && storedGroup({ buffer, size }, outcomes, head.lastSeq);
      if (stored !== undefined) this.#follower?.(stored);
      if (buffer.byteLength <= KEPT_BYTES) this.#free.push(buffer);
      let offset = 0;
      for (const { count, resolve } of waiting) {
        resolve(outcomes.subarray(offset, offset + count));
        offset += count;
      }
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#landed(count);
      this.#error = failure.message;
      for (const { reject } of waiting) reject(failure);
      // Old rows may be all that is in the way.
      this.maintain().catch(() => {});
    }
    this.#send();
  }

  #landed(count: number): void {
    this.#groups -= 1;
    this.#inFlight -= count;
  }

  /** Sends at once where the thread lives: groups leave in the order of their calls. */
  #commit(packer: ReadingPacker): Promise<GroupReply> {
    if (this.#committer?.alive) return this.#hand(packer, this.#committer);
    return this.#open().then((committer) => {
      this.#committer = committer;
      return this.#hand(packer, committer);
    });
  }

  #hand({ buffer, count }: ReadingPacker, committer: StorageThread<CommitApi>): Promise<GroupReply> {
    const sources = this.#names.sources.slice(this.#toldSources);
    const metrics = this.#names.metrics.slice(this.#toldMetrics);
    this.#toldSources += sources.length;
    this.#toldMetrics += metrics.length;
    return committer.call('commit', [{ buffer, count, sources, metrics }], [buffer]);
  }
}
