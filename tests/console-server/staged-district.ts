import type { AlertView, OverviewView, StationDetailView, StationView, TargetView } from '@clearbay/contract/api.ts';
import type { Assessment } from '@clearbay/domain/assessment.ts';
import type { AirStation, FloodStation, Station } from '@clearbay/domain/district.ts';
import type { MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';

export const NOW = Date.UTC(2026, 10, 23, 6, 0, 0);

const same = (words: string) => ({ zh: words, en: words });

export const AIR: AirStation = {
  kind: 'air',
  id: 'air-1',
  name: { zh: '=百崎空气站', en: 'Baiqi air' },
  town: 'baiqi',
  position: { lon: 118.7, lat: 24.87 },
  state: 'service',
  grade: 'official',
  notMonitored: [],
};

export const GAUGE: FloodStation = {
  kind: 'flood',
  id: 'gauge-1',
  name: { zh: '玉山水闸', en: 'Yushan sluice' },
  town: 'zhangban',
  position: { lon: 118.8, lat: 24.9 },
  state: 'service',
  grade: 'official',
  datum: same('local'),
  lines: { warning: 3, guaranteed: 4 },
  basin: same('Moon Bay'),
  tidal: true,
};

const PM25: MetricDescriptor = {
  id: 'pm25',
  label: same('PM2.5'),
  unit: 'µg/m³',
  decimals: 0,
  range: [0, 1000],
  resolution: 0.1,
  rollup: 'mean',
};
const LEVEL: MetricDescriptor = { ...PM25, id: 'level', label: same('level'), unit: 'm', decimals: 2, range: [-5, 20] };
const RAIN: MetricDescriptor = { ...PM25, id: 'rainfall', label: same('rainfall'), unit: 'mm', rollup: 'sum' };

const METRICS: Readonly<Record<string, readonly MetricDescriptor[]>> = {
  [AIR.id]: [PM25],
  [GAUGE.id]: [LEVEL, RAIN],
};

export function assessmentOf(station: Station, value: number): Assessment {
  const { metric, unit, decimals } =
    station.kind === 'air' ? { metric: 'aqi', unit: '', decimals: 0 } : { metric: 'level', unit: 'm', decimals: 2 };
  return {
    kind: station.kind,
    station: station.id,
    at: NOW,
    start: NOW - 3_600_000,
    end: NOW,
    level: 'hour',
    edition: 'HJ 633-2026',
    origin: 'simulated',
    rating: { code: 'good', rank: 0, text: { zh: '优', en: 'good' }, colour: '#00E400', meets: true },
    figure: { metric, value, unit, decimals },
    reason: same('reason'),
    detail: {},
  };
}

function stateOf(station: Station): StationView {
  return {
    station,
    periodMs: 60_000,
    simulated: true,
    freshness: 'fresh',
    lastAt: NOW,
    assessment: assessmentOf(station, 42),
    latest: [{ metric: METRICS[station.id]?.[0]?.id ?? '', value: 42, at: NOW, flags: 0 }],
  };
}

export function detailOf(station: Station): StationDetailView {
  return { ...stateOf(station), now: NOW, metrics: METRICS[station.id] ?? [], headline: [], alerts: [] };
}

export function alertOf(id: string, change: Partial<AlertView> = {}): AlertView {
  return {
    id,
    rule: 'flood.line',
    ruleLabel: same('line'),
    kind: 'flood',
    station: GAUGE.id,
    stationName: GAUGE.name,
    metric: 'level',
    level: 2,
    condition: 'firing',
    text: same('over the warning level'),
    value: 3.2,
    threshold: 3,
    unit: 'm',
    openedAt: NOW,
    changedAt: NOW,
    closedAt: null,
    simulated: true,
    version: 1,
    history: [{ at: NOW, change: 'opened', level: 2, value: 3.2, text: same('opened') }],
    ...change,
  };
}

const TARGET: TargetView = {
  id: 'good-air-days',
  kind: 'good-air-days',
  name: same('good days'),
  clause: same('97 %'),
  unit: '',
  target: 0.97,
  value: 0.98,
  margin: 0.01,
  verdict: 'on-track',
  verdictText: same('on track'),
  probability: 0.8,
  method: same('bootstrap'),
  edition: 'HJ 633-2026',
  simulated: true,
  budget: {
    allowed: 10,
    used: 2,
    left: 8,
    good: 300,
    valid: 302,
    invalid: 1,
    daysLeft: 38,
    badDays: [{ date: '2026-02-01', aqi: 120, primary: ['pm25'] }],
  },
  otherEditions: [{ edition: 'HJ 633-2012', value: 0.99, verdict: 'on-track', badDays: 1 }],
  members: [{ station: AIR.id, value: 0.98, meets: true, text: same('ok') }],
};

export function overviewOf(alerts: readonly AlertView[] = []): OverviewView {
  return {
    now: NOW,
    district: {
      id: 'tiz',
      name: { zh: '泉州台商投资区', en: 'TIZ' },
      demonstration: true,
      towns: [{ id: 'baiqi', name: same('Baiqi') }],
    },
    stations: [stateOf(AIR), stateOf(GAUGE)],
    air: assessmentOf(AIR, 42),
    targets: [TARGET],
    alerts,
    freshness: { fresh: 2, late: 0, stale: 0, never: 0, perMinute: 4, lastReceivedAt: NOW },
    progress: [{ id: 'year', label: same('year'), done: 1, total: 2, startedAt: NOW, finishedAt: null }],
  };
}
