import type { FreshnessView, LatestView, ProgressView, TargetView } from '@clearbay/contract/api.ts';
import type { LiveEvent, LiveFrame, StationChange } from '@clearbay/contract/live.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';

/** What a frame carries besides its place in the sequence. */
export type FrameBody = Omit<LiveFrame, 'room' | 'epoch' | 'seq' | 'now'>;

type Value = NonNullable<LiveFrame['values']>[number];

/** Values that one frame may carry; in a flood (a back-fill) a fresh snapshot is smaller than the flood. */
const VALUES_MAX = 2000;

function mergeLatest(older: readonly LatestView[] | undefined, newer: readonly LatestView[]): readonly LatestView[] {
  if (older === undefined) return newer;
  const byMetric = new Map(older.map((latest) => [latest.metric, latest]));
  for (const latest of newer) byMetric.set(latest.metric, latest);
  return [...byMetric.values()];
}

function mergeChange(older: StationChange | undefined, newer: StationChange): StationChange {
  if (older === undefined) return newer;
  const merged = { ...older, ...newer };
  return newer.latest === undefined ? merged : { ...merged, latest: mergeLatest(older.latest, newer.latest) };
}

/** Collects what changed in a room since its last frame: of repeated changes the last wins, values are all kept. */
export class PendingFrame {
  private readonly stations = new Map<string, StationChange>();
  private values: Value[] = [];
  private air: Assessment | null | undefined;
  private targets: readonly TargetView[] | undefined;
  private freshness: FreshnessView | undefined;
  private progress: readonly ProgressView[] | undefined;
  private flooded = false;

  add(event: LiveEvent): void {
    switch (event.type) {
      case 'values':
        this.addValues(event.values);
        return;
      case 'station':
        this.stations.set(event.change.id, mergeChange(this.stations.get(event.change.id), event.change));
        return;
      case 'air':
        this.air = event.assessment;
        return;
      case 'targets':
        this.targets = event.targets;
        return;
      case 'freshness':
        this.freshness = event.freshness;
        return;
      case 'progress':
        this.progress = event.progress;
        return;
      case 'alert':
        return;
    }
  }

  /** What has come in, and starts over; `flood` where only a snapshot can say it. */
  take(): FrameBody | 'flood' {
    const body: FrameBody = {
      ...(this.stations.size > 0 && { stations: [...this.stations.values()] }),
      ...(this.values.length > 0 && { values: this.values }),
      ...(this.air !== undefined && { air: this.air }),
      ...(this.targets !== undefined && { targets: this.targets }),
      ...(this.freshness !== undefined && { freshness: this.freshness }),
      ...(this.progress !== undefined && { progress: this.progress }),
    };
    const { flooded } = this;
    this.stations.clear();
    this.values = [];
    this.air = undefined;
    this.targets = undefined;
    this.freshness = undefined;
    this.progress = undefined;
    this.flooded = false;
    return flooded ? 'flood' : body;
  }

  private addValues(values: readonly Value[]): void {
    if (this.flooded) return;
    if (this.values.length + values.length > VALUES_MAX) {
      this.flooded = true;
      this.values = [];
      return;
    }
    for (const value of values) this.values.push(value);
  }
}
