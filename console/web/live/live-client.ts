import type { AlertView, OverviewView, StationDetailView } from '@clearbay/contract/api.ts';
import type { ClientToServer, LiveFrame, LiveSnapshot, Room, ServerToClient } from '@clearbay/contract/live.ts';
import type { Socket } from 'socket.io-client';
import { type ShallowRef, shallowRef } from 'vue';
import { compareAlerts, isOpen, mergeAlert, mergeOverview, mergeStationDetail } from './merge.ts';
import { RoomFeed } from './room-feed.ts';
import type { ServerClock } from './server-clock.ts';

/** At least this long between two requests to fill one room's gap, ms. */
const RESYNC_INTERVAL_MS = 1000;
/** A line that the server closed is tried again after this, ms. */
const SERVER_CLOSED_RETRY_MS = 1500;
/** Closed alerts that the page remembers. */
const REMEMBERED_ALERTS = 400;

export type LiveSocket = Pick<Socket<ServerToClient, ClientToServer>, 'on' | 'emit' | 'connect' | 'disconnect' | 'connected'>;

export type LinkState = 'connecting' | 'live' | 'lost' | 'refused';

export type StationValue = NonNullable<LiveFrame['values']>[number];

interface OpenRoom {
  holders: number;
  askedAt: number;
  /** Whether anything of it is on the page yet; the first state shows even while the page is frozen. */
  shown: boolean;
  readonly takeSnapshot: (snapshot: LiveSnapshot) => boolean;
  readonly takeFrame: (frame: LiveFrame) => 'applied' | 'ignored' | 'missing';
  readonly cursor: () => { readonly epoch: string; readonly seq: number } | undefined;
  /** Copies the room's state to what is shown. */
  readonly show: () => void;
}

export interface LiveSurroundings {
  readonly socket: LiveSocket;
  readonly clock: ServerClock;
  /** Runs once before the next picture. */
  readonly beforeNextFrame: (flush: () => void) => void;
  readonly localNow: () => number;
  readonly later: (work: () => void, ms: number) => void;
}

/** The page's end of the live protocol: rooms by reference count, resume after a cut, one flush a picture, freeze. */
export class LiveClient {
  readonly link = shallowRef<LinkState>('connecting');
  readonly attempts = shallowRef(0);
  /** Server time of the newest message; null before the first. */
  readonly lastMessageAt = shallowRef<number | null>(null);
  readonly overview = shallowRef<OverviewView>();
  readonly alerts = shallowRef<readonly AlertView[]>([]);
  /** Alerts that ended while the page was open. */
  readonly closedAlerts = shallowRef<readonly AlertView[]>([]);
  readonly frozenAt = shallowRef<number | null>(null);

  private readonly surroundings: LiveSurroundings;
  private readonly rooms = new Map<Room, OpenRoom>();
  private readonly stations = new Map<string, ShallowRef<StationDetailView | undefined>>();
  private readonly valueListeners = new Map<Room, Set<(values: readonly StationValue[]) => void>>();
  private readonly alertListeners = new Set<(alert: AlertView) => void>();
  private readonly touched = new Set<Room>();
  private knownAlerts: readonly AlertView[] = [];
  private alertsKnown = false;
  private flushPending = false;
  private listening = false;

  constructor(surroundings: LiveSurroundings) {
    this.surroundings = surroundings;
  }

  /** Connects; again after a stop. */
  start(): void {
    if (!this.listening) this.listen();
    this.listening = true;
    this.surroundings.socket.connect();
  }

