import { PacketScanner } from '@clearbay/broker/guard/packet-scanner.ts';
import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { type Packet, parser } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { RawClient, stage } from '../broker/stage.ts';
import { CASES, mutate, seeded } from './mutation.ts';
import { CONNECTS, PACKETS } from './packets.ts';

const SEED = 20_261_125;
const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;

/** A CONNECT and up to five packets after it, of which about half are wounded. */
function streamOf(random: () => number): Buffer {
  const packets = Array.from({ length: Math.floor(random() * 6) }, () => {
    const packet = pick(PACKETS, random);
    return random() < 0.3 ? mutate(packet, random) : packet;
  });
  const first = pick(CONNECTS, random);
  return Buffer.concat([random() < 0.1 ? mutate(first, random) : first, ...packets]);
}

/** The stream cut at up to eight random places. */
function cut(stream: Buffer, random: () => number): Buffer[] {
  const cuts = Array.from({ length: Math.floor(random() * 9) }, () => Math.floor(random() * (stream.length + 1)));
  const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
  return places.slice(1).map((end, index) => stream.subarray(places[index], end));
}

interface Scan {
  readonly reason: string | undefined;
  /** Topic and payload of each reading that took the short way. */
  readonly readings: readonly string[];
  /** What the library got. */
  readonly passed: Buffer;
  readonly pings: number;
  readonly held: number;
}

/** Scans with the short way of readings and pings open, or closed. */
function scan(pieces: readonly Buffer[], hasLane: boolean): Scan {
  const readings: string[] = [];
  const passed: Buffer[] = [];
  let pings = 0;
  const scanner = new PacketScanner(DEFAULT_LIMITS, {
    pass: (packets) => void passed.push(packets),
    takesReadings: () => hasLane,
    reading: (bytes, topicStart, topicEnd, end) => {
      const topic = bytes.toString('utf8', topicStart, topicEnd);
      if (!topic.startsWith('clearbay/v1/readings/')) return false;
      readings.push(`${topic} ${bytes.toString('hex', topicEnd + 2, end)}`);
      return true;
    },
    ping: () => {
      if (hasLane) pings += 1;
      return hasLane;
    },
  });
  for (const piece of pieces) if (piece.length > 0) scanner.push(piece);
  return { reason: scanner.violation?.reason, readings, passed: Buffer.concat(passed), pings, held: scanner.held };
}

function packetsOf(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const reader = parser();
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', () => undefined);
  try {
    reader.parse(bytes);
  } catch {
    // What the parser itself cannot take ends there.
  }
  return packets;
}

const isShort = (packet: Packet): boolean =>
  packet.cmd === 'publish' && packet.qos === 1 && !packet.retain && packet.topic.startsWith('clearbay/v1/readings/');

test(`${CASES} streams cut at random places: the verdict is that of the whole, and no packet is lost, doubled or torn`, () => {
  const random = seeded(SEED);
  let readings = 0;
  let refused = 0;
  for (let index = 0; index < CASES; index += 1) {
    const stream = streamOf(random);
    const pieces = cut(stream, random);
    const label = `case ${index} ${pieces.map((piece) => piece.toString('hex')).join(' ')}`;
    const whole = scan([stream], false);
    const plain = scan(pieces, false);
    const short = scan(pieces, true);
    if (plain.reason !== whole.reason || short.reason !== whole.reason)
      expect.fail(`${label}: ${whole.reason} became ${plain.reason}`);
    if (whole.reason !== undefined) {
      refused += 1;
      continue;
    }
    if (!plain.passed.equals(whole.passed) || plain.held !== whole.held || short.held !== whole.held) expect.fail(label);
    const packets = packetsOf(whole.passed);
    const expected = packets.filter(isShort).map((packet) => {
      const { topic, payload } = packet as Packet & { topic: string; payload: Buffer };
      return `${topic} ${payload.toString('hex')}`;
    });
    const others = packets.filter((packet) => !isShort(packet) && packet.cmd !== 'pingreq');
    readings += expected.length;
    if (expected.join('\n') !== short.readings.join('\n')) expect.fail(`${label}: the readings differ`);
    if (short.pings !== packets.filter(({ cmd }) => cmd === 'pingreq').length) expect.fail(`${label}: the pings differ`);
    const left = packetsOf(short.passed).map(({ cmd, length }) => `${cmd} ${length}`);
    if (left.join() !== others.map(({ cmd, length }) => `${cmd} ${length}`).join()) expect.fail(`${label}: the rest differs`);
  }
  expect(refused).toBeGreaterThan(CASES / 10);
  expect(readings).toBeGreaterThan(CASES / 20);
}, 120_000);

const OVER_THE_WIRE = Math.min(800, Math.floor(CASES / 150));
/** Counted, but they end no connection. */
const GENTLE = new Set(['retain-removed', 'retained-full', 'subscribe-not-allowed', 'stale-will', 'session-displaced']);

test(`${OVER_THE_WIRE} of them over a connection each: whenever the broker closes, it was asked to or counts why`, async () => {
  const staged = await stage({ limits: { passwordFailuresPerMinute: 1e9 } });
  const counted = () =>
    Object.entries(staged.broker.stats().refused).reduce((sum, [reason, count]) => sum + (GENTLE.has(reason) ? 0 : count), 0);
  const random = seeded(SEED + 1);
  let closed = 0;
  try {
    for (let index = 0; index < OVER_THE_WIRE; index += 1) {
      const stream = streamOf(random);
      const before = counted();
      const client = await RawClient.open(staged.port);
      client.socket.setNoDelay(true);
      for (const piece of cut(stream, random)) {
        if (piece.length > 0) client.send(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.race([client.received(1), new Promise((resolve) => setTimeout(resolve, 30))]);
      await Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 10))]);
      if (client.socket.destroyed) {
        closed += 1;
        const reasons = counted() - before;
        const said = packetsOf(stream).some(({ cmd }) => cmd === 'disconnect');
        const label = `case ${index} ${stream.toString('hex')}: ${JSON.stringify(staged.broker.stats().refused)}`;
        if (said) expect(reasons, label).toBeLessThanOrEqual(1);
        else expect(reasons, label).toBe(1);
      } else {
        client.socket.destroy();
        await client.closed;
      }
    }
    expect(closed).toBeGreaterThan(OVER_THE_WIRE / 5);
    expect(staged.broker.stats()).toMatchObject({ pending: 0, heldBytes: 0 });
  } finally {
    await staged.stop();
  }
}, 120_000);
