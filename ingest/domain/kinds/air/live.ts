import type { Assessment } from '../../assessment.ts';
import type { AirStation } from '../../district.ts';
import { addMicro, type ExactMean, roundMean, toMicro } from '../../exact.ts';
import { firstHalf, sampledMs, secondHalf } from '../../minutes.ts';
import { isExcluded, QUALITY } from '../../quality.ts';
import type { Origin, Reading } from '../../reading.ts';
import { dateOf, dayStart, HOUR_MS, hourEnd } from '../../time.ts';
import type { LiveStation } from '../kind.ts';
import type { AirDetail, RunningHour } from './detail.ts';
import { chooseEdition, type EditionChoice } from './edition-choice.ts';
import { assessHour, type HourFacts } from './hour-assessment.ts';
import { type HourRow, type HourTable, hourTable, minutesCovered } from './hour-table.ts';
import { AIR_METRICS } from './metrics.ts';
import { dayOutlook } from './outlook.ts';
import { type AirStandards, POLLUTANTS } from './standard.ts';

/** Hours kept: a whole day of them may be judged, and the running one; the rest is room for a late correction. */
const HELD_HOURS = 49;
const OLDEST_JUDGED = 24;

const AVERAGED = AIR_METRICS.filter((metric) => metric.rollup === 'mean');
const SLOTS = new Map(AVERAGED.map((metric, slot) => [metric.id, slot]));
const POLLUTANT_SLOTS = POLLUTANTS.map((pollutant) => SLOTS.get(pollutant) ?? -1);

/** Exact sums of one hour; every number in it is the same whatever the order in which readings came. */
interface HourSums {
  readonly end: number;
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  /** Periods of the values, added up, and the minutes that they touch. */
  readonly addedMs: Float64Array;
  readonly firstHalf: Int32Array;
  readonly secondHalf: Int32Array;
  newest: number;
  origin: Origin;
}

/** Where origins meet in one hour the least trustworthy names the hour: simulated never passes for measured. */
const ORIGIN_RANK: Readonly<Record<Origin, number>> = { measured: 0, replayed: 1, manual: 2, simulated: 3 };

/** One air station while readings come in: two days of exact hour sums, judged again only where they changed. */
export class LiveAirStation implements LiveStation<AirDetail> {
  readonly #station: AirStation;
  readonly #choose: EditionChoice;
  readonly #ring = new Array<HourSums | undefined>(HELD_HOURS).fill(undefined);
  #judged: Assessment<AirDetail> | undefined;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #completeChanged = true;
  #runningChanged = true;

  constructor(station: AirStation, standards: AirStandards) {
    this.#station = station;
    this.#choose = chooseEdition(standards);
  }

  accept(reading: Reading): void {
    const end = hourEnd(reading.at);
    if (end <= 0) return;
    const slot = (end / HOUR_MS) % HELD_HOURS;
    let hour = this.#ring[slot];
    if (hour !== undefined && hour.end > end) return;
    const { values, quality, at, periodMs, origin } = reading;
    for (const metric in values) {
      const column = SLOTS.get(metric);
      if (column === undefined) continue;
      const flags = quality === undefined ? 0 : (quality[metric] ?? 0);
      // A time in the future must not push out the hours that are held.
      if ((flags & QUALITY.future) !== 0) continue;
      if (hour === undefined || hour.end < end) {
        hour = emptyHour(end);
        this.#ring[slot] = hour;
      }
      if (isExcluded(flags)) continue;
      hour.sums[column] = addMicro(hour.sums[column] ?? 0, toMicro(values[metric] ?? 0));
      hour.counts[column] = (hour.counts[column] ?? 0) + 1;
      hour.addedMs[column] = (hour.addedMs[column] ?? 0) + periodMs;
      hour.firstHalf[column] = (hour.firstHalf[column] ?? 0) | firstHalf(at, periodMs);
      hour.secondHalf[column] = (hour.secondHalf[column] ?? 0) | secondHalf(at, periodMs);
      if (at > hour.newest) hour.newest = at;
      // A property looked up by a string that was read from a file makes V8 discard and compile this method anew, again and again.
      if (origin !== hour.origin && ORIGIN_RANK[origin] > ORIGIN_RANK[hour.origin]) hour.origin = origin;
    }
    if (end <= this.#lastEnd) this.#completeChanged = true;
    else this.#runningChanged = true;
  }

  assess(now: number): Assessment<AirDetail> {
    const lastEnd = Math.floor(now / HOUR_MS) * HOUR_MS;
    if (this.#judged === undefined || lastEnd !== this.#lastEnd || this.#completeChanged) {
      this.#lastEnd = lastEnd;
      this.#judged = this.#judge(lastEnd);
      this.#completeChanged = false;
      this.#runningChanged = false;
    } else if (this.#runningChanged) {
      const running = this.#running(lastEnd + HOUR_MS);
      this.#judged = { ...this.#judged, detail: { ...this.#judged.detail, running } };
      this.#runningChanged = false;
    }
    return this.#judged;
  }

  heldSince(now: number): number {
    return Math.floor(now / HOUR_MS) * HOUR_MS - (HELD_HOURS - 1) * HOUR_MS;
  }

  rebuild(readings: Iterable<Reading>): void {
    this.#ring.fill(undefined);
    this.#judged = undefined;
    for (const reading of readings) this.accept(reading);
  }

  #hour(end: number): HourSums | undefined {
    const hour = this.#ring[(end / HOUR_MS) % HELD_HOURS];
    return hour?.end === end ? hour : undefined;
  }

