import type { BulkRow, RowGate, RowOutcome } from '@clearbay/contract/bulk.ts';

/** A receiver that knows one station and remembers what it took. */
export class StagedGate implements RowGate {
  readonly batches: (readonly BulkRow[])[] = [];
  full = false;
  hold: Promise<void> | undefined;
  private readonly known = new Set<string>();

  async takeRows(rows: readonly BulkRow[]): Promise<readonly RowOutcome[]> {
    await this.hold;
    if (this.full) throw new Error('no space left on device');
    this.batches.push(rows);
    return rows.map(({ station, reading }) => {
      if (station !== 'air-1') return { outcome: 'refused', reason: 'unknown-station' };
      const key = JSON.stringify(reading.at);
      if (this.known.has(key)) return { outcome: 'duplicate' };
      this.known.add(key);
      return { outcome: 'stored' };
    });
  }

  get rows(): readonly BulkRow[] {
    return this.batches.flat();
  }
}
