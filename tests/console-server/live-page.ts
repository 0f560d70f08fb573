import type { AlertView } from '@clearbay/contract/api.ts';
import type { ClientToServer, JoinRequest, LiveFrame, LiveSnapshot, ServerToClient } from '@clearbay/contract/live.ts';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** A page at the live push that keeps what it was sent. */
export class LivePage {
  readonly socket: Socket<ServerToClient, ClientToServer>;
  readonly frames: LiveFrame[] = [];
  readonly snapshots: LiveSnapshot[] = [];
  readonly alerts: AlertView[] = [];
  readonly arrivals: number[] = [];

  constructor(url: string, options: Partial<ManagerOptions & SocketOptions>) {
    this.socket = io(`${url}/live`, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
    this.socket.on('frame', (frame) => {
      this.frames.push(frame);
      this.arrivals.push(performance.now());
    });
    this.socket.on('snapshot', (snapshot) => this.snapshots.push(snapshot));
    this.socket.on('alert', (alert) => this.alerts.push(alert));
  }

  /** Resolves with undefined when connected, else with the refusal. */
  connected(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.socket.once('connect', () => resolve(undefined));
      this.socket.once('connect_error', (error) => resolve(error.message));
    });
  }

  join(request: JoinRequest): Promise<string | undefined> {
    return new Promise((resolve) => this.socket.emit('join', request, (problem) => resolve(problem?.code)));
  }

  close(): void {
    this.socket.close();
  }
}

/** Waits until a condition holds; fails after five seconds. */
export async function until(condition: () => boolean, what: string, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
