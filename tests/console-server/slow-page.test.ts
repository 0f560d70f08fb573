import { Socket } from 'node:net';
import type { Room } from '@clearbay/contract/live.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LivePage, until } from './live-page.ts';
import { openStage, type Stage } from './stage.ts';
import { AIR, alertOf, assessmentOf } from './staged-district.ts';

const STATION: Room = `station:${AIR.id}`;
const BULK = 'x'.repeat(1_500_000);

/** The page's own network connection, to stop it from reading as a frozen tab or a dead radio link does. */
function connectionOf(page: LivePage): Socket {
  const { transport } = page.socket.io.engine as unknown as { transport: { ws: { _socket?: unknown } } };
  const socket = transport.ws._socket;
  if (!(socket instanceof Socket)) throw new Error('the page has no connection of its own');
  return socket;
}

describe('a page that does not keep up', () => {
  let stage: Stage;
  let slow: LivePage;
  let quick: LivePage;
  beforeAll(async () => {
    stage = await openStage();
    const auth = { token: await stage.token('viewer') };
    [slow, quick] = [new LivePage(stage.url, { auth }), new LivePage(stage.url, { auth })];
    await Promise.all([slow.connected(), quick.connected()]);
    await Promise.all([slow.join({ room: STATION }), quick.join({ room: STATION })]);
  });
  afterAll(async () => {
    slow.close();
    quick.close();
    await stage.stop();
  });

  /** Frames as large as this are not real; they fill the buffers of the system quickly. */
  async function push(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const before = quick.frames.length;
      const assessment = { ...assessmentOf(AIR, round), detail: BULK };
      stage.feed.emit({ type: 'station', change: { id: AIR.id, assessment } });
      await until(() => quick.frames.length > before, `frame ${round} at the quick page`);
    }
  }

  test('is skipped, holds up nobody, and gets a snapshot and the last state of missed alerts when it reads again', async () => {
    connectionOf(slow).pause();
    await push(12);
    const seen = slow.frames.length;
    const alerts = 300;
    for (let version = 1; version <= alerts; version += 1) stage.feed.emit({ type: 'alert', alert: alertOf('a1', { version }) });
    await until(() => quick.alerts.length === alerts, 'alerts at the quick page');
    await push(5);
    expect(quick.frames.map(({ seq }) => seq)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
    expect(slow.frames.length).toBe(seen);
    connectionOf(slow).resume();
    await until(() => slow.snapshots.length === 2, 'the snapshot');
    expect(slow.frames.length).toBeLessThan(12);
    expect(slow.snapshots[1]).toMatchObject({ room: STATION, seq: 17 });
    await until(() => slow.alerts.at(-1)?.version === alerts, 'the last state of the alert');
    expect(slow.alerts).toHaveLength(1);
    await push(1);
    await until(() => slow.frames.at(-1)?.seq === 18, 'live frames again');
  });
});
