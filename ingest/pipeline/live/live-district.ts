import type { AlertView, FreshnessView, OverviewView, StationDetailView, TargetView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { LiveEvent } from '@clearbay/contract/live.ts';
import type { Signal } from '@clearbay/domain/alerts/signal.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { District } from '@clearbay/domain/district.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { localDate } from '@clearbay/domain/time.ts';
import type { StageListener } from '../observe/stage-times.ts';
import { MinuteCounter } from './freshness.ts';
import type { ProgressBoard } from './progress.ts';
import { SetAside } from './set-aside.ts';
import { StationLive, type StoredReadings } from './station-live.ts';

/** A flooding station is judged at most this often; the first change after a quiet spell is judged at once. */
const ASSESS_EVERY_MS = 40;
const FRESHNESS_EVERY_MS = 1000;
/** A station that cannot be judged at all is tried again so often. */
const RETRY_MS = 10_000;

export interface LiveDistrictOptions {
  readonly district: District;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Standards by kind id, as the kinds expect them. */
  readonly standards: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly progress: ProgressBoard;
  /** Open alerts as the alert engine holds them. */
  readonly openAlerts: () => readonly AlertView[];
  readonly onSignals: (signals: readonly Signal[], station: StationLive) => void;
  /** Told how long a station's judgement took. */
  readonly onStage?: StageListener;
  /** Told of what live judging had to leave out. */
  readonly onSetAside?: (event: { readonly station: string; readonly at: number | undefined; readonly error: string }) => void;
  /** District value of air from the stations' assessments; null where it cannot be formed. */
  readonly districtAir: (stations: readonly StationLive[]) => Assessment | null;
}

/** The district as it stands now, in memory: fed by committed readings, read by the console, the alerts and MQTT. */
export class LiveDistrict {
  readonly #options: LiveDistrictOptions;
  readonly #stations = new Map<string, StationLive>();
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #watched = new Map<string, number>();
  readonly #dirty = new Set<StationLive>();
  readonly #rate = new MinuteCounter();
  readonly #setAside: SetAside;
  #stored: StoredReadings = async () => [];
  #targets: readonly TargetView[] = [];
  #air: Assessment | null = null;
  #assessTimer: NodeJS.Timeout | undefined;
  #freshnessTimer: NodeJS.Timeout | undefined;

  constructor(options: LiveDistrictOptions) {
    this.#options = options;
    this.#setAside = new SetAside(options.clock, options.onSetAside ?? (() => undefined));
    for (const station of options.district.stations) {
      const kind = options.kinds.get(station.kind);
      if (kind === undefined) throw new Error(`no kind is registered for "${station.kind}"`);
      const devices = options.district.devices.filter((device) => device.station === station.id);
      this.#stations.set(station.id, new StationLive(station, devices, kind, options.standards[station.kind]));
    }
    options.progress.onChange((progress) => this.#emit({ type: 'progress', progress }));
  }

  /** Rebuilds every station from its stored readings, then keeps ages up to date. */
  async start(stored: StoredReadings): Promise<void> {
    this.#stored = stored;
    for (const live of this.#stations.values()) await this.#startOver(live);
    this.#freshnessTimer = setInterval(() => this.#tick(), FRESHNESS_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#freshnessTimer);
    clearTimeout(this.#assessTimer);
  }

  stations(): IterableIterator<StationLive> {
    return this.#stations.values();
  }

  /**
   * Takes a committed batch. Called for every commit: it only sorts readings to their stations and judges what is due.
   * `storedCount`: how many readings became durable with it, where those are not the ones to judge.
   */
  accept(batch: readonly Reading[], storedCount = batch.length): void {
    const now = this.#options.clock.now();
    if (storedCount > 0) this.#rate.add(storedCount, now);
    for (const reading of batch) {
      const live = this.#stations.get(reading.station);
      if (live === undefined) continue;
      const poison = live.accept(reading);
      if (poison !== undefined) {
        this.#setAside.note(reading.station, poison);
        continue;
      }
      // What is filled in behind the present is seen with the next tick; it raises nothing by itself.
      if (!reading.historical) this.#dirty.add(live);
      if (this.#watched.has(reading.station)) this.#emitValues(reading);
    }
    this.#flush(now);
  }

  /** After a correction: starts the station's judge over from what is stored. */
  async restart(station: string): Promise<void> {
    const live = this.#stations.get(station);
    if (live !== undefined) await this.#recover(live);
  }

  /** What the live figures had to leave out lately, a sentence each. */
  troubles(): readonly string[] {
    return this.#setAside.troubles();
  }

  overview(): OverviewView {
    const now = this.#options.clock.now();
    const { district, progress, openAlerts } = this.#options;
    return {
      now,
      district: { id: district.id, name: district.name, demonstration: district.demonstration, towns: district.towns },
      stations: [...this.#stations.values()].map((live) => live.view(now)),
      air: this.#air,
      targets: this.#targets,
      alerts: openAlerts(),
      freshness: this.#freshness(now),
      progress: progress.entries(),
    };
  }

  station(id: string): StationDetailView | undefined {
    const live = this.#stations.get(id);
    if (live === undefined) return undefined;
    const now = this.#options.clock.now();
    return {
      ...live.view(now),
      now,
      metrics: live.kind.metrics,
      headline: live.kind.headline,
      marks: marksOf(live, this.#options.standards[live.station.kind], localDate(now)),
      alerts: this.#options.openAlerts().filter((alert) => alert.station === id),
    };
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Single values are told only for stations that somebody looks at. */
  watch(station: string): () => void {
    this.#watched.set(station, (this.#watched.get(station) ?? 0) + 1);
    return () => {
      const left = (this.#watched.get(station) ?? 1) - 1;
      if (left > 0) this.#watched.set(station, left);
      else this.#watched.delete(station);
    };
  }

  setTargets(targets: readonly TargetView[]): void {
    this.#targets = targets;
    this.#emit({ type: 'targets', targets });
  }

  tellAlert(alert: AlertView): void {
    this.#emit({ type: 'alert', alert });
  }

  #emitValues(reading: Reading): void {
    if (reading.bay !== undefined) return;
    const values = Object.entries(reading.values).map(
      ([metric, value]) => [metric, reading.at, value, reading.quality?.[metric] ?? 0] as const,
    );
    this.#emit({ type: 'values', station: reading.station, values });
  }

  #flush(now: number): void {
    let next = Number.POSITIVE_INFINITY;
    for (const live of this.#dirty) {
      const due = live.assessedAt + ASSESS_EVERY_MS;
      if (now >= due || now < live.assessedAt) {
        this.#dirty.delete(live);
        this.#judge(live, now);
      } else next = Math.min(next, due);
    }
    if (next === Number.POSITIVE_INFINITY || this.#assessTimer !== undefined) return;
    this.#assessTimer = setTimeout(
      () => {
        this.#assessTimer = undefined;
        this.#flush(this.#options.clock.now());
      },
      Math.max(1, next - now),
    );
  }

  /** A judge that fails takes no other station with it: it starts over without what it fails on. */
  #judge(live: StationLive, now: number): void {
    if (live.isStartingOver || performance.now() < live.restsUntil) return;
    const began = performance.now();
    try {
      this.#judgeNow(live, now);
      this.#options.onStage?.('assess', performance.now() - began);
    } catch {
      void this.#recover(live);
    }
  }

  /** Never rejects. Where starting over does not help, what was said last stands, as old as it is, and is tried again later. */
  async #recover(live: StationLive): Promise<void> {
    try {
      await this.#startOver(live);
    } catch (error) {
      live.restsUntil = performance.now() + RETRY_MS;
      this.#setAside.note(live.station.id, { reading: undefined, error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #startOver(live: StationLive): Promise<void> {
    const now = this.#options.clock.now();
    for (const poison of await live.startOver(this.#stored, now)) this.#setAside.note(live.station.id, poison);
    this.#judgeNow(live, now);
  }

  #judgeNow(live: StationLive, now: number): void {
    const assessment = live.assess(now);
    this.#options.onSignals(live.kind.signals(assessment, live.station), live);
    const { freshness, lastAt, latest } = live.view(now);
    this.#emit({ type: 'station', change: { id: live.station.id, assessment, freshness, lastAt, latest } });
  }

  /** Once a second: ages grow and hours end without any reading arriving. */
  #tick(): void {
    const now = this.#options.clock.now();
    for (const live of this.#stations.values()) {
      // A clock that was set back makes no judgement fresh.
      if (Math.abs(now - live.assessedAt) >= 10_000) this.#judge(live, now);
    }
    this.#air = this.#options.districtAir([...this.#stations.values()]);
    this.#emit({ type: 'air', assessment: this.#air });
    this.#emit({ type: 'freshness', freshness: this.#freshness(now) });
  }

  #freshness(now: number): FreshnessView {
    const counts = { fresh: 0, late: 0, stale: 0, never: 0 };
    for (const live of this.#stations.values()) {
      if (live.station.state === 'planned' || live.station.state === 'retired') continue;
      counts[live.view(now).freshness] += 1;
    }
    return { ...counts, ...this.#rate.read(now) };
  }

  #emit(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Lines of every metric that has some. */
function marksOf({ kind, station }: StationLive, standards: unknown, date: string): StationDetailView['marks'] {
  const marks = kind.metrics.map(({ id }) => [id, kind.marks?.(station, id, standards, date) ?? []] as const);
  return Object.fromEntries(marks.filter(([, lines]) => lines.length > 0));
}
