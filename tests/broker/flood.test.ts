import { connect, type Socket } from 'node:net';
import type { ReadingGate } from '@clearbay/contract/gate.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { connectPacket, OpenGate, readingPacket, type Stage, stage, until } from './stage.ts';

let staged: Stage;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await staged.stop();
});

function knock(): Socket {
  const socket = connect({ port: staged.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

describe('a flood of connections', () => {
  test('that say nothing: the oldest go, and a genuine device still comes in within a second', async () => {
    staged = await stage({ limits: { maxHalfOpenPerAddress: 50, maxHalfOpen: 100 } });
    for (let index = 0; index < 500; index += 1) knock();
    await until(() => (staged.broker.stats().refused['half-open-evicted'] ?? 0) >= 400);
    const started = performance.now();
    const device = await staged.connect('d1');
    await device.publishAsync('clearbay/v1/readings/air/s1/d1', '{}', { qos: 1 });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(staged.broker.stats().halfOpen).toBeLessThanOrEqual(50);
  });

  test('that begin a CONNECT and stop: the time-out ends them', async () => {
    staged = await stage({ limits: { connectTimeoutMs: 100 } });
    const ended: Promise<unknown>[] = [];
    for (let index = 0; index < 20; index += 1) {
      const socket = knock();
      ended.push(new Promise((resolve) => socket.once('close', resolve)));
      socket.write(Buffer.from([0x10, 20, 0, 4]));
    }
    await Promise.all(ended);
    expect(staged.broker.stats().refused).toEqual({ 'connect-timeout': 20 });
    await until(() => staged.broker.stats().connections === 0);
    expect(staged.broker.stats()).toMatchObject({ heldBytes: 0, halfOpen: 0 });
  });

  test('over the rate of an address: refused before anything is built for them, those connected go on', async () => {
    const gate = new OpenGate();
    staged = await stage({ gate, limits: { connectionsPerSecondPerAddress: 1, connectionBurstPerAddress: 10 } });
    const device = await staged.connect('d1');
    for (let index = 0; index < 100; index += 1) knock();
    await until(() => (staged.broker.stats().refused['connection-rate'] ?? 0) >= 85);
    for (let index = 0; index < 20; index += 1) await device.publishAsync('clearbay/v1/readings/air/s1/d1', '{}', { qos: 1 });
    expect(gate.payloads).toHaveLength(20);
    expect(staged.broker.stats().connections).toBeLessThanOrEqual(10);
  });

  test('over the number of connections: refused and counted', async () => {
    staged = await stage({ limits: { maxConnectionsPerAddress: 5 } });
    for (let index = 0; index < 9; index += 1) knock();
    await until(() => staged.broker.stats().refused['too-many-connections'] === 4);
  });

  test('messages that are dear to take share the turns of the event loop, and each client keeps its order', async () => {
    let turn = 0;
    const turns: number[] = [];
    const taken: string[] = [];
    const gate: ReadingGate = {
      take({ payload }, done) {
        turns.push(turn);
        taken.push(payload.toString());
        const until = performance.now() + 10;
        while (performance.now() < until);
        done(true);
      },
    };
    staged = await stage({ gate });
    const clients = await Promise.all(Array.from({ length: 10 }, () => staged.raw()));
    const deviceOf = (index: number) => (index % 2 === 0 ? 'd1' : 'd2');
    for (const [index, client] of clients.entries()) {
      client.send(connectPacket(deviceOf(index), { clientId: `${deviceOf(index)}/${index}` }));
      await client.received(1);
    }
    const counting = setInterval(() => {
      turn += 1;
    }, 0);
    for (const [index, client] of clients.entries()) {
      for (const id of [1, 2]) client.send(readingPacket(deviceOf(index), id, `${index} ${id}`));
    }
    await Promise.all(clients.map((client) => client.received(3)));
    clearInterval(counting);
    expect(taken.toSorted()).toEqual(clients.flatMap((_, index) => [`${index} 1`, `${index} 2`]).toSorted());
    for (const index of clients.keys()) expect(taken.indexOf(`${index} 1`)).toBeLessThan(taken.indexOf(`${index} 2`));
    // Two to four of them fill a turn; together they would hold it for 200 ms.
    expect(new Set(turns).size).toBeGreaterThanOrEqual(4);
  });

  test('what waits for its turn is not taken while too much waits for the disk', async () => {
    const held: ((acknowledge: boolean) => void)[] = [];
    let isOpen = false;
    const gate: ReadingGate = {
      take(_incoming, done) {
        const until = performance.now() + 10;
        while (performance.now() < until);
        if (isOpen) done(true);
        else held.push(done);
      },
    };
    staged = await stage({ gate, limits: { maxPendingBytes: 256 } });
    const clients = await Promise.all(Array.from({ length: 10 }, () => staged.raw()));
    for (const [index, client] of clients.entries()) {
      client.send(connectPacket('d1', { clientId: `d1/${index}` }));
      await client.received(1);
    }
    for (const client of clients) client.send(readingPacket('d1', 1));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(4);
    isOpen = true;
    for (const done of held) done(true);
    for (const client of clients) expect(await client.received(2)).toMatchObject([{}, { cmd: 'puback', messageId: 1 }]);
  });

  test('a client over its message rate is slowed, and loses nothing', async () => {
    const gate = new OpenGate();
    staged = await stage({ gate, limits: { messagesPerSecond: 100, burstSeconds: 0.2 } });
    const device = await staged.connect('d1');
    const started = performance.now();
    for (let index = 0; index < 60; index += 1) {
      await device.publishAsync('clearbay/v1/readings/air/s1/d1', String(index), { qos: 1 });
    }
    expect(performance.now() - started).toBeGreaterThan(250);
    expect(gate.payloads).toHaveLength(60);
  });
});
