import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@clearbay/contract/clock.ts';
import { topics } from '@clearbay/contract/topics.ts';
import { clockSkew } from '@clearbay/simulators/faults.ts';
import { Fleet } from '@clearbay/simulators/fleet.ts';
import { demonstrationShower } from '@clearbay/simulators/scenario.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gauge, kinds, passwords, smallDistrict } from './small-district.ts';
import { testBroker } from './test-broker.ts';

let broker: Awaited<ReturnType<typeof testBroker>>;
let fleet: Fleet;

beforeEach(async () => {
  broker = await testBroker();
});
afterEach(async () => {
  await fleet.stop();
  await broker.close();
});

function options(periodMs: number) {
  return { district: smallDistrict(periodMs), kinds, seed: 3, clock: systemClock, url: broker.url, passwords };
}

describe('a simulated fleet', () => {
  test('reports over MQTT at QoS 1, each device under its own name, all bays first', async () => {
    fleet = new Fleet(options(200));
    await fleet.start();
    await expect.poll(() => new Set(broker.readings().map(({ device }) => device)).size, { timeout: 5000 }).toBe(2);
    await wait(700);
    const readings = broker.readings();
    for (const { user, device } of readings) expect(user).toBe(device);
    for (const { topic, qos } of broker.received) if (topic.includes('/readings/')) expect(qos).toBe(1);
    const level = readings.filter(({ station }) => station === 'flood-1');
    expect(level.length).toBeGreaterThanOrEqual(3);
    expect(level[0]?.reading).toMatchObject({ values: { level: expect.any(Number) }, seq: 1, boot: expect.any(String) });
    const bays = readings.filter(({ station }) => station === 'park-1').map(({ reading }) => reading.bay);
    expect(new Set(bays.filter((bay) => bay !== undefined)).size).toBe(40);
    expect(bays, 'the gateway counts the whole lot').toContain(undefined);
    expect(readings.some(({ station }) => station === 'flood-2')).toBe(false);
    expect(fleet.lost).toBe(0);
  });

  test('says that it is online, and offline when it stops, with its boot', async () => {
    fleet = new Fleet(options(5000));
    await fleet.start();
    const status = () =>
      broker.received
        .filter(({ topic }) => topic === topics.status('flood-1-a'))
        .map(({ payload, retain }) => ({ ...JSON.parse(payload), retain }));
    expect(status()[0]).toMatchObject({ online: true, boot: expect.any(String), retain: true });
    await fleet.stop();
    await expect.poll(() => status().at(-1)).toMatchObject({ online: false, boot: status()[0]?.boot });
  });

  test('leaves a will when it vanishes', async () => {
    fleet = new Fleet(options(5000));
    await fleet.start();
    const seen: string[] = [];
    broker.broker.subscribe(
      topics.status('flood-1-a'),
      (packet, done) => {
        seen.push(packet.payload.toString());
        done();
      },
      () => {},
    );
    const { clients } = broker.broker as unknown as { clients: Record<string, { conn: { destroy(): void } }> };
    clients['flood-1-a']?.conn.destroy();
    await expect.poll(() => seen.some((payload) => payload.includes('"online":false'))).toBe(true);
    await expect.poll(() => seen.at(-1)?.includes('"online":true'), { timeout: 5000 }).toBe(true);
  });

  test('plays scenarios and faults on the device that they name', async () => {
    const shower = demonstrationShower(gauge, Date.now() - 100_000);
    fleet = new Fleet({ ...options(300), scenarios: [shower], faults: new Map([['park-1-a', [clockSkew(-3_600_000)]]]) });
    await fleet.start();
    await expect.poll(() => new Set(broker.readings().map(({ device }) => device)).size, { timeout: 5000 }).toBe(2);
    const of = (station: string) => broker.readings().filter((each) => each.station === station);
    expect(of('flood-1')[0]?.reading.values).toMatchObject({ level: gauge.lines.warning + 0.12 });
    expect(of('park-1')[0]?.reading.at).toBeLessThan(Date.now() - 3_500_000);
  });

  test('does not start with a device without a password', async () => {
    fleet = new Fleet({ ...options(200), passwords: new Map() });
    await expect(fleet.start()).rejects.toThrow('no password');
  });
});
