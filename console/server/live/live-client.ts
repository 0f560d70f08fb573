import type { AlertView } from '@clearbay/contract/api.ts';
import type { ClientToServer, JoinRequest, Room, ServerToClient } from '@clearbay/contract/live.ts';
import type { DefaultEventsMap, Socket } from 'socket.io';
import type { Principal } from '../accounts/accounts.ts';
import type { Rooms } from './rooms.ts';
import { SendQueue } from './send-queue.ts';

export interface SocketData {
  principal: Principal;
}

export type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** Rooms that one page may hold. */
const ROOMS_MAX = 32;
/** Alerts kept for a client that is behind; beyond it, its next snapshot must do. */
const WAITING_ALERTS_MAX = 500;

/** One signed-in page: its rooms, and what becomes of it when it does not keep up. */
export class LiveClient {
  readonly socket: LiveSocket;
  /** Monotonic ms since which it has been behind; undefined while it keeps up. */
  behindSince: number | undefined;
  private readonly rooms: Rooms;
  private readonly joined = new Set<Room>();
  private readonly waitingAlerts = new Map<string, AlertView>();
  private readonly queue: SendQueue;

  constructor(socket: LiveSocket, rooms: Rooms) {
    this.socket = socket;
    this.rooms = rooms;
    this.queue = new SendQueue(socket.conn, () => this.catchUp());
  }

  /** Joins and answers with what was missed, or with a snapshot. A second join of the same room asks again. */
  join({ room, resume }: JoinRequest): { code: string } | undefined {
    if (!this.rooms.exists(room)) return { code: 'room.unknown' };
    if (!this.joined.has(room)) {
      if (this.joined.size >= ROOMS_MAX) return { code: 'room.limit' };
      this.joined.add(room);
      this.rooms.enter(room);
      void this.socket.join(room);
    }
    if (this.behindSince === undefined && !(resume !== undefined && this.resume(room, resume))) this.snapshot(room);
    return undefined;
  }

  leave(room: Room): void {
    if (!this.joined.delete(room)) return;
    void this.socket.leave(room);
    this.rooms.leave(room);
  }

  isIn(room: Room): boolean {
    return this.joined.has(room);
  }

  leaveAll(): void {
    for (const room of [...this.joined]) this.leave(room);
  }

  /** Whether it may be sent to; one that does not drain is set aside until it does. */
  keepsUp(now: number): boolean {
    if (this.behindSince === undefined && this.queue.isFull) this.behindSince = now;
    return this.behindSince === undefined;
  }

  snapshot(room: Room): void {
    this.socket.emit('snapshot', this.rooms.snapshot(room));
  }

  /** Remembers an alert for a client that is behind. */
  holdAlert(alert: AlertView): void {
    if (this.waitingAlerts.size < WAITING_ALERTS_MAX || this.waitingAlerts.has(alert.id)) this.waitingAlerts.set(alert.id, alert);
  }

  /** The list of open alerts has no frames, so that room is always read anew. */
  private resume(room: Room, { epoch, seq }: NonNullable<JoinRequest['resume']>): boolean {
    if (room === 'alerts') return false;
    const missed = this.rooms.missed(room, epoch, seq);
    const alerts = missed && this.rooms.alerts.since(missed.alertMark);
    if (missed === undefined || alerts === undefined) return false;
    for (const frame of missed.frames) this.socket.emit('frame', frame);
    for (const alert of alerts) this.socket.emit('alert', alert);
    return true;
  }

  private catchUp(): void {
    if (this.behindSince === undefined) return;
    this.behindSince = undefined;
    for (const room of this.joined) this.snapshot(room);
    for (const alert of this.waitingAlerts.values()) this.socket.emit('alert', alert);
    this.waitingAlerts.clear();
  }
}
