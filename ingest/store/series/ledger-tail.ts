import { LedgerRows } from '../ledger/ledger-rows.ts';
import type { StoredGroup } from '../ledger/stored-group.ts';

/**
 * The newest rows of the ledger, handed over as they were committed. Reading them from the file cost the drain more than all of
 * its own work. It is a help and no promise: what is not here, because it came before the start, was too much or followed a
 * correction, is read from the file.
 */
export class LedgerTail {
  readonly #maxBytes: number;
  #groups: StoredGroup[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes what was committed, in the order of its sequences; the oldest goes where it is too much. */
  offer(groups: readonly StoredGroup[]): void {
    for (const group of groups) {
      this.#groups.push(group);
      this.#bytes += group.bytes.byteLength;
    }
    let gone = 0;
    for (; this.#bytes > this.#maxBytes; gone += 1) this.#bytes -= this.#groups[gone]?.bytes.byteLength ?? 0;
    this.#groups.splice(0, gone);
  }

  /** At most `limit` rows that follow `seq` without a gap; undefined where the next one is not here. Those up to `seq` are let go. */
  after(seq: number, limit: number): LedgerRows | undefined {
    this.#letGo(seq);
    if (this.#groups[0] === undefined || this.#groups[0].firstSeq > seq + 1) return undefined;
    const rows = new LedgerRows();
    let next = seq + 1;
    for (const group of this.#groups) {
      if (group.firstSeq > next || rows.length === limit) break;
      next += rows.addGroup(group, next - group.firstSeq, limit - rows.length);
    }
    return rows;
  }

  /** The first sequence after `seq` that is here; Infinity where there is none. */
  firstAfter(seq: number): number {
    const first = this.#groups.find((group) => lastOf(group) > seq);
    return first === undefined ? Number.POSITIVE_INFINITY : Math.max(first.firstSeq, seq + 1);
  }

  #letGo(seq: number): void {
    let gone = 0;
    for (let group = this.#groups[0]; group !== undefined && lastOf(group) <= seq; group = this.#groups[gone]) {
      this.#bytes -= group.bytes.byteLength;
      gone += 1;
    }
    this.#groups.splice(0, gone);
  }
}

function lastOf({ firstSeq, count }: StoredGroup): number {
  return firstSeq + count - 1;
}
