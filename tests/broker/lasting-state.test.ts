import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, connectPacket, type Stage, stage, until } from './stage.ts';

const STATUS = 'clearbay/v1/status/d1';
const OFFICER = account('officer', { subscribe: ['clearbay/v1/status/+'] });
const will = (boot: string) => ({
  topic: STATUS,
  payload: Buffer.from(`{"online":false,"boot":"${boot}"}`),
  qos: 1 as const,
  retain: true,
});

let staged: Stage;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearbay-sessions-'));
});
afterEach(async () => {
  await staged.stop();
  rmSync(folder, { recursive: true });
});

async function watchStatus(): Promise<string[]> {
  const officer = await staged.connect('officer', { clientId: `officer/${Math.random()}` });
  const got: string[] = [];
  officer.on('message', (_topic, payload) => got.push(payload.toString()));
  await officer.subscribeAsync('clearbay/v1/status/+', { qos: 1 });
  return got;
}

describe('wills', () => {
  test('the will of a client that vanishes is published and kept', async () => {
    staged = await stage({}, [OFFICER]);
    const got = await watchStatus();
    const client = await staged.connect('d1', { will: will('b1') });
    client.stream.destroy();
    await until(() => got.length > 0);
    expect(got).toEqual(['{"online":false,"boot":"b1"}']);
    const late = await watchStatus();
    await until(() => late.length > 0);
    expect(late).toEqual(got);
  });

  test('a will on anything but the own status is refused at CONNECT', async () => {
    staged = await stage();
    for (const topic of ['clearbay/v1/status/d2', 'clearbay/v1/readings/air/s1/d1', 'clearbay/v1/alerts/1']) {
      const raw = await staged.raw();
      raw.send(connectPacket('d1', { will: { topic, payload: 'x', qos: 0, retain: false } }));
      expect(await raw.received(1)).toMatchObject([{ cmd: 'connack', returnCode: 5 }]);
    }
    expect(staged.broker.stats().refused).toEqual({ 'foreign-will': 3 });
  });

  test('the will of an older boot does not end a newer session', async () => {
    staged = await stage({}, [OFFICER]);
    const old = await staged.connect('d1', { clientId: 'd1/old', will: will('b1') });
    await old.publishAsync(STATUS, '{"online":true,"boot":"b1"}', { qos: 1, retain: true });
    const fresh = await staged.connect('d1', { clientId: 'd1/new', will: will('b2') });
    await fresh.publishAsync(STATUS, '{"online":true,"boot":"b2"}', { qos: 1, retain: true });
    old.stream.destroy();
    await until(() => staged.broker.stats().refused['stale-will'] === 1);
    const got = await watchStatus();
    await until(() => got.length > 0);
    expect(got).toEqual(['{"online":true,"boot":"b2"}']);
  });
});

