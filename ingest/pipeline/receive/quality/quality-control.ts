import type { DeviceClock } from '@clearbay/domain/alerts/device-clock.ts';
import type { Neighbours } from '@clearbay/domain/district.ts';
import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import { markFlags, QUALITY } from '@clearbay/domain/quality.ts';
import type { Mark, Reading } from '@clearbay/domain/reading.ts';
import type { RegisteredDevice, RegisteredStation } from '../registry.ts';
import { ClockSkew, type SkewSettings } from './clock-skew.ts';
import { Neighbourhood } from './neighbourhood.ts';
import type { RateSettings, SeriesState } from './series-state.ts';
import { windowFlags } from './service-windows.ts';
import type { SourceState } from './source-state.ts';

export interface QualitySettings extends RateSettings, SkewSettings {
  /** A live reading older than this, or than two of its device's periods, is late, ms. */
  readonly lateAfterMs: number;
  /** Beyond this ahead of us an event time is in the future: stored, judged by nothing, ms. */
  readonly futureToleranceMs: number;
}

export const QUALITY_DEFAULTS: QualitySettings = {
  rateFloorMs: 15 * 60_000,
  spikeFactor: 3,
  maxSkewMs: 5 * 60_000,
  skewSpreadMs: 60_000,
  lateAfterMs: 5 * 60_000,
  futureToleranceMs: 5 * 60_000,
};

/** What is judged: one reading before it is committed. */
export interface Judged {
  readonly at: number;
  /** False where the receive time stands in for the event time. */
  readonly hasEventTime: boolean;
  readonly receivedAt: number;
  /** How long the values stand for, ms. */
  readonly periodMs: number;
  readonly historical: boolean;
  /** Sent in bulk: its age says nothing about the device's clock. */
  readonly inBulk: boolean;
  readonly values: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, Mark>> | undefined;
}

/** Memory of one device. */
export class DeviceState {
  readonly clock = new ClockSkew();
}

/** Says what can be believed of each value, as flags; the value itself is never touched. */
export class QualityControl {
  readonly #settings: QualitySettings;
  readonly #neighbourhood = new Neighbourhood();

  constructor(settings: Partial<QualitySettings> = {}) {
    this.#settings = { ...QUALITY_DEFAULTS, ...settings };
  }

  /** A device begins to speak at a station: from then on it is a neighbour to others. */
  know(station: RegisteredStation, device: RegisteredDevice, state: SourceState): void {
    this.#neighbourhood.add(station.id, device, state);
  }

  /** What is known of a device's clock; undefined before its first live message. */
  clockOf({ clock }: DeviceState): DeviceClock | undefined {
    return clock.known(this.#settings.futureToleranceMs);
  }

  /** Takes a reading of an earlier run into the memory, as it was judged then. */
  recall(
    reading: Reading,
    station: RegisteredStation,
    device: RegisteredDevice,
    states: { readonly device: DeviceState; readonly source: SourceState },
  ): void {
    const { at, receivedAt, periodMs, historical, values, marks, quality } = reading;
    let flags = 0;
    for (const metric in values) {
      if (!station.metrics.has(metric)) return;
      flags |= quality?.[metric] ?? 0;
    }
    // An offset that was not held against the clock came in bulk, or was one of the first few.
    const tellsOfClock = (flags & QUALITY.clock) !== 0 || Math.abs(receivedAt - at) <= this.#settings.maxSkewMs;
    const hasEventTime = (flags & QUALITY.arrival) === 0;
    this.judge(
      { at, hasEventTime, receivedAt, periodMs, historical, inBulk: !tellsOfClock, values, marks },
      station,
      device,
      states,
    );
  }

  /** Flags by metric; undefined where every value is clean. */
  judge(
    judged: Judged,
    station: RegisteredStation,
    device: RegisteredDevice,
    states: { readonly device: DeviceState; readonly source: SourceState },
  ): Record<string, number> | undefined {
    const ofTime = this.#judgeTime(judged, device, states.device);
    const inWindow = station.windows === undefined ? 0 : windowFlags(station.windows, judged.at, judged.periodMs);
    // A reading from the future, or of an instrument under work, must not become the measure of the present.
    const isNoMeasure = (ofTime & QUALITY.future) !== 0 || inWindow !== 0;
    let quality: Record<string, number> | undefined;
    for (const metric in judged.values) {
      let flags = ofTime | inWindow;
      const marked = judged.marks === undefined ? 0 : markFlags(judged.marks[metric]);
      const descriptor = station.metrics.get(metric) as MetricDescriptor;
      flags |= marked;
      const value = judged.values[metric] as number;
      // What the device itself disowns says nothing about the next value either.
      if (isNoMeasure || marked !== 0) flags |= rangeFlag(descriptor, value);
      else {
        const series = states.source.of(metric);
        flags |= series.judge(descriptor, judged.at, value, this.#settings);
        if (station.neighbours !== undefined) flags |= this.#neighbourFlag(judged, metric, series, station.neighbours);
      }
      if (flags === 0) continue;
      quality ??= {};
      quality[metric] = flags;
    }
    return quality;
  }

  #neighbourFlag({ at, periodMs, values }: Judged, metric: string, { jumped }: SeriesState, neighbours: Neighbours): number {
    if (jumped === undefined || jumped.isOver(at)) return 0;
    const judged = { at, periodMs, value: values[metric] as number, tolerance: neighbours.tolerance?.[metric] };
    const spoken = this.#neighbourhood.values(neighbours.stations, metric);
    return jumped.isDoubted(judged, spoken) ? QUALITY.neighbour : 0;
  }

  #judgeTime(judged: Judged, device: RegisteredDevice, state: DeviceState): number {
    if (!judged.hasEventTime) return QUALITY.arrival;
    const ageMs = judged.receivedAt - judged.at;
    if (judged.historical) return ageMs < -this.#settings.futureToleranceMs ? QUALITY.future : 0;
    let flags = !judged.inBulk && state.clock.add(ageMs, this.#settings) ? QUALITY.clock : 0;
    if (ageMs < -this.#settings.futureToleranceMs) flags |= QUALITY.future;
    else if (ageMs > Math.max(this.#settings.lateAfterMs, 2 * device.periodMs)) flags |= QUALITY.late;
    return flags;
  }
}

function rangeFlag(metric: MetricDescriptor, value: number): number {
  return value < metric.range[0] || value > metric.range[1] ? QUALITY.range : 0;
}
