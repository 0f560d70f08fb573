import { QUALITY } from '@clearbay/domain/quality.ts';

export interface Latest {
  readonly at: number;
  readonly value: number;
  readonly flags: number;
  readonly receivedAt: number;
}

/** A value from the future is stored but is nobody's latest. */
export function isFuture(flags: number): boolean {
  return (flags & QUALITY.future) !== 0;
}

/** The newest value of each series by event time. */
export class LatestTable {
  readonly #rows: (Latest | undefined)[] = [];
  readonly #touched = new Set<number>();
  #lastTouched = -1;

  offer(series: number, at: number, value: number, flags: number, receivedAt: number): void {
    if (isFuture(flags)) return;
    const current = this.#rows[series];
    if (current !== undefined && (at < current.at || (at === current.at && receivedAt < current.receivedAt))) return;
    this.set(series, { at, value, flags, receivedAt });
  }

  set(series: number, latest: Latest | undefined): void {
    this.#rows[series] = latest;
    if (series === this.#lastTouched) return;
    this.#touched.add(series);
    this.#lastTouched = series;
  }

  get(series: number): Latest | undefined {
    return this.#rows[series];
  }

  /** Series changed since the last call. */
  takeTouched(): number[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    this.#lastTouched = -1;
    return touched;
  }

  clear(): void {
    this.#rows.length = 0;
    this.#touched.clear();
    this.#lastTouched = -1;
  }
}
