import type { IncomingReadings, ReadingGate } from '@clearbay/contract/gate.ts';
import { Seeded } from '@clearbay/domain/seeded.ts';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { account, PASSWORD, type Stage, stage, until } from '../broker/stage.ts';
import { print } from './book.ts';

const MESSAGES = 200;
const READINGS = 'clearbay/v1/readings/air/s1/d1';
const WATCHERS = ['keeping', 'passing'];

/** Commits each reading after its own delay, so that the answers are known in another order than the readings came. */
class LateGate implements ReadingGate {
  readonly #delayMs: () => number;
  taken = 0;

  constructor(delayMs: () => number) {
    this.#delayMs = delayMs;
  }

  take(_incoming: IncomingReadings, done: (acknowledge: boolean) => void): void {
    this.taken += 1;
    setTimeout(done, this.#delayMs(), true);
  }
}

let staged: Stage | undefined;
afterEach(async () => {
  await staged?.stop();
  staged = undefined;
});

/** How many different messages each watcher got. */
const received = (got: ReadonlyMap<string, ReadonlySet<string>>) =>
  Object.fromEntries([...got].map(([user, seen]) => [`received by ${user}`, seen.size]));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`F7b: ${MESSAGES} of ${MESSAGES} acknowledged messages reach every live subscriber of the whole broker`, () => {
  const chance = new Seeded(7);
  const cases: readonly [string, () => number, 'alone' | 'after' | 'before', number][] = [
    ['answered at once, QoS 1 and 0 interleaved', () => 0, 'after', 0],
    ['answered after 5 ms, QoS 1 only', () => 5, 'alone', 0],
    ['answered after 5 ms, QoS 1 and 0 in pairs 5 ms apart', () => 5, 'after', 5],
    ['answered after 5 ms, QoS 0 then QoS 1', () => 5, 'before', 0],
    ['answered after 0 to 5 ms, QoS 1 only', () => chance.between(0, 5), 'alone', 0],
    ['answered after 0 to 5 ms, QoS 1 and 0', () => chance.between(0, 5), 'after', 0],
  ];

  test.each(cases)('readings %s', async (name, delayMs, other, gapMs) => {
    const gate = new LateGate(delayMs);
    staged = await stage(
      { gate },
      WATCHERS.map((user) => account(user, { subscribe: ['clearbay/v1/readings/#'] })),
    );
    const got = new Map(WATCHERS.map((user) => [user, new Set<string>()]));
    for (const [user, seen] of got) {
      const watcher = await staged.connect(user, { clean: user !== 'keeping' });
      watcher.on('message', (_topic, payload) => {
        if (!payload.toString().startsWith('zero')) seen.add(payload.toString());
      });
      await watcher.subscribeAsync('clearbay/v1/readings/#', { qos: 1 });
    }
    const device = await staged.connect('d1');
    let acknowledged = 0;
    const answers: Promise<unknown>[] = [];
    for (let index = 0; index < MESSAGES; index += 1) {
      if (other === 'before') device.publish(READINGS, `zero ${index}`, { qos: 0 });
      answers.push(
        device.publishAsync(READINGS, String(index), { qos: 1 }).then(() => {
          acknowledged += 1;
        }),
      );
      if (other === 'after') device.publish(READINGS, `zero ${index}`, { qos: 0 });
      if (gapMs > 0) await pause(gapMs);
    }
    await Promise.all(answers);
    await until(() => [...got.values()].every((seen) => seen.size === MESSAGES));
    print(`F7b ${name}`, { offered: answers.length, acknowledged, 'taken by the gate': gate.taken, ...received(got) });
    expect(acknowledged).toBe(MESSAGES);
  });

  test('wills', async () => {
    staged = await stage(
      {},
      WATCHERS.map((user) => account(user, { subscribe: ['clearbay/v1/status/#', '$SYS/#'], system: true })),
    );
    const got = new Map(WATCHERS.map((user) => [user, new Set<string>()]));
    for (const [user, seen] of got) {
      const watcher = await staged.connect(user, { clean: user !== 'keeping' });
      watcher.on('message', (topic, payload) => {
        if (topic === 'clearbay/v1/status/d1') seen.add((JSON.parse(payload.toString()) as { boot: string }).boot);
      });
      await watcher.subscribeAsync(['clearbay/v1/status/#', '$SYS/#'], { qos: 1 });
    }
    let died = 0;
    for (let index = 0; index < MESSAGES; index += 1) {
      const mortal = await connectAsync(`mqtt://127.0.0.1:${staged.port}`, {
        clientId: 'd1',
        username: 'd1',
        password: PASSWORD,
        protocolVersion: 4,
        reconnectPeriod: 0,
        will: {
          topic: 'clearbay/v1/status/d1',
          payload: Buffer.from(JSON.stringify({ online: false, boot: `b${index}` })),
          qos: 1,
          retain: true,
        },
      });
      mortal.on('error', () => undefined);
      mortal.stream.destroy();
      died += 1;
      await until(() => [...got.values()].every((seen) => seen.size > index));
    }
    for (const seen of got.values()) expect(seen.size).toBe(MESSAGES);
    print('F7b wills', { offered: died, ...received(got) });
  });
});