describe('over a restart', () => {
  test('retained messages, sessions, their subscriptions and what waits in them are still there', async () => {
    const sessionsFile = join(folder, 'sessions.sqlite');
    staged = await stage({ sessionsFile }, [OFFICER]);
    const device = await staged.connect('d1', { clean: false });
    await device.subscribeAsync('clearbay/v1/commands/d1', { qos: 1 });
    await device.publishAsync(STATUS, '{"online":true}', { qos: 1, retain: true });
    await device.endAsync();
    await staged.broker.publish('clearbay/v1/commands/d1', 'first', { retain: false, qos: 1 });
    await staged.broker.publish('clearbay/v1/commands/d1', 'second', { retain: false, qos: 1 });
    await staged.stop();

    staged = await stage({ sessionsFile }, [OFFICER]);
    expect(staged.broker.stats().sessions).toBe(1);
    const status = await watchStatus();
    await until(() => status.length > 0);
    expect(status).toEqual(['{"online":true}']);
    const commands: string[] = [];
    const raw = await staged.raw();
    raw.send(connectPacket('d1', { clean: false }));
    expect((await raw.received(1))[0]).toMatchObject({ cmd: 'connack', sessionPresent: true });
    for (const packet of (await raw.received(3)).slice(1)) commands.push(String((packet as { payload?: Buffer }).payload));
    expect(commands).toEqual(['first', 'second']);
  });

  test('the will of an older boot does not end a session that a former run of the broker knew', async () => {
    const sessionsFile = join(folder, 'sessions.sqlite');
    staged = await stage({ sessionsFile }, [OFFICER]);
    const fresh = await staged.connect('d1', { clientId: 'd1/new', will: will('b2') });
    await fresh.publishAsync(STATUS, '{"online":true,"boot":"b2"}', { qos: 1, retain: true });
    await staged.stop();
    staged = await stage({ sessionsFile }, [OFFICER]);
    const old = await staged.connect('d1', { clientId: 'd1/old', will: will('b1') });
    old.stream.destroy();
    await until(() => staged.broker.stats().refused['stale-will'] === 1);
    const got = await watchStatus();
    await until(() => got.length > 0);
    expect(got).toEqual(['{"online":true,"boot":"b2"}']);
  });

  test('a retained message that was cleared stays cleared, a clean session stays gone', async () => {
    const sessionsFile = join(folder, 'sessions.sqlite');
    staged = await stage({ sessionsFile }, [OFFICER]);
    await staged.broker.publish(STATUS, '{"online":true}', { retain: true, qos: 1 });
    await staged.broker.publish(STATUS, '', { retain: true, qos: 1 });
    await (await staged.connect('d1', { clean: false })).endAsync();
    await (await staged.connect('d1', { clean: true })).endAsync();
    await staged.stop();
    staged = await stage({ sessionsFile }, [OFFICER]);
    const got = await watchStatus();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(got).toEqual([]);
    expect(staged.broker.stats().sessions).toBe(0);
  });

  test('a session away for too long is forgotten, and what waited too long is not sent', async () => {
    let now = 1_800_000_000_000;
    const clock = { now: () => now };
    const sessionsFile = join(folder, 'sessions.sqlite');
    const limits = { sessionExpiryMs: 10_000, maxQueuedAgeMs: 1000, maxQueuedPerSession: 2 };
    staged = await stage({ sessionsFile, clock, limits });
    const device = await staged.connect('d1', { clean: false });
    await device.subscribeAsync('clearbay/v1/commands/d1', { qos: 1 });
    await device.endAsync();
    const send = (payload: string) => staged.broker.publish('clearbay/v1/commands/d1', payload, { retain: false, qos: 1 });
    await send('old');
    now += 2000;
    await send('new');
    await send('too much');
    const raw = await staged.raw();
    raw.send(connectPacket('d1', { clean: false }));
    const packets = await raw.received(2);
    expect(String((packets[1] as { payload?: Buffer }).payload)).toBe('new');
    expect(staged.broker.stats().refused).toEqual({ 'session-queue-full': 1, 'session-queue-expired': 1 });
    raw.socket.destroy();
    await staged.stop();
    now += 20_000;
    staged = await stage({ sessionsFile, clock, limits });
    expect(staged.broker.stats().sessions).toBe(0);
  });

  test('a filter that was refused is not kept in the session', async () => {
    staged = await stage();
    const raw = await staged.raw();
    raw.send(connectPacket('d1', { clean: false }));
    await raw.received(1);
    raw.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'clearbay/v1/commands/d1', qos: 1 },
        { topic: '#', qos: 1 },
      ],
    } as never);
    expect((await raw.received(2))[1]).toMatchObject({ cmd: 'suback', granted: [1, 128] });
    raw.socket.destroy();
    await until(() => staged.broker.stats().clients === 0);
    await staged.broker.publish('clearbay/v1/state/air/s1', 'not yours', { retain: false, qos: 1 });
    await staged.broker.publish('clearbay/v1/commands/d1', 'yours', { retain: false, qos: 1 });
    const again = await staged.raw();
    again.send(connectPacket('d1', { clean: false }));
    const packets = await again.received(2);
    expect(String((packets[1] as { payload?: Buffer }).payload)).toBe('yours');
  });
});
