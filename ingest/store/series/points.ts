import { BODY, BODY_HEAD, FLAGGED_VALUE, originOf, PLAIN_VALUE, valuesAt } from '../ledger/body.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { LedgerRows } from '../ledger/ledger-rows.ts';
import type { SeriesDictionary } from './dictionary.ts';
import { addValue, WindowTable, windowAt } from './windows.ts';

/** One value a row, with what its message said; `bits` hold origin, historical and correction as in the ledger's body. */
export const COLUMN = {
  series: 0,
  source: 1,
  at: 2,
  value: 3,
  flags: 4,
  mark: 5,
  receivedAt: 6,
  periodMs: 7,
  bits: 8,
  rev: 9,
} as const;
const WIDTH = 10;
const HEAD_BITS = BODY.origin | BODY.historical | BODY.correction;

export function isSimulated(bits: number): boolean {
  return originOf(bits) === 'simulated';
}

/** Our numbers for a source of the ledger: of itself, and of its series by the ledger's number of the metric. */
interface KnownSource {
  readonly id: number;
  readonly station: string;
  readonly series: number[];
}

/**
 * Points of a batch of rows of one ledger, column by column in one array of numbers, so that millions pass without an object
 * each. What is done for each point goes by series: neighbours then share their window, and no look-up is made twice.
 */
export class PointBatch {
  readonly #dictionary: SeriesDictionary;
  readonly #known: KnownSource[] = [];
  #cells = new Float64Array(4096 * WIDTH);
  #order: Uint32Array | undefined;
  length = 0;

  constructor(dictionary: SeriesDictionary) {
    this.#dictionary = dictionary;
  }

  cell(row: number, column: number): number {
    return this.#cells[row * WIDTH + column] as number;
  }

  addRow(rows: LedgerRows, row: number, names: Pick<LedgerReader, 'sources' | 'metrics'>): void {
    const ledgerSource = rows.source(row);
    const source = this.#known[ledgerSource] ?? this.#learn(ledgerSource, names);
    const at = rows.at(row);
    const { view } = rows;
    const start = rows.start(row);
    const bits = view.getUint8(start);
    const flagged = (bits & BODY.flags) !== 0;
    const receivedAt = view.getFloat64(start + 1, true);
    const periodMs = view.getUint32(start + 10, true);
    const rev = (bits & BODY.rev) === 0 ? 0 : view.getUint32(start + BODY_HEAD, true);
    const count = view.getUint8(start + 9);
    const step = flagged ? FLAGGED_VALUE : PLAIN_VALUE;
    let offset = valuesAt(view, start);
    // Behind the end stand the bytes of another reading.
    if (rows.end(row) - start < BODY_HEAD || offset + count * step !== rows.end(row))
      throw new RangeError(`the bytes of ledger row ${rows.seq(row)} are no reading`);
    for (let left = count; left > 0; left--) {
      const metric = view.getUint16(offset, true);
      const cells = this.#reserve();
      let cell = this.length * WIDTH;
      cells[cell++] = source.series[metric] ?? this.#learnSeries(source, metric, names);
      cells[cell++] = source.id;
      cells[cell++] = at;
      cells[cell++] = view.getFloat64(offset + 2, true);
      cells[cell++] = flagged ? view.getUint32(offset + 10, true) : 0;
      cells[cell++] = flagged ? view.getUint8(offset + 14) : 0;
      cells[cell++] = receivedAt;
      cells[cell++] = periodMs;
      cells[cell++] = bits & HEAD_BITS;
      cells[cell] = rev;
      this.length += 1;
      offset += step;
    }
    this.#order = undefined;
  }

  #learn(ledgerSource: number, names: Pick<LedgerReader, 'sources'>): KnownSource {
    const name = names.sources[ledgerSource];
    if (name === undefined) throw new Error('ledger row names an unknown source');
    const known = { id: this.#dictionary.source(name), station: name.station, series: [] };
    this.#known[ledgerSource] = known;
    return known;
  }

  #learnSeries(source: KnownSource, metric: number, names: Pick<LedgerReader, 'metrics'>): number {
    const name = names.metrics[metric];
    if (name === undefined) throw new Error('ledger row names an unknown metric');
    const series = this.#dictionary.seriesOf(source.station, name);
    source.series[metric] = series;
    return series;
  }

  #reserve(): Float64Array {
    if ((this.length + 1) * WIDTH > this.#cells.length) {
      const larger = new Float64Array(this.#cells.length * 2);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    return this.#cells;
  }

  /** Takes the rows that `test` picks out of this batch into one of their own. */
  partition(test: (row: number) => boolean): PointBatch {
    const taken = new PointBatch(this.#dictionary);
    let kept = 0;
    for (let row = 0; row < this.length; row++) {
      const cells = this.#cells.subarray(row * WIDTH, (row + 1) * WIDTH);
      if (test(row)) {
        taken.#reserve().set(cells, taken.length * WIDTH);
        taken.length += 1;
      } else {
        this.#cells.set(cells, kept * WIDTH);
        kept += 1;
      }
    }
    this.length = kept;
    this.#order = undefined;
    return taken;
  }

  /** Row numbers by series, in order of arrival within each. */
  bySeries(): Uint32Array {
    this.#order ??= this.#sort();
    return this.#order;
  }

  /** All rows, `width` numbers each. */
  get table(): { readonly cells: Float64Array; readonly width: number } {
    return { cells: this.#cells, width: WIDTH };
  }

  #sort(): Uint32Array {
    let most = 0;
    for (let row = 0; row < this.length; row++) most = Math.max(most, this.cell(row, COLUMN.series));
    const next = new Uint32Array(most + 2);
    const count = (series: number) => next[series] as number;
    for (let row = 0; row < this.length; row++)
      next[this.cell(row, COLUMN.series) + 1] = count(this.cell(row, COLUMN.series) + 1) + 1;
    for (let series = 1; series < next.length; series++) next[series] = count(series) + count(series - 1);
    const order = new Uint32Array(this.length);
    for (let row = 0; row < this.length; row++) {
      const series = this.cell(row, COLUMN.series);
      order[count(series)] = row;
      next[series] = count(series) + 1;
    }
    return order;
  }

  /** Hour windows of the points. */
  hours(): WindowTable {
    const hours = new WindowTable();
    const cells = this.#cells;
    for (const row of this.bySeries()) {
      const cell = row * WIDTH;
      const at = cells[cell + 2] as number;
      const window = hours.window(cells[cell] as number, windowAt('hour', at));
      addValue(
        window,
        at,
        cells[cell + 3] as number,
        cells[cell + 4] as number,
        cells[cell + 7] as number,
        isSimulated(cells[cell + 8] as number),
      );
    }
    return hours;
  }
}
