import { PassThrough } from 'node:stream';
import { PubackOrder } from '@clearbay/pipeline/external/puback-order.ts';
import fc from 'fast-check';
import { parser } from 'mqtt-packet';
import { expect, test } from 'vitest';

/** Packet ids of the PUBACKs in these bytes, as an MQTT library reads them. */
function pubacksIn(bytes: Buffer): number[] {
  const found: number[] = [];
  const library = parser({ protocolVersion: 4 });
  library.on('packet', (packet) => {
    expect(packet.cmd).toBe('puback');
    found.push(packet.messageId as number);
  });
  library.parse(bytes);
  return found;
}

test('PUBACKs leave in the order of the messages, whatever order they are settled in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3000 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      async (ids, luck) => {
        const wire = new PassThrough();
        const order = new PubackOrder(wire);
        const places = ids.map((id) => order.enter(id));
        const shuffled = places.map((place) => ({ place, at: luck.next().value as number })).sort((a, b) => a.at - b.at);
        for (const { place } of shuffled) order.settle(place);
        await new Promise(process.nextTick);
        expect(order.waiting).toBe(0);
        expect(pubacksIn((wire.read() as Buffer | null) ?? Buffer.alloc(0))).toEqual(ids);
      },
    ),
    { numRuns: 50 },
  );
});

test('a message that is not settled holds back those after it', async () => {
  const wire = new PassThrough();
  const order = new PubackOrder(wire);
  const [first, second, third] = [order.enter(1), order.enter(2), order.enter(3)];
  order.settle(first);
  order.settle(third);
  order.flush();
  expect(pubacksIn(wire.read() as Buffer)).toEqual([1]);
  expect(order.waiting).toBe(2);
  order.settle(second);
  order.flush();
  expect(pubacksIn(wire.read() as Buffer)).toEqual([2, 3]);
});

test('nothing is sent over a connection that is gone', () => {
  const wire = new PassThrough();
  const order = new PubackOrder(wire);
  const place = order.enter(1);
  wire.destroy();
  order.settle(place);
  expect(() => order.flush()).not.toThrow();
});
