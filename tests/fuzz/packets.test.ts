import { PacketScanner } from '@clearbay/broker/guard/packet-scanner.ts';
import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { parser } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { OpenGate, RawClient, stage, until } from '../broker/stage.ts';
import { CASES, mutate, seeded } from './mutation.ts';
import { CONNECTS, PACKETS } from './packets.ts';

const SEED = 20_261_123;
/** Of the cases, those that go over real connections. */
const OVER_THE_WIRE = Math.min(4000, Math.floor(CASES / 30));
const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;

test(`${CASES} malformed packet streams: the guard refuses them with a reason, or the parser takes them without a word`, () => {
  const random = seeded(SEED);
  const reasons = new Map<string, number>();
  let passed = 0;
  for (let index = 0; index < CASES; index += 1) {
    const first = pick(CONNECTS, random);
    const stream =
      random() < 0.4
        ? mutate(first, random)
        : Buffer.concat([first, mutate(pick(PACKETS, random), random), pick(PACKETS, random)]);
    let ready: Buffer | undefined;
    const pass = (packets: Buffer) => {
      ready = packets;
    };
    const scanner = new PacketScanner(DEFAULT_LIMITS, {
      pass,
      takesReadings: () => false,
      ping: () => false,
      reading: () => false,
    });
    scanner.push(stream);
    if (scanner.violation) {
      reasons.set(scanner.violation.reason, (reasons.get(scanner.violation.reason) ?? 0) + 1);
      expect(ready).toBeUndefined();
      continue;
    }
    passed += 1;
    if (!ready) continue;
    const reader = parser();
    reader.on('error', (error: Error) => expect.fail(`case ${index} ${stream.toString('hex')}: ${error.message}`));
    expect(reader.parse(ready)).toBe(0);
  }
  const refused = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  expect(refused + passed).toBe(CASES);
  expect(refused).toBeGreaterThan(CASES / 3);
  // A corpus that no longer reaches the checks would prove nothing.
  expect([...reasons.keys()].sort()).toEqual(
    expect.arrayContaining([
      'bad-topic',
      'bad-utf8',
      'connect-flags',
      'malformed',
      'packet-id-zero',
      'packet-too-large',
      'protocol-level',
      'qos',
      'reserved-flags',
    ]),
  );
}, 60_000);

test(`${OVER_THE_WIRE} of them over real connections: the broker stays up, counts every refusal and serves its good client`, async () => {
  const gate = new OpenGate();
  const staged = await stage({ gate, limits: { connectTimeoutMs: 1000, passwordFailuresPerMinute: 1e9 } });
  try {
    const good = await staged.connect('d2');
    const random = seeded(SEED + 1);
    const streams = Array.from({ length: OVER_THE_WIRE }, () =>
      random() < 0.3
        ? mutate(pick(CONNECTS, random), random)
        : Buffer.concat([pick(CONNECTS, random), mutate(pick(PACKETS, random), random), mutate(pick(PACKETS, random), random)]),
    );
    let published = 0;
    for (let at = 0; at < streams.length; at += 50) {
      const clients = await Promise.all(
        streams.slice(at, at + 50).map(async (stream) => {
          const client = await RawClient.open(staged.port);
          client.send(stream);
          return client;
        }),
      );
      await good.publishAsync('clearbay/v1/readings/air/s1/d2', 'good', { qos: 1 });
      published += 1;
      for (const client of clients) client.socket.end();
      await Promise.all(clients.map((client) => client.closed));
    }
    await until(() => staged.broker.stats().connections === 1);
    const stats = staged.broker.stats();
    expect(good.connected).toBe(true);
    expect(gate.payloads.filter((payload) => payload === 'good')).toHaveLength(published);
    expect(stats).toMatchObject({ pending: 0, heldBytes: 0, halfOpen: 0 });
    expect(Object.values(stats.refused).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(OVER_THE_WIRE / 3);
  } finally {
    await staged.stop();
  }
}, 60_000);
