import { ReasonLimiter } from '../observe/reason-limiter.ts';

/** Why a message, a reading or a value was not taken; stable codes. */
export type RefusalReason =
  // the message
  | 'not-json'
  | 'not-an-object'
  | 'empty-array'
  | 'too-many-readings'
  | 'unknown-device'
  | 'unknown-station'
  | 'foreign-station'
  | 'wrong-kind'
  | 'overloaded'
  // a row of a bulk body that names no device of a station with none or several
  | 'device-missing'
  // one reading
  | 'no-values'
  | 'bad-time'
  | 'no-zone'
  | 'too-old'
  | 'too-far-in-future'
  | 'too-many-without-time'
  | 'bad-field'
  | 'bay-missing'
  | 'bay-unexpected'
  | 'unknown-bay'
  // one value
  | 'unknown-metric'
  | 'not-a-number'
  | 'not-finite'
  | 'negative-zero'
  | 'bad-mark';

export interface Refusal {
  readonly at: number;
  readonly reason: RefusalReason;
  /** What it was about: the station, and the metric where there is one. */
  readonly subject: string;
  /** Beginning of the payload, printable. */
  readonly excerpt: string;
}

/** Something unknown that keeps coming; an operator may approve it. */
export interface PendingItem {
  readonly kind: string;
  readonly station: string;
  readonly device: string;
  /** Absent where the station itself is unknown. */
  readonly metric?: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
}

/** Called at most once in ten seconds for a reason; `suppressed` counts what was not told since. */
export type RefusalLog = (refusal: Refusal & { readonly device: string; readonly suppressed: number }) => void;

const PER_DEVICE = 10;
const DEVICES = 2000;
const PENDING = 500;
const EXCERPT_BYTES = 120;

/** The sender of what is refused. */
export interface RefusalSource {
  readonly kind: string;
  readonly station: string;
  readonly device: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
}

/** Counts every refusal, keeps the last of each device, and waits with the unknown ones. Every list is bounded. */
export class Refusals {
  readonly #log: RefusalLog | undefined;
  readonly #counts = new Map<RefusalReason, number>();
  readonly #limiter = new ReasonLimiter();
  readonly #devices = new Map<string, Refusal[]>();
  readonly #pending = new Map<string, PendingItem>();

  constructor(log?: RefusalLog) {
    this.#log = log;
  }

  refuse(reason: RefusalReason, source: RefusalSource, metric?: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const subject = metric === undefined ? source.station : `${source.station} ${printable(metric)}`;
    const refusal = { at: source.receivedAt, reason, subject, excerpt: excerptOf(source.payload) };
    this.#remember(source.device, refusal);
    if (reason === 'unknown-station' || reason === 'unknown-metric') this.#await(source, metric);
    this.#tell(source.device, refusal);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Newest last; empty for a device that was never refused. */
  of(device: string): readonly Refusal[] {
    return this.#devices.get(device) ?? [];
  }

  pending(): readonly PendingItem[] {
    return [...this.#pending.values()];
  }

  #remember(device: string, refusal: Refusal): void {
    let list = this.#devices.get(device);
    if (!list) {
      if (this.#devices.size >= DEVICES) forgetOldest(this.#devices);
      list = [];
      this.#devices.set(device, list);
    }
    list.push(refusal);
    if (list.length > PER_DEVICE) list.shift();
  }

  #await({ kind, station, device, receivedAt }: RefusalSource, metric: string | undefined): void {
    const name = metric === undefined ? undefined : printable(metric);
    const key = `${device}\n${kind}\n${station}\n${name ?? ''}`;
    const known = this.#pending.get(key);
    if (!known && this.#pending.size >= PENDING) forgetOldest(this.#pending);
    this.#pending.set(key, {
      kind,
      station,
      device,
      ...(name === undefined ? {} : { metric: name }),
      firstAt: known?.firstAt ?? receivedAt,
      lastAt: receivedAt,
      count: (known?.count ?? 0) + 1,
    });
  }

  #tell(device: string, refusal: Refusal): void {
    if (!this.#log) return;
    const suppressed = this.#limiter.admit(refusal.reason, refusal.at);
    if (suppressed !== undefined) this.#log({ ...refusal, device, suppressed });
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

/** Visible ASCII and letters only: what a device sends ends in logs and on pages. */
function printable(text: string): string {
  return text.slice(0, EXCERPT_BYTES).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
}

function excerptOf(payload: Buffer): string {
  return printable(payload.toString('utf8', 0, EXCERPT_BYTES));
}
