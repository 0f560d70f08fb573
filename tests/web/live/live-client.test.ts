import type { JoinRequest, Room } from '@clearbay/contract/live.ts';
import { describe, expect, test } from 'vitest';
import { LiveClient, type LiveSocket } from '../../../console/web/live/live-client.ts';
import { ServerClock } from '../../../console/web/live/server-clock.ts';
import { alertView, BEGIN, overviewView, stationSnapshot, stationView, valueFrame } from './views.ts';

/** The page's surroundings under the test's hand: a line that can be cut, pictures that are drawn on demand. */
function page() {
  const handlers = new Map<string, (message: never) => void>();
  const sent: unknown[][] = [];
  const flushes: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const lines: string[] = [];
  let localNow = BEGIN;
  const socket = {
    connected: false,
    on: (name: string, handler: (message: never) => void) => handlers.set(name, handler),
    emit: (...message: unknown[]) => sent.push(message),
    connect: () => lines.push('connect'),
    disconnect: () => lines.push('disconnect'),
  };
  const client = new LiveClient({
    socket: socket as unknown as LiveSocket,
    clock: new ServerClock(),
    beforeNextFrame: (flush) => flushes.push(flush),
    localNow: () => localNow,
    later: (work) => timers.push(work),
  });
  client.start();
  const hear = (name: string, message?: unknown) => handlers.get(name)?.(message as never);
  return {
    client,
    hear,
    connect: () => {
      socket.connected = true;
      hear('connect');
    },
    cut: () => {
      socket.connected = false;
      hear('disconnect');
    },
    draw: () => {
      for (const flush of flushes.splice(0)) flush();
    },
    later: (ms: number) => {
      localNow += ms;
    },
    joins: () => sent.splice(0).flatMap(([name, request]) => (name === 'join' ? [request as JoinRequest] : [])),
    leaves: () => sent.splice(0).flatMap(([name, room]) => (name === 'leave' ? [room as Room] : [])),
    pictures: () => flushes.length,
    lines,
    wait: () => {
      for (const work of timers.splice(0)) work();
    },
  };
}

const ROOM = 'station:s';

describe('the page and its rooms', () => {
  test('rooms asked for before the line is up are joined when it is', () => {
    const { client, connect, joins } = page();
    client.join(ROOM);
    expect(joins()).toEqual([]);
    connect();
    expect(joins()).toEqual([{ room: ROOM }]);
  });

  test('a room held twice is joined once and left by the last holder', () => {
    const { client, connect, joins, leaves } = page();
    connect();
    const [first, second] = [client.join(ROOM), client.join(ROOM)];
    expect(joins()).toHaveLength(1);
    first();
    first();
    expect(leaves()).toEqual([]);
    second();
    expect(leaves()).toEqual([ROOM]);
  });

  test('after a cut it resumes where it stopped and delivers each value once', () => {
    const { client, connect, cut, hear, draw, joins } = page();
    const values: number[] = [];
    client.onValues(ROOM, (fresh) => values.push(...fresh.map(([, , value]) => value)));
    client.join(ROOM);
    connect();
    hear('snapshot', stationSnapshot(0));
    hear('frame', valueFrame(1));
    cut();
    expect(client.link.value).toBe('lost');
    joins();
    connect();
    expect(joins()).toEqual([{ room: ROOM, resume: { epoch: 'e1', seq: 1 } }]);
    for (const seq of [1, 2, 3]) hear('frame', valueFrame(seq));
    draw();
    expect(values).toEqual([1, 2, 3]);
    expect(client.station('s').value?.latest[0]?.value).toBe(3);
  });

  test('missing frames are asked for, but not at every frame', () => {
    const { client, connect, hear, later, joins } = page();
    client.join(ROOM);
    connect();
    hear('snapshot', stationSnapshot(0));
    joins();
    later(2000);
    hear('frame', valueFrame(5));
    hear('frame', valueFrame(6));
    expect(joins()).toEqual([{ room: ROOM, resume: { epoch: 'e1', seq: 0 } }]);
  });

  test('many frames make one picture', () => {
    const { client, connect, hear, pictures } = page();
    client.join(ROOM);
    connect();
    hear('snapshot', stationSnapshot(0));
    for (let seq = 1; seq < 50; seq += 1) hear('frame', valueFrame(seq));
    expect(pictures()).toBe(1);
  });

  test('a frozen page stands still, keeps what arrives and shows it on release', () => {
    const { client, connect, hear, draw } = page();
    client.join(ROOM);
    connect();
    hear('snapshot', stationSnapshot(0));
    draw();
    client.freeze(true);
    hear('frame', valueFrame(1));
    draw();
    expect(client.station('s').value?.latest).toEqual([]);
    client.freeze(false);
    expect(client.station('s').value?.latest[0]?.value).toBe(1);
  });

  test('a page opened while frozen shows its first state', () => {
    const { client, connect, hear, draw } = page();
    connect();
    client.freeze(true);
    client.join(ROOM);
    hear('snapshot', stationSnapshot(0));
    draw();
    expect(client.station('s').value).toBeDefined();
  });

  test('out of sight it leaves station rooms only, and resumes them', () => {
    const { client, connect, hear, joins, leaves } = page();
    client.join('overview');
    client.join(ROOM);
    connect();
    hear('snapshot', stationSnapshot(3));
    joins();
    client.rest(true);
    expect(leaves()).toEqual([ROOM]);
    client.rest(false);
    expect(joins()).toEqual([{ room: ROOM, resume: { epoch: 'e1', seq: 3 } }]);
  });

  test('a refused session is told apart from a lost line', () => {
    const { client, hear } = page();
    hear('connect_error', new Error('xhr poll error'));
    expect(client.link.value).toBe('connecting');
    hear('connect_error', new Error('unauthorized'));
    expect(client.link.value).toBe('refused');
    expect(client.attempts.value).toBe(2);
  });

  test('a line cut before its first message is lost, not connecting', () => {
    const { client, connect, cut, hear } = page();
    connect();
    cut();
    hear('connect_error', new Error('xhr poll error'));
    expect(client.link.value).toBe('lost');
    expect(client.lastMessageAt.value).toBeNull();
  });
});

