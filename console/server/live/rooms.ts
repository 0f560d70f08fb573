import { randomUUID } from 'node:crypto';
import type { AlertView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { LiveEvent, LiveFeed, LiveFrame, LiveSnapshot, Room } from '@clearbay/contract/live.ts';
import { AlertLog } from './alert-log.ts';
import type { Missed } from './frame-ring.ts';
import { RoomFeed } from './room-feed.ts';

const STATION_PREFIX = 'station:';

/** A room that everyone left is kept this long, so that a short cut does not cost a snapshot. */
const LINGER_MS = 120_000;

export interface RoomsParts {
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly send: (frame: LiveFrame) => void;
  readonly resync: (room: Room) => void;
  readonly announce: (alert: AlertView) => void;
  readonly lingerMs?: number;
}

interface OpenRoom {
  readonly feed: RoomFeed;
  members: number;
  closing: NodeJS.Timeout | undefined;
  readonly unwatch: (() => void) | undefined;
}

/** The station of a station room; undefined for the shared rooms. */
function stationOfRoom(room: string): string | undefined {
  return room.startsWith(STATION_PREFIX) ? room.slice(STATION_PREFIX.length) : undefined;
}

/** Opens rooms for whoever joins and leads each event to the open rooms it concerns. A room that nobody joined costs one look-up. */
export class Rooms {
  readonly epoch = randomUUID();
  readonly alerts = new AlertLog();
  private readonly parts: RoomsParts;
  private readonly open = new Map<Room, OpenRoom>();
  /** The same rooms by station id, so that an event costs no string. */
  private readonly stations = new Map<string, OpenRoom>();
  /** Where closed rooms stopped: their sequence never starts over within an epoch. */
  private readonly retired = new Map<Room, number>();
  private unsubscribe: (() => void) | undefined;

  constructor(parts: RoomsParts) {
    this.parts = parts;
  }

  start(): void {
    this.unsubscribe = this.parts.feed.subscribe((event) => this.take(event));
  }

  stop(): void {
    this.unsubscribe?.();
    for (const room of this.open.values()) {
      clearTimeout(room.closing);
      room.feed.stop();
      room.unwatch?.();
    }
    this.open.clear();
    this.stations.clear();
  }

  /** Whether there is such a room. */
  exists(room: string): room is Room {
    if (room === 'overview' || room === 'alerts') return true;
    const station = stationOfRoom(room);
    return station !== undefined && this.parts.feed.station(station) !== undefined;
  }

  /** One more member; the room opens with the first. */
  enter(room: Room): void {
    const entered = this.open.get(room) ?? this.begin(room);
    clearTimeout(entered.closing);
    entered.closing = undefined;
    entered.members += 1;
  }

  leave(room: Room): void {
    const left = this.open.get(room);
    if (left === undefined) return;
    left.members -= 1;
    if (left.members > 0) return;
    left.closing = setTimeout(() => this.end(room, left), this.parts.lingerMs ?? LINGER_MS);
    left.closing.unref();
  }

  /** What a client that stopped at `seq` of `epoch` missed; undefined where only a snapshot helps. */
  missed(room: Room, epoch: string, seq: number): Missed | undefined {
    return this.open.get(room)?.feed.missed(epoch, seq);
  }

  /** Full state of a room now; pending changes are in it already and come once more with the next frame. */
  snapshot(room: Room): LiveSnapshot {
    const { feed, clock } = this.parts;
    const place = { room, epoch: this.epoch, seq: this.open.get(room)?.feed.seq ?? 0, now: clock.now() };
    const id = stationOfRoom(room);
    if (id !== undefined) {
      const station = feed.station(id);
      return station === undefined ? place : { ...place, station };
    }
    const overview = feed.overview();
    return room === 'alerts' ? { ...place, alerts: overview.alerts } : { ...place, overview };
  }

  private begin(room: Room): OpenRoom {
    const { clock, send, resync } = this.parts;
    const retired = this.retired.get(room);
    const feed = new RoomFeed({
      room,
      epoch: this.epoch,
      // One place is skipped: what happened while the room was closed is in no frame.
      seq: retired === undefined ? 0 : retired + 1,
      now: () => clock.now(),
      alertMark: () => this.alerts.mark,
      send,
      resync: () => resync(room),
    });
    const station = stationOfRoom(room);
    const unwatch = station === undefined ? undefined : this.parts.feed.watch?.(station);
    const begun: OpenRoom = { feed, members: 0, closing: undefined, unwatch };
    this.open.set(room, begun);
    if (station !== undefined) this.stations.set(station, begun);
    return begun;
  }

  private end(room: Room, ended: OpenRoom): void {
    ended.feed.stop();
    ended.unwatch?.();
    this.retired.set(room, ended.feed.seq);
    this.open.delete(room);
    const station = stationOfRoom(room);
    if (station !== undefined) this.stations.delete(station);
  }

  private take(event: LiveEvent): void {
    switch (event.type) {
      case 'values':
        this.stations.get(event.station)?.feed.offer(event);
        return;
      case 'station':
        this.stations.get(event.change.id)?.feed.offer(event);
        this.open.get('overview')?.feed.offer(event);
        return;
      case 'alert':
        this.alerts.add(event.alert);
        this.parts.announce(event.alert);
        return;
      default:
        this.open.get('overview')?.feed.offer(event);
    }
  }
}
