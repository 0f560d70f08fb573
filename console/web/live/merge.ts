import type { AlertView, LatestView, OverviewView, StationDetailView, StationView } from '@clearbay/contract/api.ts';
import type { LiveFrame, StationChange } from '@clearbay/contract/live.ts';

/** Values by metric; of two the one with the later event time stays. */
function mergeLatest(known: readonly LatestView[], changed: readonly LatestView[]): LatestView[] {
  const byMetric = new Map(known.map((latest) => [latest.metric, latest]));
  for (const latest of changed) {
    const old = byMetric.get(latest.metric);
    if (old === undefined || latest.at >= old.at) byMetric.set(latest.metric, latest);
  }
  return [...byMetric.values()];
}

function mergeStation<S extends StationView>(station: S, change: StationChange): S {
  return {
    ...station,
    freshness: change.freshness ?? station.freshness,
    lastAt: change.lastAt ?? station.lastAt,
    assessment: change.assessment ?? station.assessment,
    latest: change.latest === undefined ? station.latest : mergeLatest(station.latest, change.latest),
  };
}

/** The overview after a frame; stations that did not change keep their identity. */
export function mergeOverview(view: OverviewView, frame: LiveFrame): OverviewView {
  const changes = new Map(frame.stations?.map((change) => [change.id, change]));
  return {
    ...view,
    now: frame.now,
    stations:
      changes.size === 0 ? view.stations : view.stations.map((station) => withChange(station, changes.get(station.station.id))),
    air: frame.air === undefined ? view.air : frame.air,
    targets: frame.targets ?? view.targets,
    freshness: frame.freshness ?? view.freshness,
    progress: frame.progress ?? view.progress,
  };
}

function withChange(station: StationView, change: StationChange | undefined): StationView {
  return change === undefined ? station : mergeStation(station, change);
}

/** One station after a frame of its room: its changes, then every value that came in. */
export function mergeStationDetail(view: StationDetailView, frame: LiveFrame): StationDetailView {
  let merged: StationDetailView = { ...view, now: frame.now };
  for (const change of frame.stations ?? []) if (change.id === view.station.id) merged = mergeStation(merged, change);
  if (frame.values !== undefined && frame.values.length > 0) {
    const values = frame.values.map(([metric, at, value, flags]) => ({ metric, at, value, flags }));
    const newest = Math.max(merged.lastAt ?? 0, ...values.map(({ at }) => at));
    merged = { ...merged, latest: mergeLatest(merged.latest, values), lastAt: newest };
  }
  return merged;
}

export function isOpen(alert: AlertView): boolean {
  return alert.closedAt === null;
}

/** Most severe first, then the oldest. */
export function compareAlerts(a: AlertView, b: AlertView): number {
  return a.level - b.level || a.openedAt - b.openedAt;
}

/** Alerts with one more state of one of them; a state with a lower version than the known one changes nothing. */
export function mergeAlert(alerts: readonly AlertView[], alert: AlertView): readonly AlertView[] {
  const known = alerts.find(({ id }) => id === alert.id);
  if (known !== undefined && known.version >= alert.version) return alerts;
  return [...alerts.filter(({ id }) => id !== alert.id), alert];
}
