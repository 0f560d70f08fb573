import type { Readable } from 'node:stream';

/** A bulk POST of readings as it came in; the body is still to be read. */
export interface BulkRequest {
  /** Media type without parameters, lower case. */
  readonly contentType: string;
  /** `identity` or `gzip`. */
  readonly contentEncoding: string;
  /** Repeats with the same key and content get the first answer again. */
  readonly idempotencyKey?: string;
  /** Who sends; keys of different senders never meet. */
  readonly sender: string;
  readonly body: Readable;
}

export type BulkOutcome = 'stored' | 'duplicate' | 'conflict' | 'replaced' | 'refused';

/** What became of one row. */
interface BulkRowView {
  /** Line of a CSV or JSON lines body, or place in a JSON array; from 1. */
  readonly row: number;
  readonly outcome: BulkOutcome;
  /** Why it was refused, or which of its values was left out; absent otherwise. */
  readonly reason?: string;
}

export interface BulkView {
  readonly total: number;
  readonly counts: Readonly<Record<BulkOutcome, number>>;
  /** Every row up to 10,000; of larger bodies the first 10,000 that were not stored. */
  readonly rows: readonly BulkRowView[];
  /** True where a repeat was answered from memory. */
  readonly repeated: boolean;
}

export type BulkFault =
  | 'body.type'
  | 'body.syntax'
  | 'body.too-large'
  | 'request.conflict'
  | 'rate.limited'
  | 'service.unavailable';

/** A body that cannot be worked on, or not to its end; `message` says how many rows were taken before. */
export class BulkRefused extends Error {
  readonly code: BulkFault;

  constructor(code: BulkFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The door for many readings at once. */
export interface BulkIntake {
  /** Reads the body to its end and gives every row's outcome. Rejects with `BulkRefused`. */
  receive(request: BulkRequest): Promise<BulkView>;
}

/** One row of a bulk body or a file: for whom it is, and the reading as a device would publish it. */
export interface BulkRow {
  readonly station: string;
  /** Absent where the sender leaves it to the registry: the station's only device. */
  readonly device: string | undefined;
  /** One reading of the contract's payload: `values` and the rest. Not checked yet. */
  readonly reading: Readonly<Record<string, unknown>>;
}

/** `reason` of a row that was taken: the first of its values that was left out, and why. */
export type RowOutcome =
  | { readonly outcome: Exclude<BulkOutcome, 'refused'>; readonly reason?: string }
  | { readonly outcome: 'refused'; readonly reason: string };

/** The receiver as bulk gateways need it: the same checks, the same quality control and the same ledger as for MQTT. */
export interface RowGate {
  /** One outcome a row, in order, after the commit. Rejects where the disk refuses; the sender then repeats, duplicates are harmless. */
  takeRows(rows: readonly BulkRow[], receivedAt: number): Promise<readonly RowOutcome[]>;
}
