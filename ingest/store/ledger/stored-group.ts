import { OUTCOME } from '../ports/ledger.ts';
import { RECORD_HEAD } from './packer.ts';

/** Readings that one commit stored, as the ledger packs them, for who carries them on: it need not read them from the disk. */
export interface StoredGroup {
  /** Sequence of the first; each other one has the next. */
  readonly firstSeq: number;
  readonly count: number;
  /** Their records (see the packer), one after the other. */
  readonly bytes: ArrayBuffer;
}

/**
 * What was stored of a committed group; undefined where that is nothing, or where a reading took the place of an earlier one: that
 * the earlier one is gone only the ledger's file can tell.
 */
export function storedGroup(
  { buffer, size }: { readonly buffer: ArrayBuffer; readonly size: number },
  outcomes: Uint8Array,
  lastSeq: number,
): StoredGroup | undefined {
  let count = 0;
  for (const outcome of outcomes) {
    if (outcome === OUTCOME.replaced) return undefined;
    if (outcome === OUTCOME.stored) count += 1;
  }
  if (count === 0) return undefined;
  const bytes = count === outcomes.length ? buffer.slice(0, size) : storedRecords(buffer, size, outcomes);
  return { firstSeq: lastSeq - count + 1, count, bytes };
}

function storedRecords(buffer: ArrayBuffer, size: number, outcomes: Uint8Array): ArrayBuffer {
  const view = new DataView(buffer);
  const kept = new Uint8Array(size);
  let end = 0;
  let offset = 0;
  for (const outcome of outcomes) {
    const length = RECORD_HEAD + view.getUint32(offset, true);
    if (outcome === OUTCOME.stored) {
      kept.set(new Uint8Array(buffer, offset, length), end);
      end += length;
    }
    offset += length;
  }
  return kept.buffer.slice(0, end);
}
