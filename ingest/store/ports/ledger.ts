import type { Reading } from '@clearbay/domain/reading.ts';

/** What became of one appended reading. */
export const OUTCOME = { stored: 0, duplicate: 1, conflict: 2, replaced: 3 } as const;

/** A committed reading and its place in the ledger; `ledgerSeq` rises strictly with each stored record. */
export interface LedgerEntry {
  readonly ledgerSeq: number;
  readonly reading: Reading;
}

export interface LedgerStatus {
  readonly lastSeq: number;
  readonly oldestSeq: number;
  readonly bytes: number;
  /** Records handed over and not yet committed. */
  readonly pending: number;
  /** False while commits fail (full disk); appends are then rejected and retried by nobody but the device. */
  readonly writable: boolean;
  readonly error?: string;
}

/** What is acknowledged lives here first. Group commit in a storage thread; a resolved append is on disk. */
export interface Ledger {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Commits the readings in order and resolves after fsync with one OUTCOME byte a reading.
   * Same identity and content: duplicate. Other content: conflict, kept as a revision candidate.
   * `correction` with a higher `rev`: replaced. Rejects where the disk refuses; then nothing of the call is stored.
   */
  append(readings: readonly Reading[]): Promise<Uint8Array>;
  /** Entries after a sequence, oldest first. */
  readAfter(ledgerSeq: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** Current readings of a station in [from, to], by event time; corrections already applied. */
  readings(station: string, from: number, to: number): Promise<readonly Reading[]>;
  status(): LedgerStatus;
}
