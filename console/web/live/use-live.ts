import type { AlertView, OverviewView, StationDetailView } from '@clearbay/contract/api.ts';
import { LIVE_NAMESPACE, type Room } from '@clearbay/contract/live.ts';
import { io } from 'socket.io-client';
import { type App, type InjectionKey, inject, onUnmounted, type Ref, readonly, shallowRef, watch } from 'vue';
import { LiveClient } from './live-client.ts';
import { ServerClock } from './server-clock.ts';

const TICK_MS = 1000;
const REST_AFTER_MS = 60_000;

export interface Live {
  readonly client: LiveClient;
  /** Server time that ticks each second; stands still while the page is frozen. Ages are counted from it. */
  readonly now: Readonly<Ref<number>>;
  /** Local minus server clock, ms. */
  readonly skewMs: () => number;
}

const LIVE: InjectionKey<Live> = Symbol('live');

/** Builds the connection with back-off and jitter; nothing is sent before `client.start()`. */
export function createLive(): Live {
  const clock = new ServerClock();
  const socket = io(LIVE_NAMESPACE, {
    autoConnect: false,
    withCredentials: true,
    reconnectionDelay: 1000,
    reconnectionDelayMax: 30_000,
    randomizationFactor: 0.5,
  });
  const client = new LiveClient({
    socket,
    clock,
    beforeNextFrame: (flush) => requestAnimationFrame(flush),
    localNow: () => Date.now(),
    later: (work, ms) => setTimeout(work, ms),
  });
  const now = shallowRef(Date.now());
  setInterval(() => {
    now.value = client.frozenAt.value ?? clock.now(Date.now());
  }, TICK_MS);
  watch([client.frozenAt, () => client.lastMessageAt.value === null], () => {
    now.value = client.frozenAt.value ?? clock.now(Date.now());
  });
  watchAttention(client);
  return { client, now: readonly(now), skewMs: () => -(clock.offset ?? 0) };
}

/** Back in sight or on the network: reconnect at once. Long out of sight: leave the busy rooms. */
function watchAttention(client: LiveClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let resting = false;
  window.addEventListener('online', () => client.reconnect());
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        resting = true;
        client.rest(true);
      }, REST_AFTER_MS);
      return;
    }
    if (client.link.value === 'lost') client.reconnect();
    if (resting) client.rest(false);
    resting = false;
  });
}

export function installLive(app: App, live: Live): void {
  app.provide(LIVE, live);
}

export function useLive(): Live {
  const live = inject(LIVE);
  if (live === undefined) throw new Error('the live connection is not installed');
  return live;
}

/** Holds a room for as long as the component lives. */
function useRoom(room: Room): void {
  onUnmounted(useLive().client.join(room));
}

export function useOverview(): Readonly<Ref<OverviewView | undefined>> {
  useRoom('overview');
  return useLive().client.overview;
}

export function useStation(id: string): Readonly<Ref<StationDetailView | undefined>> {
  useRoom(`station:${id}`);
  return useLive().client.station(id);
}

/** Open alerts, most severe first. */
export function useOpenAlerts(): Readonly<Ref<readonly AlertView[]>> {
  useRoom('alerts');
  return useLive().client.alerts;
}
