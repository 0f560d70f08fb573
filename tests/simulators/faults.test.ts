import { clockSkew, corrupt, duplicate, gap, payloadsUnder, reorder, spike, stuck } from '@clearbay/simulators/faults.ts';
import { packets, type WireReading } from '@clearbay/simulators/wire.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const reading = (at: number, level = 1): WireReading => ({ at, values: { level } });
const sent = (payloads: readonly string[]) => payloads.map((payload) => JSON.parse(payload) as WireReading);

describe('packets', () => {
  test('keep order and content within a thousand readings and 64 KiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3500 }), fc.integer({ min: 0, max: 300 }), (count, size) => {
        const readings = Array.from({ length: count }, (_, at) => ({ at, values: { level: 1 }, bay: '湾'.repeat(size) }));
        const payloads = packets(readings);
        const parsed = payloads.map((payload) => JSON.parse(payload) as WireReading | WireReading[]);
        for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(65_536);
        for (const each of parsed) expect(Array.isArray(each) ? each.length : 1).toBeLessThanOrEqual(1000);
        expect(parsed.flat()).toEqual(readings);
      }),
      { numRuns: 25 },
    );
  });
});

describe('faults of a device', () => {
  test('none sends the report as it is', () => {
    expect(sent(payloadsUnder([], [reading(1)]))).toEqual([reading(1)]);
  });

  test('a spike jumps away for one message', () => {
    const fault = spike('level', 50, 0.2, 1);
    const values = Array.from({ length: 200 }, (_, at) => sent(payloadsUnder([fault], [reading(at)]))[0]?.values.level);
    const spikes = values.filter((value) => value === 51).length;
    expect(spikes).toBeGreaterThan(15);
    expect(spikes).toBeLessThan(80);
    expect(values.filter((value) => value === 1).length).toBe(200 - spikes);
  });

  test('a stuck metric keeps its value for its time', () => {
    const fault = stuck('level', 2, 4);
    const values = [1, 2, 3, 4].map((at) => sent(payloadsUnder([fault], [reading(at, at)]))[0]?.values.level);
    expect(values).toEqual([1, 2, 2, 4]);
  });

  test('a gap sends nothing', () => {
    const fault = gap(2, 4);
    expect([1, 2, 3, 4].flatMap((at) => sent(payloadsUnder([fault], [reading(at)])).map((each) => each.at))).toEqual([1, 4]);
  });

  test('a wrong clock moves the event time', () => {
    expect(sent(payloadsUnder([clockSkew(-28_800_000)], [reading(30_000_000)]))[0]?.at).toBe(1_200_000);
  });

  test('duplicates come twice and overtaken messages are not lost', () => {
    expect(payloadsUnder([duplicate(1, 1)], [reading(1)])).toHaveLength(2);
    const fault = reorder(0.3, 5);
    const order = Array.from({ length: 100 }, (_, at) => sent(payloadsUnder([fault], [reading(at)])))
      .flat()
      .map((each) => each.at);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(order.length);
    expect(order.length).toBeGreaterThanOrEqual(99);
  });

  test('a corrupt message is no JSON', () => {
    const [payload] = payloadsUnder([corrupt(1, 1)], [reading(1)]);
    expect(() => JSON.parse(payload ?? '{}')).toThrow();
  });

  test('faults add up in their order', () => {
    expect(sent(payloadsUnder([clockSkew(10), duplicate(1, 1)], [reading(1)]))).toEqual([reading(11), reading(11)]);
  });
});