describe('the line', () => {
  test('a line that the server closed is tried again, a broken one is left to the back-off', () => {
    const { connect, cut, hear, lines, wait } = page();
    connect();
    cut();
    wait();
    expect(lines).toEqual(['connect']);
    hear('disconnect', 'io server disconnect');
    wait();
    expect(lines).toEqual(['connect', 'disconnect', 'connect']);
  });

  test('starting again after a sign-out hears each message once', () => {
    const { client, connect, hear } = page();
    const told: number[] = [];
    client.onAlert(({ version }) => told.push(version));
    client.stop();
    client.start();
    connect();
    hear('alert', alertView('x', 1));
    expect(told).toEqual([1]);
  });
});

describe('alerts on the page', () => {
  test('an alert is told at once and once, also while frozen', () => {
    const { client, connect, hear } = page();
    const told: number[] = [];
    client.onAlert(({ version }) => told.push(version));
    connect();
    client.freeze(true);
    for (const version of [1, 1, 2, 1]) hear('alert', alertView('x', version));
    expect(told).toEqual([1, 2]);
  });

  test('the list holds open alerts; one that ends leaves it', () => {
    const { client, connect, hear, draw } = page();
    client.join('alerts');
    connect();
    hear('snapshot', { room: 'alerts', epoch: 'e1', seq: 0, now: BEGIN, alerts: [alertView('x', 1), alertView('y', 1)] });
    draw();
    hear('alert', alertView('x', 2, { closedAt: BEGIN + 5, condition: 'normal' }));
    draw();
    expect(client.alerts.value.map(({ id }) => id)).toEqual(['y']);
    expect(client.closedAlerts.value.map(({ id }) => id)).toEqual(['x']);
  });

  test('after a cut the alerts always come whole, and what opened meanwhile is told', () => {
    const { client, connect, cut, hear, draw, joins } = page();
    const told: string[] = [];
    client.onAlert(({ id }) => told.push(id));
    client.join('alerts');
    connect();
    hear('snapshot', { room: 'alerts', epoch: 'e1', seq: 0, now: BEGIN, alerts: [alertView('x', 1)] });
    expect(told).toEqual([]);
    cut();
    joins();
    connect();
    expect(joins()).toEqual([{ room: 'alerts' }]);
    hear('snapshot', { room: 'alerts', epoch: 'e1', seq: 0, now: BEGIN, alerts: [alertView('z', 1)] });
    draw();
    expect(told).toEqual(['z']);
    expect(client.alerts.value.map(({ id }) => id)).toEqual(['z']);
  });

  test('the overview snapshot brings the open alerts too', () => {
    const { client, connect, hear, draw } = page();
    client.join('overview');
    connect();
    hear('snapshot', {
      room: 'overview',
      epoch: 'e1',
      seq: 0,
      now: BEGIN,
      overview: overviewView([stationView('a')], [alertView('x', 1)]),
    });
    draw();
    expect(client.alerts.value).toHaveLength(1);
  });
});
