import { Place, PublishOrder } from '@clearbay/broker/publish-order.ts';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { connectPacket, HeldGate, OpenGate, readingPacket, type Stage, stage, until } from './stage.ts';

let staged: Stage | undefined;
afterEach(async () => {
  await staged?.stop();
  staged = undefined;
});

const acked = (packets: readonly { cmd: string }[]) =>
  packets.filter((packet) => packet.cmd === 'puback').map((packet) => (packet as unknown as { messageId: number }).messageId);

describe('the PUBACK of a reading', () => {
  test('leaves only after the gate has it on disk', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(readingPacket('d1', 7));
    await gate.holds(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(acked(client.packets)).toEqual([]);
    gate.taken[0]?.done(true);
    expect(acked(await client.received(2))).toEqual([7]);
  });

  test('never leaves where the disk refuses; the connection ends and it is counted', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(readingPacket('d1', 1));
    await gate.holds(1);
    gate.taken[0]?.done(false);
    await client.closed;
    expect(acked(client.packets)).toEqual([]);
    expect(staged.broker.stats().refused).toEqual({ 'not-committed': 1 });
  });

  test('keeps the order of the publishes, whatever order they were committed in', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    for (const id of [11, 12, 13, 14]) client.send(readingPacket('d1', id));
    await gate.holds(4);
    for (const index of [3, 1, 0, 2]) gate.taken[index]?.done(true);
    expect(acked(await client.received(5))).toEqual([11, 12, 13, 14]);
  });

  test('is not overtaken by the PUBACK of a status message', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(readingPacket('d1', 1));
    client.send({ ...readingPacket('d1', 2, '{"online":true}'), topic: 'clearbay/v1/status/d1' } as never);
    await gate.holds(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(acked(client.packets)).toEqual([]);
    gate.taken[0]?.done(true);
    expect(acked(await client.received(3))).toEqual([1, 2]);
  });

  test('keeps its place among other messages of one segment', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    const status = (id: number) =>
      generate({ ...readingPacket('d1', id, '{"online":true}'), topic: 'clearbay/v1/status/d1' } as never);
    const reading = (id: number) => generate(readingPacket('d1', id));
    client.send(Buffer.concat([status(1), reading(2), reading(3), status(4), reading(5), status(6)]));
    await gate.holds(2);
    for (let index = 0; index < 3; index += 1) {
      await gate.holds(index + 1);
      gate.taken[index]?.done(true);
    }
    expect(acked(await client.received(7))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is given for a repeated publish as well', async () => {
    const gate = new OpenGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    client.send(readingPacket('d1', 9));
    client.send({ ...readingPacket('d1', 9), dup: true } as never);
    expect(acked(await client.received(3))).toEqual([9, 9]);
    expect(gate.payloads).toHaveLength(2);
  });

  test('readings alone keep a client alive, silence ends it', async () => {
    staged = await stage();
    const client = await staged.raw();
    client.send(connectPacket('d1', { keepalive: 1 }));
    await client.received(1);
    const started = performance.now();
    for (let id = 1; performance.now() - started < 2200; id += 1) {
      client.send(readingPacket('d1', id));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(client.socket.destroyed).toBe(false);
    await client.closed;
    expect(performance.now() - started).toBeGreaterThan(3000);
  });

  test('one client that waits does not hold up another', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const [slow, quick] = [await staged.raw(), await staged.raw()];
    await slow.signIn('d1');
    await quick.signIn('d2');
    slow.send(readingPacket('d1', 1));
    await gate.holds(1);
    quick.send(readingPacket('d2', 2));
    await gate.holds(2);
    gate.taken[1]?.done(true);
    expect(acked(await quick.received(2))).toEqual([2]);
    expect(acked(slow.packets)).toEqual([]);
  });

  test('readings of QoS 0 and QoS 2 go through the gate as well', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.connect('d1');
    client.publish('clearbay/v1/readings/air/s1/d1', '0', { qos: 0 });
    const twice = client.publishAsync('clearbay/v1/readings/air/s1/d1', '2', { qos: 2 });
    await gate.holds(2);
    for (const { done } of gate.taken) done(true);
    await twice;
    expect(gate.taken.map(({ incoming }) => incoming.payload.toString())).toEqual(['0', '2']);
  });

  test('a client that went away while its readings were committed harms nothing', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate });
    const client = await staged.raw();
    await client.signIn('d1');
    for (const id of [1, 2, 3]) client.send(readingPacket('d1', id));
    await gate.holds(3);
    client.socket.destroy();
    await until(() => staged?.broker.stats().connections === 0);
    for (const { done } of gate.taken) done(true);
    expect(staged.broker.stats()).toMatchObject({ pending: 0, clients: 0 });
  });
});

describe('the bound on what waits for the disk', () => {
  test('a client over its share is not read until the disk has caught up', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate, limits: { maxPendingBytes: 40 * 85, maxInflight: 1000 } });
    const heavy = await staged.raw();
    await heavy.signIn('d1');
    for (let id = 1; id <= 120; id += 1) {
      heavy.send(readingPacket('d1', id));
      // Packets of their own, so that reading can stop between them.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const taken = gate.taken.length;
    expect(taken).toBeLessThan(60);
    expect(staged.broker.stats().pending).toBe(taken);
    for (let index = 0; index < 120; index += 1) {
      await gate.holds(index + 1);
      gate.taken[index]?.done(true);
    }
    expect(acked(await heavy.received(121))).toHaveLength(120);
    expect(staged.broker.stats().pending).toBe(0);
  });
});

test('answers are given in the order of entering', () => {
  const answers: string[] = [];
  class Named extends Place {
    readonly name: string;
    constructor(name: string) {
      super();
      this.name = name;
    }
    answer(isCommitted: boolean): void {
      answers.push(`${this.name} ${isCommitted}`);
    }
  }
  const order = new PublishOrder();
  const [a, b, c] = [new Named('a'), new Named('b'), new Named('c')];
  for (const place of [a, b, c]) order.enter(place);
  order.settle(c, true);
  order.settle(a, false);
  expect(answers).toEqual(['a false']);
  order.settle(b, true);
  expect(answers).toEqual(['a false', 'b true', 'c true']);
  expect(order.isEmpty).toBe(true);
});
