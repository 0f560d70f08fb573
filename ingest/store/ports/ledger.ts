import type { Reading } from '@clearbay/domain/reading.ts';

/** What became of one appended reading. */
export const OUTCOME = { stored: 0, duplicate: 1, conflict: 2, replaced: 3 } as const;

/** A committed reading and its place in the ledger; `ledgerSeq` rises strictly with each stored record. */
export interface LedgerEntry {
  readonly ledgerSeq: number;
  readonly reading: Reading;
}

/** Content that came for an identity which had other content already, and waits for a person's decision. */
export interface RevisionCandidate {
  /** Later ones have higher numbers. */
  readonly id: number;
  readonly reading: Reading;
  /** What counts; absent where the ledger has let it go (the series store has it then). */
  readonly current?: Reading;
}

/** `from` and `to` are event times, both included; `before` pages on by a candidate's number. */
export interface CandidateQuery {
  readonly station?: string;
  readonly from?: number;
  readonly to?: number;
  readonly before?: number;
  readonly limit: number;
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
  /** Revision candidates that wait for a decision. */
  readonly candidates: number;
  /** Conflicts since the start that were not kept as candidates: their identity had its share of them. */
  readonly candidatesLeftOut: number;
}

/** What is acknowledged lives here first. Group commit in a storage thread; a resolved append is on disk. */
export interface Ledger {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Commits the readings in order and resolves after fsync with one OUTCOME byte a reading.
   * Same identity and content: duplicate. Other content: conflict, kept as a revision candidate (the first few of an identity).
   * `correction` with a higher `rev`: replaced; with other content it also settles the identity's candidates. Rejects where the disk refuses; then nothing of the call is stored.
   */
  append(readings: readonly Reading[]): Promise<Uint8Array>;
  /** Entries after a sequence, oldest first. */
  readAfter(ledgerSeq: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** Current readings of a station in [from, to], by event time; corrections already applied. */
  readings(station: string, from: number, to: number): Promise<readonly Reading[]>;
  /** Of the newest `records`, the readings that came without an event time, oldest first. */
  arrivals(records: number): Promise<readonly Reading[]>;
  /** Open candidates, newest first. They outlive the entries beside them. */
  candidates(query: CandidateQuery): Promise<readonly RevisionCandidate[]>;
  /** The current content stays: the candidate is closed. False where none of this number is open. */
  dismiss(candidate: number): Promise<boolean>;
  status(): LedgerStatus;
}