  private listen(): void {
    const { socket } = this.surroundings;
    socket.on('connect', () => {
      this.attempts.value = 0;
      this.link.value = 'live';
      for (const room of this.rooms.keys()) this.ask(room);
    });
    socket.on('disconnect', (reason) => {
      this.link.value = 'lost';
      // A line that the server closed is not tried again by itself: it may have been restarted, or the session has ended, which the next try tells.
      if (reason === 'io server disconnect') this.surroundings.later(() => this.reconnect(), SERVER_CLOSED_RETRY_MS);
    });
    socket.on('connect_error', (error: Error) => {
      this.attempts.value += 1;
      // A page that was never connected is still connecting; one that was has lost its line, even before its first message.
      if (error.message === 'unauthorized') this.link.value = 'refused';
      else if (this.link.value !== 'connecting') this.link.value = 'lost';
    });
    socket.on('snapshot', (snapshot: LiveSnapshot) => this.takeSnapshot(snapshot));
    socket.on('frame', (frame: LiveFrame) => this.takeFrame(frame));
    socket.on('alert', (alert: AlertView) => this.takeAlert(alert));
  }

  stop(): void {
    this.surroundings.socket.disconnect();
  }

  /** Tries again now instead of waiting for the back-off. */
  reconnect(): void {
    const { socket } = this.surroundings;
    if (socket.connected) return;
    // Ends a back-off that is under way, else connecting would wait for it.
    socket.disconnect();
    socket.connect();
  }

