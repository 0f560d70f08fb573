import { type AddressInfo, createServer } from 'node:net';
import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { ReadingBroker } from '@clearbay/broker/reading-broker.ts';
import { RefusalCounters } from '@clearbay/broker/refusals.ts';
import { DurableSessions } from '@clearbay/broker/sessions/durable-sessions.ts';
import { RetainedOwners } from '@clearbay/broker/sessions/retained-owners.ts';
import { SessionJournal } from '@clearbay/broker/sessions/session-journal.ts';
import { systemClock } from '@clearbay/contract/clock.ts';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { account, stage, until } from './stage.ts';

const MESSAGES = 200;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The library with our repairs over a persistence that answers late. */
async function lateBroker(delayMs: () => number): Promise<number> {
  const broker = new ReadingBroker({});
  await broker.listen();
  const journal = new SessionJournal(':memory:');
  journal.open();
  const sessions = new DurableSessions(broker.sessions, journal, {
    limits: DEFAULT_LIMITS,
    refusals: new RefusalCounters(),
    clock: systemClock,
    brokerId: broker.id,
    retained: new RetainedOwners(journal, DEFAULT_LIMITS),
    mayKeep: () => true,
  });
  const enqueue = sessions.outgoingEnqueueCombi.bind(sessions);
  sessions.outgoingEnqueueCombi = async (subscriptions, packet) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs()));
    await enqueue(subscriptions, packet);
  };
  broker.sessions = sessions;
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () => journal.close(),
    () => new Promise<void>((resolve) => server.close(() => resolve())),
    () => new Promise<void>((resolve) => broker.close(() => resolve())),
  );
  return (server.address() as AddressInfo).port;
}

async function connect(port: number, clientId: string, clean = true): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, clean, protocolVersion: 4, reconnectPeriod: 0 });
  ends.push(() => client.endAsync(true));
  return client;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('every acknowledged message reaches a live subscriber, whatever overtakes it', () => {
  const none = () => 0;
  const fixed = () => 5;
  const random = () => Math.random() * 5;

  test.each<[string, () => number, 'alone' | 'after' | 'before', number, boolean]>([
    ['no delay, QoS 1 and 0 interleaved', none, 'after', 0, true],
    ['5 ms, QoS 1 only', fixed, 'alone', 0, true],
    ['5 ms, QoS 1 and 0 in pairs 5 ms apart', fixed, 'after', 5, true],
    ['5 ms, QoS 0 then QoS 1', fixed, 'before', 0, true],
    ['0 to 5 ms, QoS 1 only', random, 'alone', 0, true],
    ['0 to 5 ms, QoS 1 and 0', random, 'after', 0, true],
    ['0 to 5 ms, QoS 1 only, a session to keep', random, 'alone', 0, false],
    ['0 to 5 ms, QoS 1 and 0, a session to keep', random, 'after', 0, false],
  ])('%s: 200 of 200', async (_case, delayMs, other, gapMs, clean) => {
    const port = await lateBroker(delayMs);
    const subscriber = await connect(port, 'subscriber', clean);
    const got = new Set<string>();
    subscriber.on('message', (topic, payload) => topic === 'test/one' && got.add(payload.toString()));
    await subscriber.subscribeAsync('test/#', { qos: 1 });
    const publisher = await connect(port, 'publisher');
    const acknowledged: Promise<unknown>[] = [];
    for (let index = 0; index < MESSAGES; index += 1) {
      if (other === 'before') publisher.publish('test/zero', '', { qos: 0 });
      acknowledged.push(publisher.publishAsync('test/one', String(index), { qos: 1 }));
      if (other === 'after') publisher.publish('test/zero', '', { qos: 0 });
      if (gapMs > 0) await pause(gapMs);
    }
    await Promise.all(acknowledged);
    await until(() => got.size === MESSAGES);
    expect(got.size).toBe(MESSAGES);
  });

  test('a client with overlapping subscriptions gets one copy', async () => {
    const port = await lateBroker(random);
    const subscriber = await connect(port, 'subscriber');
    const got: string[] = [];
    subscriber.on('message', (_topic, payload) => got.push(payload.toString()));
    await subscriber.subscribeAsync(['test/#', 'test/+', 'test/one'], { qos: 1 });
    const publisher = await connect(port, 'publisher');
    await Promise.all(Array.from({ length: 50 }, (_, index) => publisher.publishAsync('test/one', String(index), { qos: 1 })));
    await until(() => new Set(got).size === 50);
    await pause(50);
    expect(got).toHaveLength(50);
  });

  test.each([
    ['#', ['#']],
    ['# and $SYS/#', ['#', '$SYS/#']],
  ])('a will reaches a subscriber of %s, each time', async (_case, filters) => {
    const port = await lateBroker(random);
    const watcher = await connect(port, 'watcher');
    const got: string[] = [];
    watcher.on('message', (topic, payload) => topic === 'last/word' && got.push(payload.toString()));
    await watcher.subscribeAsync(filters, { qos: 1 });
    for (let index = 0; index < 10; index += 1) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: `mortal-${index}`,
        protocolVersion: 4,
        reconnectPeriod: 0,
        will: { topic: 'last/word', payload: Buffer.from(String(index)), qos: 1, retain: false },
      });
      client.stream.destroy();
      await until(() => got.length === index + 1);
    }
    expect(got).toHaveLength(10);
  });
});

describe('readings and subscribers', () => {
  test('a session that is away gets the readings it asked for when it returns', async () => {
    const staged = await stage({}, [account('officer', { subscribe: ['clearbay/v1/readings/#'] })]);
    ends.push(() => staged.stop());
    const officer = await staged.connect('officer', { clean: false });
    await officer.subscribeAsync('clearbay/v1/readings/#', { qos: 1 });
    await officer.endAsync();
    const device = await staged.connect('d1');
    await device.publishAsync('clearbay/v1/readings/air/s1/d1', 'kept', { qos: 1 });
    const raw = await staged.raw();
    raw.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId: 'officer',
      keepalive: 0,
      username: 'officer',
      password: Buffer.from('correct horse'),
    } as never);
    const packets = await raw.received(2);
    expect(String((packets[1] as { payload?: Buffer }).payload)).toBe('kept');
  });

  test('one that takes nothing is cut off and does not stall the others', async () => {
    const officers = ['slow', 'quick'].map((user) => account(user, { subscribe: ['clearbay/v1/state/#'] }));
    const staged = await stage({ limits: { drainTimeoutMs: 300, maxStalledBytes: 64 * 1024 * 1024 } }, officers);
    ends.push(() => staged.stop());
    const slow = await staged.raw();
    slow.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: 'slow',
      keepalive: 0,
      username: 'slow',
      password: Buffer.from('correct horse'),
    } as never);
    await slow.received(1);
    slow.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'clearbay/v1/state/#', qos: 0 }] } as never);
    await slow.received(2);
    slow.socket.pause();
    const quick = await staged.connect('quick');
    let got = 0;
    quick.on('message', () => {
      got += 1;
    });
    await quick.subscribeAsync('clearbay/v1/state/#');
    const payload = 'x'.repeat(30_000);
    let slowest = 0;
    for (let index = 0; index < 400; index += 1) {
      const started = performance.now();
      await staged.broker.publish('clearbay/v1/state/air/s1', payload, { retain: false, qos: 0 });
      slowest = Math.max(slowest, performance.now() - started);
    }
    await until(() => got === 400);
    expect(slowest).toBeLessThan(250);
    await until(() => staged.broker.stats().refused['slow-consumer'] === 1);
    await until(() => staged.broker.stats().clients === 1);
  });
});
