import { join } from 'node:path';
import type { SeriesView } from '@clearbay/contract/api.ts';
import { DAY_MS } from '@clearbay/domain/time.ts';
import { LedgerReader } from '@clearbay/store/ledger/ledger-reader.ts';
import { stationOf } from './district.ts';
import type { MortalSystem } from './mortal-system.ts';
import type { Sender } from './senders.ts';

/** The figures that every fault test prints. */
export interface Figures {
  readonly offered: number;
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged and not stored. */
  readonly lost: number;
  /** Stored more than once. */
  readonly doubled: number;
}

export function print(name: string, figures: object): void {
  const parts = Object.entries(figures).map(([what, value]) => `${what} ${value}`);
  process.stdout.write(`${name}: ${parts.join(', ')}\n`);
}

/** What stands in a ledger file, read beside or without the system that writes it. */
export class StoredBook {
  readonly #file: string;
  readonly #counts = new Map<string, number>();
  #lastSeq = 0;

  constructor(data: string) {
    this.#file = join(data, 'ledger.sqlite');
  }

  /** Reads what was committed since the last look. */
  look(): void {
    const ledger = new LedgerReader(this.#file);
    try {
      for (let rows = ledger.after(this.#lastSeq, 50_000); rows.length > 0; rows = ledger.after(this.#lastSeq, 50_000)) {
        for (const [seq, at, source] of rows) {
          const key = `${ledger.sources[source]?.device} ${at}`;
          this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
          this.#lastSeq = seq;
        }
      }
    } finally {
      ledger.close();
    }
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  has(device: string, at: number): boolean {
    return this.#counts.has(`${device} ${at}`);
  }

  figures(senders: readonly Sender[]): Figures {
    let lost = 0;
    for (const { device, acknowledged } of senders) for (const at of acknowledged) if (!this.has(device, at)) lost += 1;
    let doubled = 0;
    for (const count of this.#counts.values()) if (count > 1) doubled += count - 1;
    const sum = (of: (sender: Sender) => number) => senders.reduce((total, sender) => total + of(sender), 0);
    return {
      offered: sum(({ offered }) => offered.length),
      acknowledged: sum(({ acknowledged }) => acknowledged.size),
      stored: this.#counts.size,
      lost,
      doubled,
    };
  }
}

/** How many values of a device's station the API tells of, from single values and from hours. */
export async function countsOf(system: MortalSystem, sender: Sender): Promise<{ readonly raw: number; readonly hours: number }> {
  const first = sender.offered[0] ?? 0;
  const last = sender.offered.at(-1) ?? 0;
  const told = async (resolution: 'raw' | 'hour') => {
    // Hours are told at their ends.
    const span = `from=${first}&to=${resolution === 'raw' ? last + 1 : last + DAY_MS}`;
    const path = `/stations/${stationOf(sender.device)}/series?metric=pm25&resolution=${resolution}&${span}`;
    const { points } = await system.api<SeriesView>(path);
    return points.reduce((sum, [, , , , count]) => sum + count, 0);
  };
  return { raw: await told('raw'), hours: await told('hour') };
}
