import type { Text } from './text.ts';

/** State of a station in its life; only `service` counts in targets. */
export type StationState = 'planned' | 'trial' | 'service' | 'retired';

/** Grade of the data, shown by the marker's shape: state station, district micro-station, mobile. */
export type DataGrade = 'official' | 'indicative' | 'mobile';

export interface Device {
  readonly id: string;
  readonly station: string;
  /** Interval of its reports, ms; freshness is judged in multiples of it. */
  readonly periodMs: number;
  readonly origin: 'measured' | 'simulated';
}

/** A span in which a station is calibrated or worked on: values whose period touches it are kept, flagged and counted nowhere. */
export interface ServiceWindow {
  /** Epoch ms; the end is not part of it. */
  readonly from: number;
  readonly to: number;
  readonly reason: 'calibration' | 'maintenance';
  readonly note?: Text;
}

/** Stations that would see what this one sees. A flood is no matter of neighbours: its gauges have none. */
export interface Neighbours {
  readonly stations: readonly string[];
  /** By metric, in its unit: a neighbour that lies this close confirms. Without one, a neighbour nearer to the new value than to the old one does. */
  readonly tolerance?: Readonly<Record<string, number>>;
}

interface StationBase {
  readonly id: string;
  readonly name: Text;
  /** Town as the plan names it. */
  readonly town: string;
  /** WGS 84, approximate unless `positionNote` is absent. */
  readonly position: { readonly lon: number; readonly lat: number };
  readonly positionNote?: Text;
  readonly state: StationState;
  readonly grade: DataGrade;
  readonly note?: Text;
  /** In order of their beginning. */
  readonly windows?: readonly ServiceWindow[];
}

export interface AirStation extends StationBase {
  readonly kind: 'air';
  /** Pollutants not monitored by plan ("/" of HJ 633-2026, 5.3.2): they do not block publication. */
  readonly notMonitored: readonly string[];
  /** Class of the area (GB 3095, 4.1): 1 national parks and the like; absent is 2, everything else. */
  readonly areaClass?: 1 | 2;
  readonly neighbours?: Neighbours;
}

export type WaterBody = 'river' | 'lake';

export interface WaterStation extends StationBase {
  readonly kind: 'water';
  readonly waterBody: WaterBody;
  /** Role in the plan's targets. */
  readonly role: 'section' | 'source' | 'function-zone';
  /** Class the station must meet, 1 to 5 (III = 3). */
  readonly targetClass: 1 | 2 | 3 | 4 | 5;
  /** Water that a source gives in a month, 10⁴ m³: its weight in the rate by volume. */
  readonly intakeVolume?: number;
  /** Order along its river, upstream first; absent off the river. */
  readonly river?: { readonly name: Text; readonly order: number };
  readonly neighbours?: Neighbours;
}

/** How a distance sensor hung over the water from a moment on. */
export interface Installation {
  /** First moment it held, epoch ms. */
  readonly from: number;
  /** Height of the sensor's zero, m above the datum. */
  readonly reference: number;
  readonly datum: Text;
  /** The device it is of; absent where the station has one sensor. */
  readonly device?: string;
}

export interface FloodStation extends StationBase {
  readonly kind: 'flood';
  readonly datum: Text;
  /** m above the station's datum, ascending where set. */
  readonly lines: {
    readonly bed?: number;
    readonly normal?: number;
    readonly fortification?: number;
    readonly warning: number;
    readonly guaranteed: number;
    readonly highestOnRecord?: number;
  };
  readonly basin: Text;
  readonly tidal: boolean;
  /** Of sensors that measure the distance down to the water; absent where gauges report levels. */
  readonly installations?: readonly Installation[];
}

export interface ParkingStation extends StationBase {
  readonly kind: 'parking';
  readonly capacity: number;
  readonly counting: 'bays' | 'counter';
  readonly closedBays: number;
  readonly chargers: number;
}

export type Station = AirStation | WaterStation | FloodStation | ParkingStation;

export interface PlanTarget {
  readonly id: string;
  readonly kind: 'good-air-days' | 'pm25-mean' | 'water-sources' | 'function-zones' | 'water-sections';
  readonly name: Text;
  /** Share 0 to 1, or µg/m³ for a mean. */
  readonly value: number;
  readonly clause: Text;
  readonly note?: Text;
}

/** A day listed as an exceptional event (例外事件), as sand and dust or a wildfire's smoke: figures are given with and without it. */
export interface ExceptionalDay {
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  readonly reason: Text;
}

export interface District {
  readonly id: string;
  readonly name: Text;
  /** True where every device is simulated; then 模拟 is shown everywhere. */
  readonly demonstration: boolean;
  readonly towns: readonly { readonly id: string; readonly name: Text }[];
  readonly stations: readonly Station[];
  readonly devices: readonly Device[];
  readonly targets: readonly PlanTarget[];
  /** Oldest first. */
  readonly exceptionalDays?: readonly ExceptionalDay[];
}
