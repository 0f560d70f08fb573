import type { Assessment } from '../../assessment.ts';
import type { WaterStation } from '../../district.ts';
import { type ExactMean, exactValue } from '../../exact.ts';
import type { Origin, Reading } from '../../reading.ts';
import { dateOf, dayStart, HOUR_MS, localDate } from '../../time.ts';
import type { LiveStation } from '../kind.ts';
import { clearsTarget } from './clearing.ts';
import { itemsOfClass } from './compliance.ts';
import type { LatestItem, WaterDetail } from './detail.ts';
import { isReal, judgePeriod, PeriodSums, valuesOf, waterMonthStart, waterPeriodEnd } from './period.ts';
import { classRating, figureOf, judgementReason } from './rating.ts';
import { judgeMeans } from './sample.ts';
import { type WaterEditions, type WaterStandards, waterEditions } from './standard.ts';
import { trophicOf } from './trophic.ts';

const HELD_MS = 48 * HOUR_MS;

interface Newest {
  readonly at: number;
  readonly value: number;
  readonly device: string;
}

interface OpenDay {
  readonly start: number;
  readonly end: number;
  readonly day: PeriodSums;
  readonly month: PeriodSums;
}

/** Values of one station of one kind of origin: newest by item, sums of the days and months within reach. */
class Holding {
  readonly #standards: WaterStandards;
  readonly #days = new Map<number, PeriodSums>();
  readonly #months = new Map<number, PeriodSums>();
  #open: OpenDay | undefined;
  #heldSince = Number.NEGATIVE_INFINITY;
  #oldestDay = Number.NEGATIVE_INFINITY;
  readonly latest = new Map<string, Newest>();
  newestAt: number | null = null;
  #newestDevice = '';
  origin: Origin = 'measured';

  constructor(standards: WaterStandards) {
    this.#standards = standards;
  }

