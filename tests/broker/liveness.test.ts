import { Liveness } from '@clearbay/broker/guard/liveness.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { connectPacket, HeldGate, readingPacket, type Stage, stage, until } from './stage.ts';

let staged: Stage | undefined;
afterEach(async () => {
  await staged?.stop();
  staged = undefined;
});

describe('a client that has died', () => {
  test('is noticed one and a half keep-alive intervals after its last packet, and its will is sent', async () => {
    staged = await stage();
    const client = await staged.raw();
    const will = { topic: 'clearbay/v1/status/d1', payload: Buffer.from('{"online":false}'), qos: 1, retain: true };
    client.send(connectPacket('d1', { keepalive: 1, will }));
    await client.received(1);
    await new Promise((resolve) => setTimeout(resolve, 800));
    client.send({ cmd: 'pingreq' });
    const last = performance.now();
    await client.closed;
    const silentMs = performance.now() - last;
    expect(silentMs).toBeGreaterThan(1400);
    expect(silentMs).toBeLessThan(2500);
    expect(staged.broker.stats()).toMatchObject({ clients: 0, refused: { 'keep-alive': 1 } });
  });

  test('is not taken for dead while the broker itself does not read it', async () => {
    const gate = new HeldGate();
    staged = await stage({ gate, limits: { maxInflight: 1 } });
    const client = await staged.raw();
    client.send(connectPacket('d1', { keepalive: 1 }));
    await client.received(1);
    client.send(readingPacket('d1', 1));
    await gate.holds(1);
    await new Promise((resolve) => setTimeout(resolve, 2200));
    expect(client.socket.destroyed).toBe(false);
    gate.taken[0]?.done(true);
    expect(await client.received(2)).toMatchObject([{ cmd: 'connack' }, { cmd: 'puback' }]);
    await until(() => client.socket.destroyed, 3000);
  });

  test.each([
    [10, 15_000],
    [3600, 5_400_000],
    [65_535, 5_400_000],
  ])('that asked for a keep-alive of %i s is given up after %i ms', (seconds, silenceMs) => {
    const liveness = new Liveness({ packetTimeoutMs: 1000, maxKeepAliveSeconds: 3600 }, 0);
    liveness.keepAlive(seconds);
    expect(liveness.fault(silenceMs - 1)).toBeUndefined();
    expect(liveness.fault(silenceMs)).toBe('keep-alive');
    liveness.packet(silenceMs);
    expect(liveness.fault(2 * silenceMs - 1)).toBeUndefined();
  });

  test('that asked for no keep-alive is left to the probes of TCP', () => {
    const liveness = new Liveness({ packetTimeoutMs: 1000, maxKeepAliveSeconds: 3600 }, 0);
    liveness.keepAlive(0);
    expect(liveness.fault(1e9)).toBeUndefined();
  });
});
