import type { Readable } from 'node:stream';
import type {
  BackupView,
  ClaimView,
  CollectedView,
  ConflictView,
  ImportView,
  NewClaimView,
  RedeemedView,
  ReviewView,
  RevokedView,
  RotatedView,
} from './api.ts';

/** Stable codes of what operators' commands are refused with. */
export type IntakeFault =
  | 'input.invalid'
  | 'claim.unknown'
  | 'device.unknown'
  | 'device.taken'
  | 'station.unknown'
  | 'metric.unknown'
  | 'readings.none'
  | 'conflict.unknown'
  | 'import.unknown'
  | 'backup.unknown'
  | 'body.type'
  | 'body.syntax'
  | 'body.too-large'
  | 'request.conflict'
  | 'service.unavailable';

/** A command that is not carried out; the message is for the person who gave it. */
export class IntakeRefused extends Error {
  readonly code: IntakeFault;

  constructor(code: IntakeFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** How devices come to their credentials, renew and lose them. Rejects with `IntakeRefused`. */
export interface Provisioning {
  /** A one-time code for stations, shown once. */
  createClaim(claim: {
    readonly stations: readonly string[];
    readonly lifeMs: number;
    readonly person: string;
  }): Promise<NewClaimView>;
  /** A device brings a code and names itself; it then waits for an operator. */
  redeem(claim: { readonly code: string; readonly device: string; readonly address: string }): Promise<RedeemedView>;
  /** What became of it; the credentials come with the first call after the approval and never again. */
  collect(secret: string): Promise<CollectedView>;
  claims(): Promise<readonly ClaimView[]>;
  decide(device: string, decision: 'approved' | 'rejected', person: string): Promise<ClaimView>;
  /** A new password at once; the former one is taken for `graceMs` more, so that no connection is lost. */
  rotate(device: string, graceMs: number): Promise<RotatedView>;
  /** Takes the credentials back and ends live connections. */
  revoke(device: string): Promise<RevokedView>;
}

export interface ReviewOrder {
  readonly station: string;
  readonly metric: string;
  /** Event times, both included, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly action: 'exclude' | 'restore';
  readonly reason: string;
  readonly person: string;
}

/** Manual review: a person takes values out of the judgement, or puts them back, with a reason. */
export interface Reviews {
  /** Resolves when every reading of the span is corrected in the ledger. Rejects with `IntakeRefused`. */
  review(order: ReviewOrder): Promise<ReviewView>;
}

/** `from` and `to` are event times, both included; `before` pages on by a conflict's number. */
export interface ConflictQuery {
  readonly station?: string;
  readonly from?: number;
  readonly to?: number;
  readonly before?: number;
  readonly limit: number;
}

export interface ConflictOrder {
  readonly id: number;
  readonly decision: 'accept' | 'dismiss';
  readonly reason: string;
  readonly person: string;
}

/** Readings that came again with other content. Rejects with `IntakeRefused`. */
export interface Conflicts {
  /** Those that wait for a decision, newest first. */
  list(query: ConflictQuery): Promise<readonly ConflictView[]>;
  /** Makes the other content current, or closes the conflict; gives it as it stood before. */
  decide(order: ConflictOrder): Promise<ConflictView>;
}

export interface ImportRequest {
  readonly order: ImportView['order'];
  readonly person: string;
  /** Media type without parameters, lower case. */
  readonly contentType: string;
  /** `identity` or `gzip`. */
  readonly contentEncoding: string;
  readonly body: Readable;
}

/** Files of readings that are worked through beside the live data. Rejects with `IntakeRefused`. */
export interface Imports {
  /** Resolves when the whole body is on disk; the work then goes on by itself, over restarts too. */
  accept(request: ImportRequest): Promise<ImportView>;
  find(id: string): Promise<ImportView>;
  list(): Promise<readonly ImportView[]>;
}

/** Copies of the installation's files while it runs. Rejects with `IntakeRefused`. */
export interface Backups {
  begin(): Promise<BackupView>;
  find(id: string): Promise<BackupView>;
}
