import { BODY } from '../../ledger/body.ts';
import type { SeriesDictionary } from '../dictionary.ts';
import { COLUMN, type PointBatch } from '../points.ts';
import type { Level, Window } from '../windows.ts';

/** Flags below this and periods up to 3 days share one integer field; what does not fit gets fields of its own. */
const FLAG_SPAN = 2 ** 16;
const MARK_SPAN = 2 ** 20;
const BITS_SPAN = 2 ** 24;
const LONGEST_PERIOD = 2 ** 28 - 1;

/**
 * A name as a tag value. Line protocol cannot carry a backslash before a separator nor any control character, so these
 * (and the percent sign that marks them) are percent-encoded; the same text is then used in queries.
 */
export function tagValue(name: string): string {
  return name.replace(/[%\\\p{Cc}]/gu, (character) => encodeURIComponent(character));
}

export function nameOfTag(tag: string): string {
  return decodeURIComponent(tag.replace(/%(?![0-9A-F]{2})/g, '%25'));
}

function escaped(name: string): string {
  return tagValue(name).replace(/[, =]/g, '\\$&');
}

/** Infinity has no form in line protocol; sums of absurd values may reach it. */
function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

export interface PackedFields {
  readonly flags: number;
  readonly mark: number;
  readonly bits: number;
  readonly periodMs: number;
}

export function unpackFields(packed: number): PackedFields {
  return {
    flags: packed % FLAG_SPAN,
    mark: Math.floor(packed / FLAG_SPAN) % 16,
    bits: Math.floor(packed / MARK_SPAN) % 16,
    periodMs: Math.floor(packed / BITS_SPAN),
  };
}

/** Writes points as line protocol. Tags are station, device, metric and bay: all of them from the registry of stations. */
export class PointLines {
  readonly #dictionary: SeriesDictionary;
  readonly #heads = new Map<number, string[]>();

  constructor(dictionary: SeriesDictionary) {
    this.#dictionary = dictionary;
  }

  line(batch: PointBatch, row: number): string {
    const period = batch.cell(row, COLUMN.periodMs);
    const flags = batch.cell(row, COLUMN.flags);
    const rev = batch.cell(row, COLUMN.rev);
    const packed =
      (flags % FLAG_SPAN) +
      batch.cell(row, COLUMN.mark) * FLAG_SPAN +
      (batch.cell(row, COLUMN.bits) & (BODY.origin | BODY.historical | BODY.correction)) * MARK_SPAN +
      Math.min(period, LONGEST_PERIOD) * BITS_SPAN;
    const head = this.#head(batch.cell(row, COLUMN.source), batch.cell(row, COLUMN.series));
    let line = `${head}v=${batch.cell(row, COLUMN.value)},rx=${batch.cell(row, COLUMN.receivedAt)},q=${packed}i`;
    if (period > LONGEST_PERIOD) line += `,period=${period}i`;
    if (rev !== 0) line += `,rev=${rev}i`;
    return `${line} ${batch.cell(row, COLUMN.at)}`;
  }

  #head(source: number, series: number): string {
    let heads = this.#heads.get(source);
    if (heads === undefined) {
      heads = [];
      this.#heads.set(source, heads);
    }
    let head = heads[series];
    if (head === undefined) {
      const name = this.#dictionary.sources[source];
      const metric = this.#dictionary.series[series]?.metric ?? '';
      const bay = name === undefined || name.bay === '' ? '' : `bay=${escaped(name.bay)},`;
      head = `reading,${bay}device=${escaped(name?.device ?? '')},metric=${escaped(metric)},station=${escaped(name?.station ?? '')} `;
      heads[series] = head;
    }
    return head;
  }
}

/** Fields of a rollup in the order in which they are read back. */
export const ROLLUP_FIELDS =
  'n, valid, valid_ms, sum_micro, lowest, highest, final, final_at, flags, simulated, all_sum_micro, all_lowest, all_highest, revision, first_half, second_half';

export function rollupLine(level: Level, station: string, metric: string, at: number, window: Window, revision: number): string {
  const valid =
    window.validCount === 0 ? '' : `,lowest=${window.min},highest=${window.max},final=${window.last},final_at=${window.lastAt}`;
  return (
    `${level},metric=${escaped(metric)},station=${escaped(station)} n=${window.count}i,valid=${window.validCount}i,valid_ms=${window.validMs},` +
    `sum_micro=${finite(window.sumMicro)}${valid},flags=${window.flags}i,simulated=${window.simulated},` +
    `all_sum_micro=${finite(window.allSumMicro)},all_lowest=${window.allMin},all_highest=${window.allMax},revision=${revision}i,` +
    `first_half=${window.firstHalf}i,second_half=${window.secondHalf}i ${at}`
  );
}
