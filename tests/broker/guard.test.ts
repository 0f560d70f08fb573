import { isCleanUtf8 } from '@clearbay/broker/guard/mqtt-string.ts';
import { PacketScanner } from '@clearbay/broker/guard/packet-scanner.ts';
import { RateMeter } from '@clearbay/broker/guard/rate-meter.ts';
import { DEFAULT_LIMITS } from '@clearbay/broker/limits.ts';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { connectPacket, OpenGate, readingPacket, type Stage, stage, until } from './stage.ts';

const text = (value: string | Buffer) => {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
const packet = (header: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([header, body.length]), body]);
};
const id = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const connect = (flags: number, level = 4, name = 'MQTT', fields: Buffer[] = [text('d1')]) =>
  packet(0x10, text(name), Buffer.from([level, flags, 0, 0]), ...fields);

describe('a first packet that the parser would let through', () => {
  let staged: Stage;
  afterEach(() => staged.stop());

  test.each<[string, Buffer, string]>([
    ['is no CONNECT', packet(0xc0), 'first-not-connect'],
    ['has the reserved flag', connect(0x03), 'connect-flags'],
    ['has a will QoS without a will', connect(0x0a), 'connect-flags'],
    ['has will QoS 3', connect(0x1e, 4, 'MQTT', [text('d1'), text('w'), text('x')]), 'connect-flags'],
    ['has a password without a user name', connect(0x42, 4, 'MQTT', [text('d1'), text('p')]), 'connect-flags'],
    ['has NUL in the client id', connect(0x02, 4, 'MQTT', [text('d\0')]), 'bad-utf8'],
    ['has a surrogate in the client id', connect(0x02, 4, 'MQTT', [text(Buffer.from([0xed, 0xa0, 0x80]))]), 'bad-utf8'],
    ['has overlong UTF-8 in the user name', connect(0x82, 4, 'MQTT', [text('d1'), text(Buffer.from([0xc0, 0xaf]))]), 'bad-utf8'],
    ['has a wildcard in the will topic', connect(0x06, 4, 'MQTT', [text('d1'), text('a/#'), text('x')]), 'bad-topic'],
    ['has bytes left over', connect(0x02, 4, 'MQTT', [text('d1'), Buffer.from([1])]), 'malformed'],
    ['has a strange protocol name', connect(0x02, 4, 'MQTX'), 'malformed'],
    ['announces too much', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), 'packet-too-large'],
    ['has a length of five bytes', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]), 'malformed'],
  ])('that %s is refused with its reason', async (_case, bytes, reason) => {
    staged = await stage();
    const client = await staged.raw();
    client.send(bytes);
    await client.closed;
    expect(client.packets).toEqual([]);
    expect(staged.broker.stats().refused).toEqual({ [reason]: 1 });
  });

  test.each<[string, Buffer, number]>([
    ['a protocol level that is not ours', connect(0x02, 5), 1],
    ['the level of the other protocol name', connect(0x02, 4, 'MQIsdp'), 1],
    ['an empty client id with a session to keep', connect(0x00, 4, 'MQTT', [text('')]), 2],
    [
      'a client id that is too long',
      connect(
        0x02,
        4,
        'MQTT',
        [text('d'.repeat(129))].map((part) => part),
      ),
      2,
    ],
  ])('%s gets its return code before the close', async (_case, bytes, returnCode) => {
    staged = await stage();
    const client = await staged.raw();
    client.send(
      bytes.length > 129
        ? Buffer.concat([Buffer.from([0x10, ((bytes.length - 2) & 0x7f) | 0x80, (bytes.length - 2) >> 7]), bytes.subarray(2)])
        : bytes,
    );
    await client.closed;
    expect(client.packets).toMatchObject([{ cmd: 'connack', returnCode }]);
  });
});

