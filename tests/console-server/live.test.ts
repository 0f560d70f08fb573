import { createHash } from 'node:crypto';
import type { Room } from '@clearbay/contract/live.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LivePage, pause, until } from './live-page.ts';
import { openStage, type Stage } from './stage.ts';
import { AIR, alertOf, assessmentOf, NOW } from './staged-district.ts';

const STATION: Room = `station:${AIR.id}`;

describe('the live push', () => {
  let stage: Stage;
  const pages: LivePage[] = [];
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) page.close();
    await stage.stop();
  });

  async function open(options: ConstructorParameters<typeof LivePage>[1] = {}): Promise<LivePage> {
    const page = new LivePage(stage.url, { auth: { token: await stage.token('viewer') }, ...options });
    pages.push(page);
    expect(await page.connected()).toBeUndefined();
    return page;
  }

  async function refusal(options: ConstructorParameters<typeof LivePage>[1]): Promise<string | undefined> {
    const page = new LivePage(stage.url, options);
    pages.push(page);
    return page.connected();
  }

  describe('who may connect', () => {
    test('a session cookie or a bearer token', async () => {
      await open({ auth: {}, extraHeaders: { cookie: await stage.cookie('duty') } });
      await open({ auth: {}, extraHeaders: { authorization: `Bearer ${await stage.token('tester')}` } });
      await open({ transports: ['polling'] });
      expect(stage.server.liveClients).toBe(3);
    });

    test('nobody else', async () => {
      expect(await refusal({})).toBe('unauthorized');
      expect(await refusal({ auth: { token: 'cbt_wrong' } })).toBe('unauthorized');
      expect(await refusal({ auth: { token: { $ne: null } } })).toBe('unauthorized');
      expect(stage.server.liveClients).toBe(0);
    });

    test.each(['websocket', 'polling'] as const)('no page of a foreign origin, over %s', async (transport) => {
      const cookie = await stage.cookie('admin');
      const from = (origin: string) => ({ transports: [transport], extraHeaders: { cookie, origin } });
      expect(await refusal(from('https://evil.example'))).toBeDefined();
      expect(await refusal(from('null'))).toBeDefined();
      expect(await refusal(from(`${stage.url}.evil.example`))).toBeDefined();
      expect(await refusal(from(stage.url))).toBeUndefined();
    });

    test('only the namespace of the push', async () => {
      const page = new LivePage(stage.url.replace(/$/, '/admin?x='), { auth: { token: await stage.token('admin') } });
      pages.push(page);
      expect(await page.connected()).toBeDefined();
    });

    test('sign-out closes the connections of that session and no other', async () => {
      const leaving = await stage.cookie('duty');
      const [first, second] = [
        await open({ auth: {}, extraHeaders: { cookie: leaving } }),
        await open({ auth: {}, extraHeaders: { cookie: await stage.cookie('duty') } }),
      ];
      await fetch(`${stage.url}/api/v1/session`, { method: 'DELETE', headers: { cookie: leaving } });
      await until(() => !first.socket.connected, 'the socket of the ended session to close');
      expect(second.socket.connected).toBe(true);
    });
  });

  test('an expired session, a removed token and a changed role close the connections they opened', async () => {
    await stage.stop();
    stage = await openStage({ sessionRecheckMs: 20 });
    const lasting = await open();
    const expiring = await open({ auth: {}, extraHeaders: { cookie: await stage.cookie('duty') } });
    const demoted = await open({ auth: {}, extraHeaders: { cookie: await stage.cookie('viewer') } });
    const removed = await open({ auth: { token: await stage.token('tester') } });
    const viewer = await stage.state.accounts.user('viewer');
    await stage.state.accounts.saveUser({ ...viewer!, role: 'duty' });
    await until(() => !demoted.socket.connected, 'the page of the changed role to be closed');
    await stage.state.accounts.removeToken(
      createHash('sha256')
        .update(await stage.token('tester'))
        .digest('hex'),
    );
    await until(() => !removed.socket.connected, 'the page of the removed token to be closed');
    expect(expiring.socket.connected).toBe(true);
    stage.clock.at += 12 * 3_600_000;
    await until(() => !expiring.socket.connected, 'the page of the expired session to be closed');
    expect(lasting.socket.connected).toBe(true);
  });

  describe('joining', () => {
    test('gives the full state of the room', async () => {
      stage.feed.alerts = [alertOf('a1')];
      const page = await open();
      for (const room of ['overview', 'alerts', STATION] as const) expect(await page.join({ room })).toBeUndefined();
      const [overview, alerts, station] = page.snapshots;
      expect(overview).toMatchObject({ room: 'overview', seq: 0, now: NOW, overview: { district: { id: 'tiz' } } });
      expect(alerts).toMatchObject({ room: 'alerts', alerts: [{ id: 'a1' }] });
      expect(station).toMatchObject({ room: STATION, station: { station: { id: AIR.id } } });
      expect(new Set(page.snapshots.map(({ epoch }) => epoch)).size).toBe(1);
    });

    test('refuses rooms that are not there and requests that are none', async () => {
      const page = await open();
      expect(await page.join({ room: 'station:nope' })).toBe('room.unknown');
      expect(await page.join({ room: 'station:__proto__' })).toBe('room.unknown');
      expect(await page.join({ room: 'secret' as Room })).toBe('room.unknown');
      expect(await page.join({ room: { length: 1 } as unknown as Room })).toBe('input.invalid');
      expect(await page.join(null as never)).toBe('input.invalid');
      expect(await page.join({ room: 'overview', resume: { epoch: 'x', seq: -1 } })).toBe('input.invalid');
      (page.socket as unknown as { emit(name: string, ...rest: unknown[]): void }).emit('join');
      (page.socket as unknown as { emit(name: string, ...rest: unknown[]): void }).emit('leave', { toString: null });
      (page.socket as unknown as { emit(name: string, ...rest: unknown[]): void }).emit('__proto__', 1);
      expect(await page.join({ room: 'overview' })).toBeUndefined();
    });

    test('costs nothing while nobody does', async () => {
      const page = await open();
      for (let i = 0; i < 100; i += 1) stage.feed.value(i);
      stage.feed.emit({ type: 'air', assessment: null });
      await pause(50);
      expect(page.frames).toEqual([]);
      expect(stage.feed.overviews).toBe(0);
    });
  });

  describe('frames', () => {
    test('the first after a quiet spell comes at once, then four a second with the last state and every value', async () => {
      const page = await open();
      await page.join({ room: STATION });
      const sentAt = performance.now();
      stage.feed.value(1);
      await until(() => page.frames.length === 1, 'the first frame');
      expect((page.arrivals[0] ?? 0) - sentAt).toBeLessThan(200);
      for (let value = 2; value <= 50; value += 1) {
        stage.feed.value(value);
        stage.feed.emit({ type: 'station', change: { id: AIR.id, lastAt: value, assessment: assessmentOf(AIR, value) } });
      }
      await until(() => page.frames.length === 2, 'the second frame');
      expect((page.arrivals[1] ?? 0) - (page.arrivals[0] ?? 0)).toBeGreaterThan(100);
      const [first, second] = page.frames;
      expect(first).toMatchObject({ room: STATION, seq: 1, now: NOW, values: [['pm25', 1, 1, 0]] });
      expect(second?.seq).toBe(2);
      expect(second?.values?.map(([, , value]) => value)).toEqual(Array.from({ length: 49 }, (_, index) => index + 2));
      expect(second?.stations).toHaveLength(1);
      expect(second?.stations?.[0]).toMatchObject({ lastAt: 50, assessment: { figure: { value: 50 } } });
    });

    test('carry what changed and nothing else; of values only the station page hears', async () => {
      const page = await open();
      await page.join({ room: 'overview' });
      stage.feed.value(7);
      stage.feed.emit({ type: 'station', change: { id: AIR.id, latest: [{ metric: 'pm25', value: 7, at: 7, flags: 0 }] } });
      stage.feed.emit({ type: 'station', change: { id: AIR.id, latest: [{ metric: 'o3', value: 90, at: 7, flags: 0 }] } });
      await until(() => page.frames.length === 1, 'a frame');
      expect(Object.keys(page.frames[0] ?? {}).sort()).toEqual(['epoch', 'now', 'room', 'seq', 'stations']);
      expect(page.frames[0]?.stations).toEqual([
        {
          id: AIR.id,
          latest: [
            { metric: 'pm25', value: 7, at: 7, flags: 0 },
            { metric: 'o3', value: 90, at: 7, flags: 0 },
          ],
        },
      ]);
    });

    test('stop when the page leaves the room', async () => {
      const page = await open();
      await page.join({ room: STATION });
      page.socket.emit('leave', STATION);
      await page.join({ room: 'alerts' });
      stage.feed.value(1);
      await pause(100);
      expect(page.frames).toEqual([]);
    });

    test('a flood of values becomes a snapshot', async () => {
      const page = await open();
      await page.join({ room: STATION });
      for (let value = 0; value < 5000; value += 1) stage.feed.value(value);
      await until(() => page.snapshots.length === 2, 'a snapshot');
      expect(page.frames).toEqual([]);
      expect(page.snapshots[1]).toMatchObject({ room: STATION, seq: 1 });
      stage.feed.value(1);
      await until(() => page.frames.length === 1, 'the next frame');
      expect(page.frames[0]?.seq).toBe(2);
    });
  });

  describe('alerts', () => {
    test('come at once to everyone signed in, whatever rooms they joined', async () => {
      const [first, second] = [await open(), await open()];
      stage.feed.emit({ type: 'alert', alert: alertOf('a1') });
      await until(() => first.alerts.length === 1 && second.alerts.length === 1, 'the alert');
      expect(first.alerts[0]).toEqual(alertOf('a1'));
    });
  });

  describe('coming back', () => {
    async function frames(page: LivePage, count: number): Promise<void> {
      for (let value = 1; value <= count; value += 1) {
        const before = page.frames.length;
        stage.feed.value(value);
        await until(() => page.frames.length > before, `frame ${value}`);
      }
    }

    test('replays what was missed, alerts included, each exactly once and in order', async () => {
      const page = await open();
      const watching = await open();
      await page.join({ room: STATION });
      await watching.join({ room: STATION });
      await frames(page, 1);
      page.close();
      stage.feed.emit({ type: 'alert', alert: alertOf('a1') });
      stage.feed.emit({ type: 'alert', alert: alertOf('a1', { version: 2 }) });
      await frames(watching, 3);
      const back = await open();
      const { epoch, seq } = page.frames[0] ?? { epoch: '', seq: 0 };
      await back.join({ room: STATION, resume: { epoch, seq } });
      expect(back.snapshots).toEqual([]);
      expect(back.frames).toEqual(watching.frames.filter((frame) => frame.seq > seq));
      expect(back.alerts.map(({ id, version }) => [id, version])).toEqual([['a1', 2]]);
      stage.feed.value(99);
      await until(() => back.frames.at(-1)?.values?.[0]?.[2] === 99, 'the live frame');
      expect(back.frames.map((frame) => frame.seq)).toEqual(
        watching.frames.map((frame) => frame.seq).filter((known) => known > seq),
      );
    });

    test('asking twice gives the same frames twice, to be counted once by their sequence', async () => {
      const page = await open();
      await page.join({ room: STATION });
      await frames(page, 2);
      const resume = { epoch: page.frames[0]?.epoch ?? '', seq: 1 };
      await page.join({ room: STATION, resume });
      await page.join({ room: STATION, resume });
      expect(page.frames.map(({ seq }) => seq)).toEqual([1, 2, 2, 2]);
      expect(page.snapshots).toHaveLength(1);
    });

    test('a sequence that is gone, ahead, or of another start of the server gets a snapshot', async () => {
      const page = await open();
      await page.join({ room: STATION });
      await frames(page, 1);
      const epoch = page.frames[0]?.epoch ?? '';
      await page.join({ room: STATION, resume: { epoch, seq: 500 } });
      await page.join({ room: STATION, resume: { epoch: 'earlier', seq: 1 } });
      expect(page.snapshots.map(({ seq }) => seq)).toEqual([0, 1, 1]);
      await page.join({ room: STATION, resume: { epoch, seq: 1 } });
      expect(page.snapshots).toHaveLength(3);
      await page.join({ room: 'alerts', resume: { epoch, seq: 0 } });
      expect(page.snapshots).toHaveLength(4);
    });

    test('a restarted server has a new epoch', async () => {
      const page = await open();
      await page.join({ room: 'overview' });
      const { epoch } = page.snapshots[0] ?? { epoch: '' };
      await stage.stop();
      stage = await openStage();
      const back = await open();
      await back.join({ room: 'overview', resume: { epoch, seq: 0 } });
      expect(back.snapshots[0]?.epoch).not.toBe(epoch);
    });
  });

  test('a page that floods the server with messages is closed', async () => {
    const page = await open();
    for (let i = 0; i < 500; i += 1) page.socket.emit('leave', 'overview');
    await until(() => !page.socket.connected, 'the flooding page to be closed');
    expect((await stage.get('/api/v1/health')).status).toBe(200);
  });

  test('a message larger than any request is refused', async () => {
    const page = await open();
    (page.socket as unknown as { emit(name: string, ...rest: unknown[]): void }).emit('join', { room: 'x'.repeat(100_000) });
    await until(() => !page.socket.connected, 'the connection to be closed');
  });

  test('stopping closes every page and lets go of the feed', async () => {
    const page = await open();
    await page.join({ room: 'overview' });
    await page.join({ room: STATION });
    expect(stage.feed.listening).toBe(1);
    expect(stage.feed.watched).toEqual([AIR.id]);
    const began = performance.now();
    await stage.server.stop();
    expect(performance.now() - began).toBeLessThan(2000);
    expect(stage.feed.listening).toBe(0);
    expect(stage.feed.watched).toEqual([]);
    await until(() => !page.socket.connected, 'the page to be closed');
  });
});