  /** Joins a room, or holds it once more; the returned function lets go, and the last holder leaves it. */
  join(room: Room): () => void {
    const open = this.rooms.get(room) ?? this.open(room);
    open.holders += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      open.holders -= 1;
      if (open.holders > 0) return;
      this.rooms.delete(room);
      if (room.startsWith('station:')) this.stations.delete(room.slice('station:'.length));
      if (this.surroundings.socket.connected) this.surroundings.socket.emit('leave', room);
    };
  }

  /** The station as its room shows it; undefined until the snapshot arrived. */
  station(id: string): ShallowRef<StationDetailView | undefined> {
    const known = this.stations.get(id);
    if (known !== undefined) return known;
    const fresh = shallowRef<StationDetailView>();
    this.stations.set(id, fresh);
    return fresh;
  }

  onValues(room: Room, listener: (values: readonly StationValue[]) => void): () => void {
    const listeners = this.valueListeners.get(room) ?? new Set();
    listeners.add(listener);
    this.valueListeners.set(room, listeners);
    return () => listeners.delete(listener);
  }

  /** Every change of an alert, at once, also while the page is frozen. */
  onAlert(listener: (alert: AlertView) => void): () => void {
    this.alertListeners.add(listener);
    return () => this.alertListeners.delete(listener);
  }

  /** Holds the shown values still; what arrives meanwhile is kept and shown on release. */
  freeze(hold: boolean): void {
    this.frozenAt.value = hold ? this.surroundings.clock.now(this.surroundings.localNow()) : null;
    if (!hold) this.flush([...this.rooms.keys()]);
  }

  /** Leaves station rooms while nobody looks, and resumes them afterwards. */
  rest(hidden: boolean): void {
    const { socket } = this.surroundings;
    if (!socket.connected) return;
    for (const room of this.rooms.keys()) {
      if (!room.startsWith('station:')) continue;
      if (hidden) socket.emit('leave', room);
      else this.ask(room);
    }
  }

  private open(room: Room): OpenRoom {
    const opened = room.startsWith('station:') ? this.openStation(room.slice('station:'.length)) : this.openShared(room);
    this.rooms.set(room, opened);
    if (this.surroundings.socket.connected) this.ask(room);
    return opened;
  }

  private openStation(id: string): OpenRoom {
    const shown = this.station(id);
    const feed = new RoomFeed<StationDetailView>({
      open: ({ station }) => station,
      merge: mergeStationDetail,
      applied: ({ room, values }) => {
        if (values !== undefined) for (const listener of this.valueListeners.get(room) ?? []) listener(values);
      },
    });
    return roomOf(feed, () => {
      shown.value = feed.view;
    });
  }

  private openShared(room: Room): OpenRoom {
    if (room === 'alerts') {
      const feed = new RoomFeed<readonly AlertView[]>({ open: ({ alerts }) => alerts, merge: (alerts) => alerts });
      // Frames carry no alerts, so a resumed room could miss one: this room always starts from a snapshot.
      return { ...roomOf(feed, () => this.showAlerts()), cursor: () => undefined };
    }
    const feed = new RoomFeed<OverviewView>({ open: ({ overview }) => overview, merge: mergeOverview });
    return roomOf(feed, () => {
      this.overview.value = feed.view;
      this.showAlerts();
    });
  }

  private ask(room: Room): void {
    const open = this.rooms.get(room);
    if (open === undefined) return;
    open.askedAt = this.surroundings.localNow();
    const resume = open.cursor();
    this.surroundings.socket.emit('join', resume === undefined ? { room } : { room, resume }, () => undefined);
  }

  private takeSnapshot(snapshot: LiveSnapshot): void {
    this.heard(snapshot.now);
    const open = this.rooms.get(snapshot.room);
    if (open?.takeSnapshot(snapshot) !== true) return;
    const opened = snapshot.alerts ?? snapshot.overview?.alerts;
    if (opened !== undefined) this.replaceOpenAlerts(opened);
    this.touch(snapshot.room);
  }

  private takeFrame(frame: LiveFrame): void {
    this.heard(frame.now);
    const open = this.rooms.get(frame.room);
    if (open === undefined) return;
    const outcome = open.takeFrame(frame);
    if (outcome === 'missing' && this.surroundings.localNow() - open.askedAt >= RESYNC_INTERVAL_MS) this.ask(frame.room);
    if (outcome !== 'applied') return;
    this.touch(frame.room);
  }

  private takeAlert(alert: AlertView): void {
    const merged = mergeAlert(this.knownAlerts, alert);
    if (merged === this.knownAlerts) return;
    this.knownAlerts = merged.length > REMEMBERED_ALERTS ? merged.slice(-REMEMBERED_ALERTS) : merged;
    for (const listener of this.alertListeners) listener(alert);
    this.touch('alerts');
  }

  /** A snapshot names every open alert; what it does not name has ended meanwhile, what is new opened while the line was down. */
  private replaceOpenAlerts(open: readonly AlertView[]): void {
    const missed = this.alertsKnown ? open.filter(({ id }) => !this.knownAlerts.some((known) => known.id === id)) : [];
    const closed = this.knownAlerts.filter((alert) => !isOpen(alert));
    this.knownAlerts = open.reduce<readonly AlertView[]>(mergeAlert, closed);
    this.alertsKnown = true;
    for (const alert of missed) for (const listener of this.alertListeners) listener(alert);
  }

  private heard(serverNow: number): void {
    this.surroundings.clock.observe(serverNow, this.surroundings.localNow());
    if (serverNow > (this.lastMessageAt.value ?? 0)) this.lastMessageAt.value = serverNow;
  }

  private touch(room: Room): void {
    this.touched.add(room);
    if (this.flushPending) return;
    this.flushPending = true;
    this.surroundings.beforeNextFrame(() => {
      this.flushPending = false;
      const rooms = [...this.touched];
      this.flush(this.frozenAt.value === null ? rooms : rooms.filter((name) => this.rooms.get(name)?.shown === false));
    });
  }

  private flush(rooms: readonly Room[]): void {
    this.touched.clear();
    for (const name of rooms) {
      const room = this.rooms.get(name);
      if (room === undefined) continue;
      room.shown = true;
      room.show();
    }
  }

  private showAlerts(): void {
    this.alerts.value = this.knownAlerts.filter(isOpen).sort(compareAlerts);
    this.closedAlerts.value = this.knownAlerts.filter((alert) => !isOpen(alert));
  }
}

function roomOf<View>(feed: RoomFeed<View>, show: () => void): OpenRoom {
  return {
    holders: 0,
    askedAt: 0,
    shown: false,
    takeSnapshot: (snapshot) => feed.takeSnapshot(snapshot),
    takeFrame: (frame) => feed.takeFrame(frame),
    cursor: () => feed.cursor,
    show,
  };
}