  #judge(lastEnd: number): Assessment<AirDetail> {
    const firstEnd = lastEnd - (HELD_HOURS - 2) * HOUR_MS;
    const rows = this.#rows(firstEnd, lastEnd);
    // The hour that ends at midnight closes its day; from then on the new one runs.
    const today = dayStart(lastEnd + 1);
    const edition = this.#choose(dateOf(today));
    const table = hourTable(rows, { firstEnd, lastEnd }, edition.validity);
    const outlook = dayOutlook(table, today, lastEnd, edition, this.#station);
    const facts = this.#facts(table);
    const judgedBy = facts.hourEnd === null ? edition : this.#choose(dateOf(dayStart(facts.hourEnd)));
    return assessHour(facts, judgedBy, this.#running(lastEnd + HOUR_MS), outlook);
  }

  /** The last hour with a valid mean of any pollutant, at most a day old. */
  #facts(table: HourTable): HourFacts {
    const base = { station: this.#station.id, notMonitored: this.#station.notMonitored };
    for (let i = table.length - 1; i >= table.length - OLDEST_JUDGED; i -= 1) {
      const means = table.means.map((column) => column[i]);
      const end = table.firstEnd + i * HOUR_MS;
      const hour = this.#hour(end);
      if (hour === undefined || means.every((mean: ExactMean | undefined) => mean === undefined)) continue;
      const minutes = POLLUTANT_SLOTS.map((slot) => minutesCovered(sampledOf(hour, slot)));
      return { ...base, hourEnd: end, at: hour.newest, origin: hour.origin, means, minutes };
    }
    return { ...base, hourEnd: null, at: this.#newest(), origin: this.#origin(), means: [], minutes: [] };
  }

  #rows(firstEnd: number, lastEnd: number): HourRow[] {
    const rows: HourRow[] = [];
    for (let at = firstEnd; at <= lastEnd; at += HOUR_MS) {
      const hour = this.#hour(at);
      if (hour === undefined) continue;
      POLLUTANTS.forEach((metric, i) => {
        const slot = POLLUTANT_SLOTS[i] ?? 0;
        const validCount = hour.counts[slot] ?? 0;
        rows.push({ metric, at, validCount, validMs: sampledOf(hour, slot), sumMicro: hour.sums[slot] ?? 0 });
      });
    }
    return rows;
  }

  #running(end: number): RunningHour {
    const hour = this.#hour(end);
    const means: Record<string, number> = {};
    const counts: Record<string, number> = {};
    if (hour === undefined) return { end, means, counts };
    AVERAGED.forEach((metric, slot) => {
      const count = hour.counts[slot] ?? 0;
      if (count === 0) return;
      means[metric.id] = roundMean({ sumMicro: hour.sums[slot] ?? 0, count }, metric.decimals + 1);
      counts[metric.id] = count;
    });
    return { end, means, counts };
  }

  #newest(): number | null {
    const newest = Math.max(...this.#ring.map((hour) => hour?.newest ?? Number.NEGATIVE_INFINITY));
    return Number.isFinite(newest) ? newest : null;
  }

  #origin(): Origin {
    let origin: Origin = 'measured';
    for (const hour of this.#ring) if (hour !== undefined && ORIGIN_RANK[hour.origin] > ORIGIN_RANK[origin]) origin = hour.origin;
    return origin;
  }
}

/** What devices sampled at once counts once. */
function sampledOf(hour: HourSums, slot: number): number {
  return sampledMs(hour.addedMs[slot] ?? 0, hour.firstHalf[slot] ?? 0, hour.secondHalf[slot] ?? 0);
}

function emptyHour(end: number): HourSums {
  return {
    end,
    sums: new Float64Array(AVERAGED.length),
    counts: new Int32Array(AVERAGED.length),
    addedMs: new Float64Array(AVERAGED.length),
    firstHalf: new Int32Array(AVERAGED.length),
    secondHalf: new Int32Array(AVERAGED.length),
    newest: Number.NEGATIVE_INFINITY,
    origin: 'measured',
  };
}
