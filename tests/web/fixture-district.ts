import { loadConfig } from '@clearbay/config/load.ts';
import { loadAirStandards } from '@clearbay/config/standards/air.ts';
import { loadFloodStandards } from '@clearbay/config/standards/flood.ts';
import { loadParkingStandards } from '@clearbay/config/standards/parking.ts';
import { loadWaterStandards } from '@clearbay/config/standards/water.ts';
import type { LatestView, StationDetailView, StationView } from '@clearbay/contract/api.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { Derivation } from '@clearbay/domain/derivation.ts';
import type { Station } from '@clearbay/domain/district.ts';
import { airKind } from '@clearbay/domain/kinds/air/kind.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import type { Kind, LiveStation } from '@clearbay/domain/kinds/kind.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';
import { waterKind } from '@clearbay/domain/kinds/water/kind.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { DAY_MS, localDate, MINUTE_MS } from '@clearbay/domain/time.ts';
import { StationSource } from '../../simulators/station-source.ts';
import type { RegionalWeather } from '../../simulators/weather.ts';

const STEP_MS = 5 * MINUTE_MS;
const KINDS = [airKind, waterKind, floodKind, parkingKind] as unknown as readonly Kind[];
const STANDARDS: Readonly<Record<string, unknown>> = {
  air: loadAirStandards(),
  water: loadWaterStandards(),
  flood: loadFloodStandards(),
  parking: loadParkingStandards(),
};

export const district = loadConfig(undefined, {}, {}).district;

export type Value = readonly [metric: string, at: number, value: number, flags: number];

/** One station of the demonstration district, driven by its own model and judged by its own kind. */
export class FixtureStation {
  readonly station: Station;
  readonly kind: Kind;
  readonly history = new Map<string, [number, number][]>();
  private readonly source: StationSource;
  private readonly live: LiveStation;
  private readonly readings: Reading[] = [];
  private readonly latest = new Map<string, LatestView>();
  private readonly periodMs: number;
  private lastAt: number | null = null;

  constructor(station: Station, weather: RegionalWeather, seed: number) {
    const kind = KINDS.find(({ id }) => id === station.kind);
    if (kind === undefined) throw new Error(`no kind ${station.kind}`);
    this.station = station;
    this.kind = kind;
    this.periodMs = district.devices.find((device) => device.station === station.id)?.periodMs ?? kind.periodMs;
    this.source = new StationSource(station, kind, seed, weather);
    this.live = kind.live(station, STANDARDS[station.kind]);
  }

  fillDay(now: number): void {
    const from = now - 1.2 * DAY_MS;
    this.source.warmUp(from - STEP_MS);
    for (let at = from; at <= now; at += STEP_MS) {
      // A hole in one station's night, to see a gap.
      const silent = this.station.id === 'air-dongyuan' && at > now - 0.4 * DAY_MS && at < now - 0.33 * DAY_MS;
      const values = this.source.report(at, STEP_MS);
      if (!silent) this.take(values, at, STEP_MS);
    }
  }

  report(at: number, stepMs: number): Value[] {
    return this.take(this.source.report(at, stepMs), at, stepMs);
  }

  assess(now: number): Assessment {
    return this.live.assess(now);
  }

  explain(assessment: Assessment, now: number): Derivation {
    const period = { start: assessment.start, end: assessment.end };
    return this.kind.explain(this.station, this.readings, period, STANDARDS[this.station.kind], now);
  }

  view(now: number, silentMs = 0): StationView {
    const lastAt = this.lastAt === null ? null : this.lastAt - silentMs;
    return {
      station: this.station,
      periodMs: this.periodMs,
      simulated: true,
      freshness: silentMs > 0 ? 'stale' : this.lastAt === null ? 'never' : 'fresh',
      lastAt,
      assessment: this.assess(now),
      latest: [...this.latest.values()],
    };
  }

  detail(now: number): StationDetailView {
    const standards = STANDARDS[this.station.kind];
    const marks = this.kind.metrics.map(
      ({ id }) => [id, this.kind.marks?.(this.station, id, standards, localDate(now)) ?? []] as const,
    );
    return {
      ...this.view(now),
      now,
      metrics: this.kind.metrics,
      headline: this.kind.headline,
      marks: Object.fromEntries(marks.filter(([, lines]) => lines.length > 0)),
      alerts: [],
    };
  }

  private take(
    reports: readonly { readonly values: Readonly<Record<string, number>>; readonly bay?: string }[],
    at: number,
    periodMs: number,
  ): Value[] {
    const taken: Value[] = [];
    for (const { values, bay } of reports) {
      const reading: Reading = {
        station: this.station.id,
        device: `${this.station.id}-1`,
        ...(bay === undefined ? {} : { bay }),
        at,
        receivedAt: at,
        periodMs,
        origin: 'simulated',
        values,
        historical: false,
        correction: false,
        rev: 0,
      };
      this.live.accept(reading);
      this.readings.push(reading);
      this.lastAt = at;
      for (const [metric, value] of Object.entries(values)) {
        this.latest.set(metric, { metric, at, value, flags: 0 });
        if (bay === undefined) this.remember(metric, at, value);
        taken.push([metric, at, value, 0]);
      }
    }
    return taken;
  }

  private remember(metric: string, at: number, value: number): void {
    const known = this.history.get(metric) ?? [];
    known.push([at, value]);
    this.history.set(metric, known);
  }
}
