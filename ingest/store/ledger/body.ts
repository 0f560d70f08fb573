import { createHash } from 'node:crypto';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Mark, Origin, Reading } from '@clearbay/domain/reading.ts';

/**
 * The bytes of one reading in the ledger, without its identity (source and event time are columns of the row).
 * Little endian: bits u8 | receivedAt f64 | values u8 | periodMs u32 | [rev u32] | [seq f64] | [boot u8 + UTF-8] | values.
 * A value is metric u16 | value f64, and where any value of the reading is flagged or marked also quality u32 | mark u8.
 */
const ORIGINS: readonly Origin[] = ['measured', 'simulated', 'manual', 'replayed'];
const MARKS: readonly Mark[] = ['N', 'F', 'M', 'S', 'D', 'C', 'T', 'B'];

export const BODY = { origin: 3, historical: 4, correction: 8, rev: 16, seq: 32, boot: 64, flags: 128 } as const;

/** Bytes before the optional parts. */
export const BODY_HEAD = 14;
/** Bytes of one value without and with flags. */
export const PLAIN_VALUE = 10;
export const FLAGGED_VALUE = 15;

export function originCode(origin: Origin): number {
  return ORIGINS.indexOf(origin);
}

export function originOf(code: number): Origin {
  return ORIGINS[code & BODY.origin] ?? 'measured';
}

/** 0 for a metric without a mark. */
export function markCode(mark: Mark | undefined): number {
  return mark === undefined ? 0 : MARKS.indexOf(mark) + 1;
}

export function markOf(code: number): Mark | undefined {
  return code === 0 ? undefined : MARKS[code - 1];
}

export function bodyView(body: Uint8Array): DataView {
  return new DataView(body.buffer, body.byteOffset, body.byteLength);
}

/** Offset of the first value of the body that starts at `start`. */
export function valuesAt(view: DataView, start = 0): number {
  const bits = view.getUint8(start);
  let offset = start + BODY_HEAD;
  if ((bits & BODY.rev) !== 0) offset += 4;
  if ((bits & BODY.seq) !== 0) offset += 8;
  if ((bits & BODY.boot) !== 0) offset += 1 + view.getUint8(offset);
  return offset;
}

export function revisionOf(body: Uint8Array): { readonly correction: boolean; readonly rev: number } {
  const view = bodyView(body);
  const bits = view.getUint8(0);
  return { correction: (bits & BODY.correction) !== 0, rev: (bits & BODY.rev) === 0 ? 0 : view.getUint32(BODY_HEAD, true) };
}

/** Whether the reading came without an event time; it is of the whole reading, so its first value tells. */
export function isArrival(body: Uint8Array): boolean {
  if (((body[0] as number) & BODY.flags) === 0) return false;
  const view = bodyView(body);
  return (view.getUint32(valuesAt(view) + 10, true) & QUALITY.arrival) !== 0;
}

/** Whether two bodies say the same: values and device marks. When it came and how it was judged do not make it another reading. */
export function sameContent(one: Uint8Array, other: Uint8Array): boolean {
  const left = contentOf(one);
  const right = contentOf(other);
  if (left.size !== right.size) return false;
  for (const [metric, content] of left) if (right.get(metric) !== content) return false;
  return true;
}

/** Content as `sameContent` compares it, in 16 bytes by which a known one is found among any number. */
export function contentHash(body: Uint8Array): Uint8Array {
  const hash = createHash('sha256');
  for (const [metric, content] of [...contentOf(body)].sort(([one], [other]) => one - other))
    hash.update(`${metric} ${content}\n`);
  return hash.digest().subarray(0, 16);
}

function contentOf(body: Uint8Array): Map<number, string> {
  const view = bodyView(body);
  const flagged = (view.getUint8(0) & BODY.flags) !== 0;
  const content = new Map<number, string>();
  let offset = valuesAt(view);
  for (let left = view.getUint8(9); left > 0; left--) {
    // N is what a value without a mark counts as.
    const mark = flagged ? Math.max(1, view.getUint8(offset + 14)) : 1;
    content.set(view.getUint16(offset, true), `${view.getFloat64(offset + 2, true)} ${mark}`);
    offset += flagged ? FLAGGED_VALUE : PLAIN_VALUE;
  }
  return content;
}

/** What a row's identity columns stand for. */
export interface SourceName {
  readonly station: string;
  readonly device: string;
  /** Empty for readings without a bay. */
  readonly bay: string;
}

/** The reading of a row, as it was appended. */
export function unpackReading(body: Uint8Array, at: number, source: SourceName, metrics: readonly string[]): Reading {
  const view = bodyView(body);
  const bits = view.getUint8(0);
  const flagged = (bits & BODY.flags) !== 0;
  const values: Record<string, number> = {};
  let quality: Record<string, number> | undefined;
  let marks: Record<string, Mark> | undefined;
  let offset = valuesAt(view);
  for (let left = view.getUint8(9); left > 0; left--) {
    const metric = metrics[view.getUint16(offset, true)];
    if (metric === undefined) throw new Error('ledger row names an unknown metric');
    values[metric] = view.getFloat64(offset + 2, true);
    if (flagged) {
      const flags = view.getUint32(offset + 10, true);
      if (flags !== 0) {
        quality ??= {};
        quality[metric] = flags;
      }
      const mark = markOf(view.getUint8(offset + 14));
      if (mark !== undefined) {
        marks ??= {};
        marks[metric] = mark;
      }
    }
    offset += flagged ? FLAGGED_VALUE : PLAIN_VALUE;
  }
  const head = {
    station: source.station,
    device: source.device,
    ...(source.bay === '' ? {} : { bay: source.bay }),
    at,
    receivedAt: view.getFloat64(1, true),
    origin: originOf(bits),
    periodMs: view.getUint32(10, true),
    values,
    historical: (bits & BODY.historical) !== 0,
    correction: (bits & BODY.correction) !== 0,
    rev: (bits & BODY.rev) === 0 ? 0 : view.getUint32(BODY_HEAD, true),
  };
  return { ...head, ...(marks && { marks }), ...(quality && { quality }), ...transportMarks(view, bits, body) };
}

function transportMarks(view: DataView, bits: number, body: Uint8Array): { seq?: number; boot?: string } {
  if ((bits & (BODY.seq | BODY.boot)) === 0) return {};
  let offset = BODY_HEAD + ((bits & BODY.rev) === 0 ? 0 : 4);
  const marks: { seq?: number; boot?: string } = {};
  if ((bits & BODY.seq) !== 0) {
    marks.seq = view.getFloat64(offset, true);
    offset += 8;
  }
  if ((bits & BODY.boot) !== 0) {
    const length = view.getUint8(offset);
    marks.boot = Buffer.from(body.buffer, body.byteOffset + offset + 1, length).toString('utf8');
  }
  return marks;
}