describe('a packet of a connected client', () => {
  let staged: Stage;
  afterEach(() => staged.stop());
  const topic = text('clearbay/v1/readings/air/s1/d1');

  test.each<[string, Buffer, string]>([
    ['packet id 0 at QoS 1', packet(0x32, topic, id(0)), 'packet-id-zero'],
    ['QoS 3', packet(0x36, topic, id(1)), 'qos'],
    ['DUP at QoS 0', packet(0x38, topic), 'dup-on-qos0'],
    ['no topic', packet(0x32, text(''), id(1)), 'bad-topic'],
    ['NUL in the topic', packet(0x30, text('a\0b')), 'bad-utf8'],
    ['a control character in the topic', packet(0x30, text('a\u0001b')), 'bad-utf8'],
    ['U+FFFF in the topic', packet(0x30, text('a\uffffb')), 'bad-utf8'],
    ['a wildcard in the topic', packet(0x30, text('a/+/b')), 'bad-topic'],
    ['too many levels', packet(0x30, text('a/'.repeat(20))), 'topic-too-deep'],
    ['a topic longer than the packet', packet(0x30, Buffer.from([0, 9, 65])), 'malformed'],
    ['UNSUBSCRIBE without a filter', packet(0xa2, id(1)), 'no-filter'],
    ['SUBSCRIBE with wrong header flags', packet(0x80, id(1), text('a'), Buffer.from([0])), 'reserved-flags'],
    ['SUBSCRIBE for QoS 3', packet(0x82, id(1), text('a'), Buffer.from([3])), 'qos'],
    ['a filter with # in the middle', packet(0x82, id(1), text('a/#/b'), Buffer.from([0])), 'bad-topic'],
    ['a second CONNECT', generate(connectPacket('d1')), 'second-connect'],
    ['a packet for clients only', packet(0x20, id(0)), 'packet-type'],
    ['type 15', packet(0xf0), 'packet-type'],
    ['PUBACK with a long body', packet(0x40, id(1), id(1)), 'malformed'],
    ['1 MiB announced', Buffer.from([0x30, 0x80, 0x80, 0x40]), 'packet-too-large'],
  ])('with %s ends the connection and is counted', async (_case, bytes, reason) => {
    staged = await stage();
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(bytes);
    await client.closed;
    expect(staged.broker.stats().refused).toEqual({ [reason]: 1 });
  });

  test('that comes a byte at a time is taken like any other', async () => {
    const gate = new OpenGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    const bytes = Buffer.concat([generate(connectPacket('d1')), generate(readingPacket('d1', 5))]);
    for (const byte of bytes) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.received(2)).toMatchObject([{ cmd: 'connack' }, { cmd: 'puback', messageId: 5 }]);
    expect(gate.payloads).toEqual(['{"values":{"pm25":1}}']);
  });

  test('that is never finished holds no more memory than it announced', async () => {
    staged = await stage();
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0x02]), Buffer.alloc(20_000)]));
    await until(() => staged.broker.stats().heldBytes > 20_000);
    client.socket.destroy();
    await until(() => staged.broker.stats().heldBytes === 0);
  });
});

describe('scanning', () => {
  test('passes on whole packets only, wherever the pieces are cut', () => {
    const stream = Buffer.concat([
      generate(connectPacket('d1')),
      ...[1, 2, 3, 4].map((messageId) => generate(readingPacket('d1', messageId, 'x'.repeat(messageId * 100)))),
    ]);
    for (let size = 1; size < 300; size += 7) {
      const passed: Buffer[] = [];
      const scanner = new PacketScanner(DEFAULT_LIMITS, {
        pass: (packets) => passed.push(packets),
        takesReadings: () => false,
        ping: () => false,
        reading: () => false,
      });
      for (let at = 0; at < stream.length; at += size) {
        scanner.push(stream.subarray(at, at + size));
      }
      expect(scanner.violation).toBeUndefined();
      expect(Buffer.concat(passed).equals(stream)).toBe(true);
    }
  });

  test('UTF-8 agrees with the platform decoder on well-formedness', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (let lead = 0x80; lead < 0x100; lead += 1) {
      for (let next = 0x70; next < 0x100; next += 3) {
        for (const tail of [[], [0x80], [0x80, 0x80], [0xbf, 0x41]]) {
          const bytes = Buffer.from([lead, next, ...tail]);
          let decoded: string | undefined;
          try {
            decoded = decoder.decode(bytes);
          } catch {
            decoded = undefined;
          }
          // biome keeps no control classes in patterns, so the code points are compared.
          const isClean = decoded !== undefined && [...decoded].every((letter) => isPlain(letter.codePointAt(0) as number));
          expect(isCleanUtf8(bytes, 0, bytes.length), bytes.toString('hex')).toBe(isClean);
        }
      }
    }
  });

  test('a client over its rate is read later', () => {
    const meter = new RateMeter({ messagesPerSecond: 10, bytesPerSecond: 1000, burstSeconds: 1 }, 0);
    expect(meter.take(10, 100, 0)).toBe(0);
    expect(meter.take(5, 0, 0)).toBe(500);
    expect(meter.take(0, 0, 1000)).toBe(0);
    expect(meter.take(0, 3000, 1000)).toBe(2000);
  });
});

function isPlain(code: number): boolean {
  return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && (code & 0xfffe) !== 0xfffe;
}
