import type { Readable } from 'node:stream';
import {
  type BulkIntake,
  type BulkOutcome,
  BulkRefused,
  type BulkRequest,
  type BulkRow,
  type BulkView,
  type RowGate,
  type RowOutcome,
} from '@clearbay/contract/bulk.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { AnswerStore } from '@clearbay/store/ports/intake.ts';
import { type BodyRow, bodyRows } from './body-rows.ts';
import { AnsweredKeys } from './idempotency.ts';
import { meteredBody } from './metered-body.ts';

export interface BulkLimits {
  readonly bytes: number;
  readonly rows: number;
  /** Bodies worked on at once. */
  readonly atOnce: number;
}

const BULK_LIMITS: BulkLimits = { bytes: 64 * 1024 * 1024, rows: 500_000, atOnce: 2 };

/** Rows handed over at a time; between two hand-overs live readings have their turn. */
const BATCH = 500;
const ROWS_TOLD = 10_000;

/** Outcomes of a body while it is read. */
class Tally {
  readonly counts: Record<BulkOutcome, number> = { stored: 0, duplicate: 0, conflict: 0, replaced: 0, refused: 0 };
  total = 0;
  private rows: BulkView['rows'][number][] = [];

  add(row: number, outcome: RowOutcome): void {
    this.total += 1;
    this.counts[outcome.outcome] += 1;
    if (this.total === ROWS_TOLD + 1) this.rows = this.rows.filter((told) => told.outcome !== 'stored');
    const worthTelling = this.total <= ROWS_TOLD || outcome.outcome !== 'stored';
    if (worthTelling && this.rows.length < ROWS_TOLD) this.rows.push({ row, ...outcome });
  }

  get taken(): number {
    return this.total - this.counts.refused;
  }

  view(): BulkView {
    return { total: this.total, counts: this.counts, rows: this.rows, repeated: false };
  }
}

/** Bulk readings over HTTP, led through the same door as those of devices, batch by batch. */
export class BulkGateway implements BulkIntake {
  private readonly gate: RowGate;
  private readonly clock: Clock;
  private readonly limits: BulkLimits;
  private readonly keys: AnsweredKeys;
  private working = 0;

  constructor(gate: RowGate, clock: Clock, answers: AnswerStore, limits: Partial<BulkLimits> = {}) {
    this.gate = gate;
    this.clock = clock;
    this.keys = new AnsweredKeys(answers);
    this.limits = { ...BULK_LIMITS, ...limits };
  }

  async receive(request: BulkRequest): Promise<BulkView> {
    const key = request.idempotencyKey === undefined ? undefined : `${request.sender}\n${request.idempotencyKey}`;
    if (this.working >= this.limits.atOnce) throw new BulkRefused('rate.limited', 'other bulk bodies are being worked on');
    if (key !== undefined && !this.keys.begin(key))
      throw new BulkRefused('request.conflict', 'this key is still being worked on');
    this.working += 1;
    try {
      return await this.work(request, key);
    } finally {
      this.working -= 1;
      if (key !== undefined) this.keys.end(key);
    }
  }

  private async work({ body, contentType, contentEncoding }: BulkRequest, key: string | undefined): Promise<BulkView> {
    const known = key === undefined ? undefined : await this.keys.find(key, this.clock.now());
    // A stream that has ended with an error already would never tell.
    if (body.destroyed) throw body.errored ?? new Error('the sender has gone');
    // From here on without a pause: an error of the body must find who reads it.
    const { plain, digest } = meteredBody(body, contentEncoding, this.limits.bytes);
    if (known !== undefined) {
      await readToEnd(plain);
      if (digest() !== known.digest) throw new BulkRefused('request.conflict', 'this key came with another body before');
      return { ...known.view, repeated: true };
    }
    const tally = new Tally();
    try {
      await this.takeAll(bodyRows(contentType, plain), tally);
    } catch (error) {
      if (error instanceof BulkRefused)
        throw new BulkRefused(error.code, `${error.message} (${tally.taken} rows were taken)`, error);
      throw error;
    } finally {
      plain.destroy();
    }
    const view = tally.view();
    if (key !== undefined) await this.keys.remember(key, { at: this.clock.now(), digest: digest(), view });
    return view;
  }

  private async takeAll(rows: AsyncGenerator<BodyRow>, tally: Tally): Promise<void> {
    let batch: BodyRow[] = [];
    for await (const row of rows) {
      batch.push(row);
      if (tally.total + batch.length > this.limits.rows) {
        throw new BulkRefused('body.too-large', `a body may have ${this.limits.rows} rows`);
      }
      if (batch.length < BATCH) continue;
      await this.takeBatch(batch, tally);
      batch = [];
    }
    await this.takeBatch(batch, tally);
  }

  /** Refused rows keep their place among the others. */
  private async takeBatch(batch: readonly BodyRow[], tally: Tally): Promise<void> {
    const rows: BulkRow[] = batch.flatMap((row) => ('take' in row ? [row.take] : []));
    let outcomes: readonly RowOutcome[] = [];
    if (rows.length > 0) {
      try {
        outcomes = await this.gate.takeRows(rows, this.clock.now());
      } catch (cause) {
        throw new BulkRefused('service.unavailable', 'readings cannot be stored now; send the body again', cause);
      }
    }
    let next = 0;
    for (const row of batch) {
      if ('fault' in row) {
        tally.add(row.row, { outcome: 'refused', reason: row.fault });
        continue;
      }
      const outcome = outcomes[next];
      next += 1;
      if (outcome === undefined) throw new Error('the receiver gave fewer outcomes than rows');
      tally.add(row.row, outcome);
    }
  }
}

async function readToEnd(body: Readable): Promise<void> {
  body.resume();
  await new Promise<void>((resolve, reject) => {
    body.once('end', resolve);
    body.once('error', reject);
  });
}
