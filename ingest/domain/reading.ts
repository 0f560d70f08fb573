/** How a reading came to be. Simulated never mixes with the rest in targets, reports or paging. */
export type Origin = 'measured' | 'simulated' | 'manual' | 'replayed';

/** Data marks of HJ 212 (table of 数据标记): N normal, F stopped, M maintenance, S manual setting, D fault, C calibration, T above range, B communication error. */
export type Mark = 'N' | 'F' | 'M' | 'S' | 'D' | 'C' | 'T' | 'B';

/** Values by metric; the metric's name fixes the unit (see the kind's descriptor). Always finite numbers. */
export type Values = Readonly<Record<string, number>>;

/** One message of one device, or of one bay of a parking lot, at one moment. */
export interface Reading {
  readonly station: string;
  readonly device: string;
  /** Bay of a parking lot; absent for every other kind. */
  readonly bay?: string;
  /** Event time, epoch ms (UTC). For means it is the END of the averaging period. */
  readonly at: number;
  /** When it reached us, epoch ms. */
  readonly receivedAt: number;
  readonly origin: Origin;
  /** How long the values stand for, ms: the averaging or reporting period that ends at `at`. From the payload, else the device's. Hour validity adds these up. */
  readonly periodMs: number;
  readonly values: Values;
  /** Marks the device set itself; a metric without one counts as N. */
  readonly marks?: Readonly<Record<string, Mark>>;
  /** Quality flags by metric (bits of `quality.ts`); a metric without an entry is clean. */
  readonly quality?: Readonly<Record<string, number>>;
  /** Back-filled: stored and judged, never moves "latest" of a live view backwards. */
  readonly historical: boolean;
  /** Replaces an earlier reading of the same identity when `rev` is higher. */
  readonly correction: boolean;
  readonly rev: number;
  readonly seq?: number;
  readonly boot?: string;
}

/** What makes two messages the same reading: (station, device, bay, event time). */
export function readingKey(reading: Pick<Reading, 'station' | 'device' | 'bay' | 'at'>): string {
  return `${reading.station}\n${reading.device}\n${reading.bay ?? ''}\n${reading.at}`;
}
