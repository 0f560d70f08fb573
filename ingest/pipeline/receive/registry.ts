import type { District, Neighbours, ServiceWindow, Station } from '@clearbay/domain/district.ts';
import type { Measured, MetricDescriptor } from '@clearbay/domain/kinds/kind.ts';
import type { Origin } from '@clearbay/domain/reading.ts';

/** What the receiver needs of a station. */
export interface RegisteredStation {
  readonly id: string;
  readonly kind: string;
  readonly metrics: ReadonlyMap<string, MetricDescriptor>;
  /** Metrics that only mean something with a bay. */
  readonly bayMetrics: ReadonlySet<string>;
  /** Bays it can have; 0 where the kind has none. */
  readonly bays: number;
  readonly windows?: readonly ServiceWindow[];
  readonly neighbours?: Neighbours;
  /** Adds what follows from the measured values, as a level from a distance; absent where nothing does. */
  readonly derive?: (measured: Measured) => Measured;
}

/** What the receiver needs of a device. */
export interface RegisteredDevice {
  readonly id: string;
  readonly stations: ReadonlySet<string>;
  readonly origin: Origin;
  readonly periodMs: number;
}

/** Who may report what. Looked up for every message: answers from memory. */
export interface Registry {
  station(id: string): RegisteredStation | undefined;
  device(id: string): RegisteredDevice | undefined;
  /** The device that speaks for a station where no other does; undefined where there are none or several. */
  onlyDevice(station: string): string | undefined;
}

/** What the registry takes of a kind. */
export interface RegisteredKind {
  readonly id: string;
  readonly metrics: readonly MetricDescriptor[];
  derive?(station: Station, measured: Measured): Measured;
}

/** Bays that may report: all of them where bays are counted, else those with a charger. */
function baysOf(station: Station): number {
  if (!('counting' in station)) return 0;
  return station.counting === 'bays' ? station.capacity : station.chargers;
}

/** The registry of a district: metrics come from the station's kind, a device may serve several stations. */
export function districtRegistry(district: District, kinds: readonly RegisteredKind[]): Registry {
  const metrics = new Map(kinds.map((kind) => [kind.id, new Map(kind.metrics.map((metric) => [metric.id, metric]))]));
  const byId = new Map(kinds.map((kind) => [kind.id, kind]));
  const stations = new Map<string, RegisteredStation>();
  for (const station of district.stations) {
    const known = metrics.get(station.kind) ?? new Map<string, MetricDescriptor>();
    const bays = baysOf(station);
    const kind = byId.get(station.kind);
    const bayMetrics = bays === 0 ? [] : [...known.values()].filter((metric) => metric.perBay).map((metric) => metric.id);
    stations.set(station.id, {
      id: station.id,
      kind: station.kind,
      metrics: known,
      bayMetrics: new Set(bayMetrics),
      bays,
      windows: station.windows,
      neighbours: 'neighbours' in station ? station.neighbours : undefined,
      derive: kind?.derive && ((measured) => kind.derive?.(station, measured) ?? measured),
    });
  }
  const devices = new Map<string, RegisteredDevice & { readonly stations: Set<string> }>();
  const speakers = new Map<string, string | undefined>();
  for (const { id, station, origin, periodMs } of district.devices) {
    speakers.set(station, speakers.has(station) && speakers.get(station) !== id ? undefined : id);
    const known = devices.get(id);
    if (known) known.stations.add(station);
    else devices.set(id, { id, origin, periodMs, stations: new Set([station]) });
  }
  return { station: (id) => stations.get(id), device: (id) => devices.get(id), onlyDevice: (station) => speakers.get(station) };
}
