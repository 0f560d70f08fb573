import type { Reading } from '@clearbay/domain/reading.ts';
import { BODY, BODY_HEAD, FLAGGED_VALUE, markCode, originCode, PLAIN_VALUE } from './body.ts';
import type { NameTable } from './names.ts';

/** A record in a group: body length u32 | source u32 | event time f64 | body. */
export const RECORD_HEAD = 16;
const FIRST_BYTES = 64 * 1024;

/** Packs readings into one transferable buffer, the form in which a group goes to the storage thread. */
export class ReadingPacker {
  readonly #names: NameTable;
  #bytes: Buffer<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #end = 0;
  count = 0;

  constructor(names: NameTable, reuse: ArrayBuffer = new ArrayBuffer(FIRST_BYTES)) {
    this.#names = names;
    this.#bytes = Buffer.from(reuse);
    this.#view = new DataView(reuse);
  }

  /** Bytes packed so far. */
  get size(): number {
    return this.#end;
  }

  get buffer(): ArrayBuffer {
    return this.#bytes.buffer;
  }

  /** Packs all of the readings or none. Throws RangeError for a reading that no decoder would let through. */
  addAll(readings: readonly Reading[]): void {
    const { count } = this;
    const end = this.#end;
    try {
      for (const reading of readings) this.#add(reading);
    } catch (error) {
      this.count = count;
      this.#end = end;
      throw error;
    }
  }

  #add(reading: Reading): void {
    const { at, values, quality, marks } = reading;
    if (!Number.isSafeInteger(at)) throw new RangeError(`event time ${at} is not a whole number of milliseconds`);
    const start = this.#end;
    this.#reserve(start + RECORD_HEAD + BODY_HEAD + 13 + 256);
    const body = start + RECORD_HEAD;
    let offset = body + BODY_HEAD;
    let bits = originCode(reading.origin);
    if (reading.historical) bits |= BODY.historical;
    if (reading.correction) bits |= BODY.correction;
    if (reading.rev !== 0) {
      bits |= BODY.rev;
      this.#view.setUint32(offset, reading.rev, true);
      offset += 4;
    }
    if (reading.seq !== undefined) {
      bits |= BODY.seq;
      this.#view.setFloat64(offset, reading.seq, true);
      offset += 8;
    }
    if (reading.boot !== undefined) {
      bits |= BODY.boot;
      offset = this.#addBoot(reading.boot, offset);
    }
    const flagged = quality !== undefined || marks !== undefined;
    if (flagged) bits |= BODY.flags;
    const step = flagged ? FLAGGED_VALUE : PLAIN_VALUE;
    let count = 0;
    for (const metric in values) {
      const value = values[metric];
      if (value === undefined || !Number.isFinite(value)) throw new RangeError(`${metric} of ${reading.station} is not finite`);
      this.#reserve(offset + step);
      this.#view.setUint16(offset, this.#names.metric(metric), true);
      this.#view.setFloat64(offset + 2, value, true);
      if (flagged) {
        this.#view.setUint32(offset + 10, quality?.[metric] ?? 0, true);
        this.#view.setUint8(offset + 14, markCode(marks?.[metric]));
      }
      offset += step;
      count += 1;
    }
    if (count > 255) throw new RangeError(`a reading of ${reading.station} has more than 255 values`);
    this.#view.setUint8(body, bits);
    this.#view.setFloat64(body + 1, reading.receivedAt, true);
    this.#view.setUint8(body + 9, count);
    this.#view.setUint32(body + 10, reading.periodMs, true);
    this.#view.setUint32(start, offset - body, true);
    this.#view.setUint32(start + 4, this.#names.source(reading.station, reading.device, reading.bay ?? ''), true);
    this.#view.setFloat64(start + 8, at, true);
    this.#end = offset;
    this.count += 1;
  }

  #addBoot(boot: string, offset: number): number {
    if (Buffer.byteLength(boot) > 255) throw new RangeError('boot is longer than 255 bytes');
    const length = this.#bytes.write(boot, offset + 1, 'utf8');
    this.#view.setUint8(offset, length);
    return offset + 1 + length;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new ArrayBuffer(Math.max(size, this.#bytes.length * 2));
    const bytes = Buffer.from(larger);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(larger);
  }
}
