import type { AlertView, OverviewView, StationDetailView, StationView } from '@clearbay/contract/api.ts';
import type { LiveFrame, LiveSnapshot } from '@clearbay/contract/live.ts';

export const BEGIN = Date.UTC(2026, 10, 23, 6, 0, 0);

export function stationView(id: string, lastAt: number | null = BEGIN): StationView {
  return {
    station: {
      id,
      kind: 'air',
      name: { zh: id, en: id },
      town: 'a',
      position: { lon: 118.7, lat: 24.9 },
      state: 'service',
      grade: 'official',
      notMonitored: [],
    },
    periodMs: 60_000,
    simulated: true,
    freshness: 'fresh',
    lastAt,
    assessment: null,
    latest: [],
  };
}

export function detailView(id: string): StationDetailView {
  return { ...stationView(id), now: BEGIN, metrics: [], headline: [], alerts: [] };
}

export function overviewView(stations: readonly StationView[], alerts: readonly AlertView[] = []): OverviewView {
  return {
    now: BEGIN,
    district: { id: 'd', name: { zh: '区', en: 'district' }, demonstration: true, towns: [] },
    stations,
    air: null,
    targets: [],
    alerts,
    freshness: { fresh: stations.length, late: 0, stale: 0, never: 0, perMinute: 0, lastReceivedAt: null },
    progress: [],
  };
}

export function alertView(id: string, version: number, change: Partial<AlertView> = {}): AlertView {
  const text = { zh: '告警', en: 'alert' };
  return {
    id,
    rule: 'r',
    ruleLabel: text,
    kind: 'air',
    station: 's',
    stationName: text,
    metric: 'pm25',
    level: 4,
    condition: 'firing',
    text,
    value: 1,
    threshold: 1,
    unit: '',
    openedAt: BEGIN,
    changedAt: BEGIN,
    closedAt: null,
    simulated: true,
    version,
    history: [],
    ...change,
  };
}

/** A frame of a station's room that carries one value, so that the value says which frames were applied. */
export function valueFrame(seq: number, epoch = 'e1', station = 's'): LiveFrame {
  return {
    room: `station:${station}`,
    epoch,
    seq,
    now: BEGIN + seq * 1000,
    values: [['pm25', BEGIN + seq * 1000, seq, 0]],
  };
}

export function stationSnapshot(seq: number, epoch = 'e1', station = 's'): LiveSnapshot {
  return { room: `station:${station}`, epoch, seq, now: BEGIN + seq * 1000, station: detailView(station) };
}
