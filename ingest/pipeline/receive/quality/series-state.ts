import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import { LoneJump } from './lone-jump.ts';

const HOUR_MS = 3_600_000;

export interface RateSettings {
  /** Changes are judged over at least this span, ms: two quick readings differ by noise, not by rate. */
  readonly rateFloorMs: number;
  /** A jump beyond the believable rate by this factor is a spike until the next reading confirms it. */
  readonly spikeFactor: number;
}

/** The least number of equal readings that make a stuck instrument. */
const STUCK_READINGS = 3;

/**
 * What quality control remembers of one metric of one device. Numbers only, one object a series. A reading older than the newest
 * is compared and never moves the state, so late data do not spoil the judgement of what comes in order.
 */
export class SeriesState {
  /** Newest believed reading. */
  #at = Number.NEGATIVE_INFINITY;
  #value = 0;
  /** Newest reading that jumped and was not confirmed. */
  #suspectAt = Number.NEGATIVE_INFINITY;
  #suspect = 0;
  #jumped: LoneJump | undefined;
  /** Run of equal values. */
  #runAt = 0;
  #runValue = 0;
  #runLast = Number.NEGATIVE_INFINITY;
  #runCount = 0;

  /** The sudden change that this series is in, if it is in one. */
  get jumped(): LoneJump | undefined {
    return this.#jumped;
  }

  /** The newest value that can be, believed or not; undefined before the first. Only of a metric whose rate is judged. */
  get newest(): { readonly at: number; readonly value: number } | undefined {
    if (this.#suspectAt > this.#at) return { at: this.#suspectAt, value: this.#suspect };
    return this.#at === Number.NEGATIVE_INFINITY ? undefined : { at: this.#at, value: this.#value };
  }

  /** Quality flags of a value, and the memory of it. */
  judge(metric: MetricDescriptor, at: number, value: number, settings: RateSettings): number {
    const [min, max] = metric.range;
    // What cannot be is no measure for what comes after it.
    if (value < min || value > max) return QUALITY.range;
    const jump = metric.maxRatePerHour === undefined ? 0 : this.#jump(metric.maxRatePerHour, metric, at, value, settings);
    const stuck = metric.stuckAfterMs === undefined ? 0 : this.#stuck(metric.stuckAfterMs, metric.resolution, at, value);
    return jump | stuck;
  }

  #jump(maxRatePerHour: number, metric: MetricDescriptor, at: number, value: number, settings: RateSettings): number {
    if (this.#at === Number.NEGATIVE_INFINITY) {
      this.#believe(at, value);
      return 0;
    }
    const believable = allowed(maxRatePerHour, metric.resolution, at - this.#at, settings.rateFloorMs);
    const change = Math.abs(value - this.#value);
    const isNewer = at > this.#at;
    if (change <= believable) {
      if (isNewer) this.#believe(at, value);
      return 0;
    }
    if (!isNewer) return QUALITY.rate;
    if (this.#jumped === undefined || this.#jumped.isOver(at)) this.#jumped = new LoneJump(at, this.#value, value);
    if (this.#confirmsSuspect(maxRatePerHour, metric.resolution, at, value, settings)) {
      this.#believe(at, value);
      return 0;
    }
    if (at > this.#suspectAt) {
      this.#suspectAt = at;
      this.#suspect = value;
    }
    return change > believable * settings.spikeFactor ? QUALITY.rate | QUALITY.spike : QUALITY.rate;
  }

  /** Two readings in a row that agree on the new value are a step, not a spike. */
  #confirmsSuspect(maxRatePerHour: number, resolution: number, at: number, value: number, settings: RateSettings): boolean {
    if (this.#suspectAt <= this.#at || at <= this.#suspectAt) return false;
    return Math.abs(value - this.#suspect) <= allowed(maxRatePerHour, resolution, at - this.#suspectAt, settings.rateFloorMs);
  }

  #believe(at: number, value: number): void {
    this.#at = at;
    this.#value = value;
  }

  #stuck(stuckAfterMs: number, resolution: number, at: number, value: number): number {
    const isSame = Math.abs(value - this.#runValue) < resolution / 2;
    if (at <= this.#runLast)
      return isSame && at - this.#runAt >= stuckAfterMs && this.#runCount >= STUCK_READINGS ? QUALITY.stuck : 0;
    // After a silence of that length equal values say nothing about what was between.
    if (!isSame || this.#runCount === 0 || at - this.#runLast > stuckAfterMs) {
      this.#runAt = at;
      this.#runValue = value;
      this.#runCount = 0;
    }
    this.#runLast = at;
    this.#runCount += 1;
    return this.#runCount >= STUCK_READINGS && at - this.#runAt >= stuckAfterMs ? QUALITY.stuck : 0;
  }
}

/** Largest believable change over a span either way, with one step of the instrument at each end. */
function allowed(maxRatePerHour: number, resolution: number, spanMs: number, floorMs: number): number {
  return (maxRatePerHour * Math.max(Math.abs(spanMs), floorMs)) / HOUR_MS + 2 * resolution;
}
