import type { DayFigureView, ImportView, RestatementCause } from '@clearbay/contract/api.ts';
import type { DeviceCredential } from '@clearbay/contract/gate.ts';

export type ClaimState = 'open' | 'pending' | 'approved' | 'rejected' | 'collected';

/** A one-time claim: made by an operator, redeemed by one device, decided by an operator, collected once. */
export interface ClaimRow {
  readonly id: string;
  /** SHA-256 of the code, hex; the code itself is shown once and never kept. */
  readonly codeHash: string;
  readonly stations: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  /** The code must be redeemed before this. */
  readonly expiresAt: number;
  readonly state: ClaimState;
  /** Null until it is redeemed. */
  readonly device: string | null;
  /** SHA-256 of the secret with which the redeemer asks for its credentials. */
  readonly secretHash: string | null;
  readonly redeemedAt: number | null;
  readonly address: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
}

export interface ClaimStore {
  add(claim: Pick<ClaimRow, 'id' | 'codeHash' | 'stations' | 'createdBy' | 'createdAt' | 'expiresAt'>): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly ClaimRow[]>;
  /** Turns an open claim that has not expired into a pending one, once. */
  redeem(by: {
    readonly codeHash: string;
    readonly device: string;
    readonly secretHash: string;
    readonly address: string;
    readonly at: number;
  }): Promise<'redeemed' | 'unknown' | 'taken'>;
  /** Decides the pending claim of a device; undefined where it has none. */
  decide(decision: {
    readonly device: string;
    readonly state: 'approved' | 'rejected';
    readonly by: string;
    readonly at: number;
  }): Promise<ClaimRow | undefined>;
  bySecret(secretHash: string): Promise<ClaimRow | undefined>;
  /** Ends an approved claim and saves the device's credential in one transaction; false where another call was first. */
  collect(id: string, credential: DeviceCredential): Promise<boolean>;
}

/** What a person decided of a metric's values in a span of event times, both ends included. */
export interface ReviewRow {
  readonly id: number;
  readonly station: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly action: 'exclude' | 'restore';
  readonly person: string;
  readonly reason: string;
  readonly at: number;
  /** Readings corrected by it; null while it is being carried out. */
  readonly changed: number | null;
}

export interface ReviewStore {
  /** Gives the review's number; later reviews have higher ones. */
  add(review: Omit<ReviewRow, 'id' | 'changed'>): Promise<number>;
  finish(id: number, changed: number): Promise<void>;
  /** Every review, oldest first. */
  all(): Promise<readonly ReviewRow[]>;
  /** Newest first; `before` is a review's number. */
  list(query: { readonly station: string; readonly before?: number; readonly limit: number }): Promise<readonly ReviewRow[]>;
}

/** The figure that was given out for an ended day; null values where the day had none. */
export interface PublishedDay {
  readonly station: string;
  /** START of the natural day, epoch ms. */
  readonly day: number;
  readonly figure: DayFigureView;
  readonly at: number;
}

export interface RestatementRow {
  readonly id: number;
  readonly station: string;
  readonly day: number;
  readonly at: number;
  readonly cause: RestatementCause;
  /** Who, where a person is behind it. */
  readonly person: string | null;
  readonly reason: string | null;
  readonly old: DayFigureView;
  readonly new: DayFigureView;
}

export interface DayStore {
  /** Published days of a station in [from, until), oldest first. */
  published(station: string, from: number, until: number): Promise<readonly PublishedDay[]>;
  /** Gives days out for the first time; one that is out already stays as it is. */
  publish(days: readonly PublishedDay[]): Promise<void>;
  /** Writes the record and the new figure together. */
  restate(restatements: readonly Omit<RestatementRow, 'id'>[]): Promise<void>;
  /** Newest first; `before` is a record's number. */
  restatements(query: {
    readonly station?: string;
    readonly from?: number;
    readonly until?: number;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly RestatementRow[]>;
}

/** What a person asked for with a file. */
export interface ImportOrder {
  readonly kind: string;
  /** Name of the column mapping. */
  readonly columns: string;
  readonly station?: string;
  /** NAME=STATION pairs, separated by commas. */
  readonly map?: string;
  readonly device?: string;
  readonly historical: boolean;
}

/** An import as it stands; `file` is the spooled body, gone once it has ended. */
export interface ImportRow extends Omit<ImportView, 'order'> {
  readonly order: ImportOrder;
  readonly file: string;
}

export interface ImportStore {
  save(job: ImportRow): Promise<void>;
  find(id: string): Promise<ImportRow | undefined>;
  /** Newest first. */
  list(limit: number): Promise<readonly ImportRow[]>;
  /** Not ended, oldest first. */
  unfinished(): Promise<readonly ImportRow[]>;
}

/** What was answered to a request that came with an idempotency key. */
export interface AnsweredRow {
  /** Sender and key. */
  readonly key: string;
  readonly at: number;
  /** Of the request's content: a key belongs to one. */
  readonly digest: string;
  /** JSON. */
  readonly answer: string;
}

export interface AnswerStore {
  find(key: string): Promise<AnsweredRow | undefined>;
  /** Saves an answer and lets go those from before `since` and the oldest beyond the limits (`bytes`: characters of all answers). */
  save(answered: AnsweredRow, limits: { readonly since: number; readonly rows: number; readonly bytes: number }): Promise<void>;
}
