import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { recallReadings } from '@clearbay/pipeline/receive/quality/recall.ts';
import type { Registry } from '@clearbay/pipeline/receive/registry.ts';
import type { LatestValue } from '@clearbay/store/ports/series.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW, type Staged, stageReceiver } from './stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Sent {
  readonly minute: number;
  readonly value: number;
}

/** Sends values in the order given; each comes `delayMs` after its event time. Gives their flags. */
async function flagsOf(staged: Staged, sent: readonly Sent[], delayMs = 1000): Promise<number[]> {
  const flags: number[] = [];
  for (const { minute, value } of sent) {
    staged.now = NOW + minute * MINUTE + delayMs;
    await staged.send({ at: NOW + minute * MINUTE, values: { pm25: value } });
    flags.push(staged.last().quality?.pm25 ?? 0);
  }
  return flags;
}

/** A new process that was given the readings of the old one. */
function restarted(before: Staged): Staged {
  const after = stageReceiver();
  for (const reading of before.ledger.readings) after.receiver.remember(reading);
  return after;
}

test('a jump over a restart is judged as it would have been without one', async () => {
  const before = stageReceiver();
  await flagsOf(
    before,
    [20, 21, 22].map((value, minute) => ({ minute, value })),
  );
  const after = restarted(before);
  expect(await flagsOf(after, [{ minute: 3, value: 600 }])).toEqual([QUALITY.rate | QUALITY.spike]);
  expect(after.ledger.readings).toHaveLength(1);
  expect(after.receiver.counters).toMatchObject({ messages: 1, stored: 1 });
});

test('with a restart anywhere in any course of values every flag stays the same', async () => {
  // Steps of a value that stays, wanders or jumps, in minutes that also go back.
  const step = fc.record({
    ahead: fc.integer({ min: -3, max: 150 }),
    value: fc.oneof(fc.constant(20), fc.integer({ min: 15, max: 25 }), fc.integer({ min: 0, max: 900 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 30 }), fc.nat(), async (steps, cut) => {
      let minute = 0;
      const sent = steps.map(({ ahead, value }) => {
        minute += ahead;
        return { minute, value };
      });
      const at = cut % sent.length;
      const undisturbed = await flagsOf(stageReceiver(), sent);
      const before = stageReceiver();
      const flags = await flagsOf(before, sent.slice(0, at));
      expect([...flags, ...(await flagsOf(restarted(before), sent.slice(at)))]).toEqual(undisturbed);
    }),
    { numRuns: 100, seed: 20_261_125 },
  );
});

test('a clock that was found to be off is known to be off after a restart', async () => {
  const course = Array.from({ length: 45 }, (_, minute) => ({ minute, value: 20 + (minute % 3) }));
  const before = stageReceiver();
  await flagsOf(before, course.slice(0, 42), 20 * MINUTE);
  expect(before.receiver.clockOf('d1')).toMatchObject({ offsetMs: 20 * MINUTE, isOff: true, isAhead: false });
  const after = restarted(before);
  expect(after.receiver.clockOf('d1')).toMatchObject({ offsetMs: 20 * MINUTE, isOff: true, isAhead: false });
  const [flags = 0] = await flagsOf(after, course.slice(42, 43), 20 * MINUTE);
  expect(flags & QUALITY.clock).toBe(QUALITY.clock);
});

test('a backlog that came in bulk does not make a clock wrong after a restart', async () => {
  const before = stageReceiver();
  const rows = Array.from({ length: 30 }, (_, index) => ({
    station: 'a1',
    device: 'd1',
    reading: { at: NOW - HOUR + index * 1000, values: { pm25: 20 } },
  }));
  await before.receiver.takeRows(rows, NOW);
  expect(restarted(before).receiver.clockOf('d1')).toBeUndefined();
});

const station = { id: 'a1', kind: 'air', metrics: new Map(), bayMetrics: new Set(['occupied']), bays: 0 };
const device = { id: 'd1', stations: new Set(['a1']), origin: 'measured', periodMs: MINUTE } as const;
const registry: Registry = {
  station: (id) => (id === 'a1' ? station : undefined),
  device: (id) => (id === 'd1' ? device : undefined),
  onlyDevice: (id) => (id === 'a1' ? 'd1' : undefined),
};

async function recalled(records: number, mostRecords: number, latest: () => Promise<readonly LatestValue[]>) {
  const readings: Reading[] = [];
  await recallReadings({
    ledger: {
      status: () => ({
        lastSeq: records,
        oldestSeq: 1,
        bytes: 0,
        pending: 0,
        writable: true,
        candidates: 0,
        candidatesLeftOut: 0,
      }),
      readAfter: async (after, limit) =>
        Array.from({ length: Math.min(limit, records - after) }, (_, index) => ({
          ledgerSeq: after + index + 1,
          reading: { at: after + index + 1 } as Reading,
        })),
    },
    series: { latest },
    registry,
    clock: { now: () => NOW },
    recall: (reading) => readings.push(reading),
    mostRecords,
  });
  return readings;
}

test('the newest records are recalled in their order, a bounded number of them', async () => {
  const readings = await recalled(25_000, 12_000, () => Promise.reject(new Error('the series store is away')));
  expect(readings).toHaveLength(12_000);
  expect(readings[0]?.at).toBe(13_001);
  expect(readings.at(-1)?.at).toBe(25_000);
});

test('of slow series the latest value is recalled, where it is believed and its device is known', async () => {
  const value = { station: 'a1', metric: 'pm25', at: NOW - HOUR, value: 20, flags: QUALITY.late };
  const readings = await recalled(0, 10, async () => [
    value,
    { ...value, metric: 'pm10', flags: QUALITY.spike },
    { ...value, metric: 'occupied' },
    { ...value, station: 'a2' },
  ]);
  expect(readings).toMatchObject([
    { station: 'a1', device: 'd1', at: NOW - HOUR, values: { pm25: 20 }, historical: true, origin: 'measured' },
  ]);
});