  accept(reading: Reading): void {
    if (reading.at <= this.#heldSince) return;
    const values = valuesOf(reading);
    if (values.length === 0) return;
    if (this.newestAt === null || isNewer(reading.at, reading.device, this.newestAt, this.#newestDevice)) {
      this.newestAt = reading.at;
      this.#newestDevice = reading.device;
      this.origin = reading.origin;
      this.#forget(reading.at);
    }
    const { day, month } = this.#openDay(reading.at);
    for (const entry of values) {
      if (!day.add(entry)) continue;
      month.add(entry);
      const held = this.latest.get(entry.metric);
      if (held === undefined || isNewer(reading.at, reading.device, held.at, held.device)) {
        this.latest.set(entry.metric, { at: reading.at, value: reading.values[entry.metric] ?? 0, device: reading.device });
      }
    }
  }

  /** The sums that a moment belongs to. Readings come a day at a time, so the calendar is asked once a day. */
  #openDay(at: number): OpenDay {
    const open = this.#open;
    if (open !== undefined && at > open.start && at <= open.end) return open;
    const start = dayStart(at);
    const { method } = waterEditions(this.#standards, dateOf(start));
    const opened = {
      start,
      end: waterPeriodEnd('day', start),
      day: this.#sums(this.#days, 'day', start, method),
      month: this.#sums(this.#months, 'month', waterMonthStart(at), method),
    };
    this.#open = opened;
    return opened;
  }

  day(start: number): PeriodSums | undefined {
    return this.#days.get(start);
  }

  month(start: number): PeriodSums | undefined {
    return this.#months.get(start);
  }

  #sums(held: Map<number, PeriodSums>, level: 'day' | 'month', start: number, method: WaterEditions['method']): PeriodSums {
    let sums = held.get(start);
    if (sums === undefined) {
      sums = new PeriodSums(level, start, method);
      held.set(start, sums);
    }
    return sums;
  }

  #forget(newest: number): void {
    const oldestDay = dayStart(newest - HELD_MS);
    if (oldestDay === this.#oldestDay) return;
    this.#oldestDay = oldestDay;
    this.#heldSince = heldSince(newest);
    this.#open = undefined;
    for (const start of this.#days.keys()) if (start < oldestDay) this.#days.delete(start);
    for (const start of this.#months.keys()) if (start < this.#heldSince) this.#months.delete(start);
    for (const [metric, { at }] of this.latest) if (at <= this.#heldSince) this.latest.delete(metric);
  }
}

/** Greatest event time; of two devices at one moment always the same one, whatever came first. */
function isNewer(at: number, device: string, heldAt: number, heldDevice: string): boolean {
  return at > heldAt || (at === heldAt && device > heldDevice);
}

/** START of the month that the last 48 hours reach back into; values after it are held. */
function heldSince(newest: number): number {
  return waterMonthStart(newest - HELD_MS);
}

/**
 * Judges one water station live. Simulated and replayed values never mix with real ones: where a station has real
 * values these alone are judged.
 */
export class LiveWaterStation implements LiveStation<WaterDetail> {
  readonly #station: WaterStation;
  readonly #standards: WaterStandards;
  #real: Holding;
  #simulated: Holding;

  constructor(station: WaterStation, standards: WaterStandards) {
    this.#station = station;
    this.#standards = standards;
    this.#real = new Holding(standards);
    this.#simulated = new Holding(standards);
  }

  accept(reading: Reading): void {
    (isReal(reading) ? this.#real : this.#simulated).accept(reading);
  }

  heldSince(now: number): number {
    return heldSince(this.#judged().newestAt ?? now);
  }

  rebuild(readings: Iterable<Reading>): void {
    this.#real = new Holding(this.#standards);
    this.#simulated = new Holding(this.#standards);
    for (const reading of readings) this.accept(reading);
  }

  #judged(): Holding {
    return this.#real.newestAt === null ? this.#simulated : this.#real;
  }

  assess(now: number): Assessment<WaterDetail> {
    const holding = this.#judged();
    const editions = waterEditions(this.#standards, localDate(now));
    const detail = this.#detail(holding, editions, now);
    const current = detail.latest.filter((item) => item.current);
    const at = current.length === 0 ? holding.newestAt : Math.max(...current.map((item) => item.at));
    const judged = detail.now;
    return {
      kind: 'water',
      station: this.#station.id,
      at,
      start: at ?? now,
      end: at ?? now,
      level: 'instant',
      edition: editions.limits.label,
      origin: holding.origin,
      rating: classRating(judged.classNo, this.#station.targetClass, editions.method),
      figure: figureOf(judged),
      reason: judgementReason(judged, detail.itemsOfClass),
      detail,
    };
  }

  #detail(holding: Holding, editions: WaterEditions, now: number): WaterDetail {
    const { waterBody, targetClass } = this.#station;
    const oldest = now - editions.method.settings.currentHours * HOUR_MS;
    const latest: LatestItem[] = [...holding.latest]
      .map(([metric, { at, value }]) => ({ metric, value, at, current: at >= oldest }))
      .sort((left, right) => (left.metric < right.metric ? -1 : 1));
    const values = new Map<string, LatestItem>(latest.map((item) => [item.metric, item]));
    const mean = (metric: string): ExactMean | undefined => {
      const item = values.get(metric);
      return item === undefined ? undefined : exactValue(item.value);
    };
    const current = (metric: string): ExactMean | undefined => (values.get(metric)?.current ? mean(metric) : undefined);
    const today = dayStart(now);
    const running = holding.day(today);
    const previous = holding.day(dayStart(today));
    const month = holding.month(waterMonthStart(now));
    return {
      waterBody,
      targetClass,
      now: judgeMeans(
        (metric) => {
          const found = current(metric);
          return found === undefined ? undefined : { mean: found };
        },
        waterBody,
        editions,
      ),
      itemsOfClass: itemsOfClass(waterBody, editions),
      latest,
      runningDay: running === undefined ? null : judgePeriod(running, 'day', waterBody, editions, true),
      previousDay: previous === undefined ? null : judgePeriod(previous, 'day', waterBody, editions),
      runningMonth: month === undefined ? null : judgePeriod(month, 'month', waterBody, editions, true),
      trophic: trophicOf(current, waterBody, editions.method),
      clears: clearsTarget(mean, targetClass, waterBody, editions),
    };
  }
}
