import type { Assessment } from '@clearbay/domain/assessment.ts';
import type {
  AlertView,
  DayView,
  Freshness,
  FreshnessView,
  LatestView,
  OverviewView,
  ProgressView,
  StationDetailView,
  TargetView,
} from './api.ts';

/** Rooms of the socket.io namespace `/live`. */
export const LIVE_NAMESPACE = '/live';
export type Room = 'overview' | 'alerts' | `station:${string}`;

/** Changed fields of one station. */
export interface StationChange {
  readonly id: string;
  readonly freshness?: Freshness;
  readonly lastAt?: number | null;
  readonly assessment?: Assessment;
  readonly latest?: readonly LatestView[];
}

/** Changed values only; at most 4 frames a second and room, the first after a quiet spell at once. */
export interface LiveFrame {
  readonly room: Room;
  /** New at each start of the server. */
  readonly epoch: string;
  /** Rises by 1 with each frame of the room. */
  readonly seq: number;
  /** Server time, epoch ms. */
  readonly now: number;
  readonly stations?: readonly StationChange[];
  readonly air?: Assessment | null;
  readonly targets?: readonly TargetView[];
  readonly freshness?: FreshnessView;
  readonly progress?: readonly ProgressView[];
  /** Station rooms only: every accepted value since the last frame, [metric, at, value, flags]. */
  readonly values?: readonly (readonly [string, number, number, number])[];
}

/** Full state of a room on joining, or where a resume is not possible. */
export interface LiveSnapshot {
  readonly room: Room;
  readonly epoch: string;
  readonly seq: number;
  readonly now: number;
  readonly overview?: OverviewView;
  readonly station?: StationDetailView;
  readonly alerts?: readonly AlertView[];
}

export interface JoinRequest {
  readonly room: Room;
  /** Where the client stopped; answered by the missed frames, or by a snapshot where they are gone. */
  readonly resume?: { readonly epoch: string; readonly seq: number };
}

export interface ServerToClient {
  snapshot: (snapshot: LiveSnapshot) => void;
  frame: (frame: LiveFrame) => void;
  /** At once and to everyone signed in; never waits for a frame. */
  alert: (alert: AlertView) => void;
}

export interface ClientToServer {
  join: (request: JoinRequest, done: (problem?: { code: string }) => void) => void;
  leave: (room: Room) => void;
}

/** What happened, as the pipeline tells the console server. */
export type LiveEvent =
  | {
      readonly type: 'values';
      readonly station: string;
      readonly values: readonly (readonly [metric: string, at: number, value: number, flags: number])[];
    }
  | { readonly type: 'station'; readonly change: StationChange }
  | { readonly type: 'air'; readonly assessment: Assessment | null }
  | { readonly type: 'targets'; readonly targets: readonly TargetView[] }
  | { readonly type: 'freshness'; readonly freshness: FreshnessView }
  | { readonly type: 'progress'; readonly progress: readonly ProgressView[] }
  | { readonly type: 'alert'; readonly alert: AlertView };

/** The live state that the console server reads; the pipeline owns it. */
export interface LiveFeed {
  overview(): OverviewView;
  /** Undefined for an unknown station. */
  station(id: string): StationDetailView | undefined;
  /** Days of a year judged from the day store, under `edition` or the one in force on each day. */
  days(station: string, year: number, edition?: string): Promise<readonly DayView[]>;
  /** Asks for the `values` events of a station until the returned function is called; a feed without it tells them all. */
  watch?(station: string): () => void;
  /** Called at once, in order; a listener must not throw or block. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}
