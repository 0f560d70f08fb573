import { type Condition, type ConditionChange, step } from '@clearbay/domain/alerts/condition.ts';
import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { parkingKind } from '@clearbay/domain/kinds/parking/kind.ts';
import { signPayload } from '@clearbay/domain/kinds/parking/sign.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allBays, bayReading, EIGHT, GATES, LOT, lotReading, STANDARDS } from './lot.ts';

function assessed(readings: readonly Reading[], station = LOT, now?: number) {
  const live = parkingKind.live(station, STANDARDS);
  for (const reading of readings) live.accept(reading);
  return live.assess(now ?? Math.max(...readings.map(({ at }) => at), 0));
}

describe('a lot whose bays report', () => {
  test('counts free, occupied and unknown', () => {
    const { detail, figure, rating } = assessed(allBays(EIGHT, 4));
    expect(detail.count).toMatchObject({ free: 6, occupied: 4, unknown: 0 });
    expect([figure.value, rating.code, detail.occupancy]).toEqual([6, 'ample', 0.4]);
  });

  test('a bay level is a level: repeats change nothing', () => {
    const twice = [...allBays(EIGHT, 4), ...allBays(EIGHT + 1000, 4)];
    expect(assessed(twice).detail.count).toEqual(assessed(allBays(EIGHT, 4)).detail.count);
  });

  test('more than 10 % unknown hides the number on the sign', () => {
    const two = assessed(allBays(EIGHT, 4).slice(2));
    expect(two.detail.reliable).toBe(false);
    expect(two.rating.rank).toBe(-1);
    expect(signPayload(two, true)).toMatchObject({ state: 'unknown', free: null });
    expect(signPayload(assessed(allBays(EIGHT, 4).slice(1)), true)).toMatchObject({ state: 'ample', free: 6 });
  });

  test('a bay whose sensor is marked faulty is unknown, not free and not occupied', () => {
    const faulty = [...allBays(EIGHT, 4), bayReading(EIGHT + 1, 0, 1, { marks: { occupied: 'D' } })];
    expect(assessed(faulty).detail.count).toMatchObject({ free: 6, occupied: 3, unknown: 1 });
  });

  test('a bay silent for a day is unknown', () => {
    const later = [...allBays(EIGHT, 4), ...allBays(EIGHT + 25 * HOUR_MS, 4).slice(1)];
    expect(assessed(later).detail.count).toMatchObject({ free: 6, occupied: 3, unknown: 1 });
  });

  test('closed bays are not free', () => {
    const closed = { ...LOT, closedBays: 3 };
    expect(assessed(allBays(EIGHT, 4).slice(0, 7), closed).detail.count).toMatchObject({ free: 3, open: 7, unknown: 0 });
  });

  test('mean stay and turnover count finished stays of the last 24 h', () => {
    const stays = [
      ...allBays(EIGHT, 1),
      bayReading(EIGHT + HOUR_MS, 5, 1),
      bayReading(EIGHT + 2 * HOUR_MS, 6, 1),
      bayReading(EIGHT + 3 * HOUR_MS, 5, 0),
      bayReading(EIGHT + 4 * HOUR_MS, 0, 0),
    ];
    const { detail } = assessed(stays);
    expect(detail.meanStay).toEqual({ value: 2 * HOUR_MS, numerator: 2 * HOUR_MS, denominator: 1 });
    expect(detail.turnover).toEqual({ value: 0.2, numerator: 2, denominator: 10 });
    expect(detail.coveredHours).toBe(4);
  });

  test('before the first event it says nothing, and raises nothing', () => {
    const nothing = assessed([], LOT, EIGHT);
    expect(nothing).toMatchObject({ at: null, rating: { code: 'none', rank: -1 }, figure: { value: null } });
    expect(parkingKind.signals(nothing, LOT)).toEqual([]);
    expect(signPayload(nothing, true).state).toBe('unknown');
  });

  test('a pending level becomes the level with time, without a further event', () => {
    const busy = [...allBays(EIGHT, 4), ...[4, 5, 6, 7].map((bay) => bayReading(EIGHT + 1000, bay, 1))];
    expect(assessed(busy, LOT, EIGHT + 60_000).detail.guidance).toBe('ample');
    expect(assessed(busy, LOT, EIGHT + 121_000).detail.guidance).toBe('tight');
  });
});

/** Three days of bay events with faults, repeats, late and corrected ones. */
const bayDays = (hours: number) =>
  fc.array(
    fc
      .record({
        minute: fc.integer({ min: 0, max: hours * 60 }),
        bay: fc.integer({ min: 0, max: 11 }),
        occupied: fc.constantFrom(0 as const, 1 as const),
        rev: fc.integer({ min: 0, max: 1 }),
        delay: fc.integer({ min: 0, max: 3 }),
        flags: fc.constantFrom(0, 0, 0, 0, QUALITY.excluded),
      })
      .map(({ minute, bay, occupied, rev, delay, flags }) => {
        const at = EIGHT + minute * MINUTE_MS;
        return bayReading(at, bay, occupied, { rev, receivedAt: at + delay, quality: { occupied: flags } });
      }),
    { maxLength: 120 },
  );

const gateDay = fc.array(
  fc
    .record({
      minute: fc.integer({ min: 0, max: 24 * 12 }),
      free: fc.option(fc.integer({ min: -5, max: 110 }), { nil: undefined }),
      entered: fc.integer({ min: 0, max: 5 }),
      left: fc.integer({ min: 0, max: 5 }),
      rev: fc.integer({ min: 0, max: 1 }),
    })
    .map(({ minute, free, entered, left, rev }) =>
      lotReading(
        EIGHT + minute * 5 * MINUTE_MS,
        { entered, left, ...(free === undefined ? {} : { free }) },
        { rev, receivedAt: EIGHT + minute },
      ),
    ),
  { maxLength: 80 },
);

describe('the same readings give the same assessment', () => {
  const now = EIGHT + 100 * HOUR_MS;

  test('of bays, in any order within the held time', () => {
    fc.assert(
      fc.property(bayDays(25), fc.infiniteStream(fc.nat()), (readings, weights) => {
        const shuffled = readings
          .map((reading) => ({ reading, weight: weights.next().value as number }))
          .sort((a, b) => a.weight - b.weight)
          .map(({ reading }) => reading);
        expect(assessed(shuffled, LOT, now)).toEqual(assessed(readings, LOT, now));
      }),
      { numRuns: 120 },
    );
  });

  test('of gates, in any order within the held time, whatever one identity says twice', () => {
    fc.assert(
      fc.property(gateDay, fc.infiniteStream(fc.nat()), (readings, weights) => {
        const shuffled = readings
          .map((reading) => ({ reading, weight: weights.next().value as number }))
          .sort((a, b) => a.weight - b.weight)
          .map(({ reading }) => reading);
        expect(assessed(shuffled, GATES, now)).toEqual(assessed(readings, GATES, now));
      }),
      { numRuns: 120 },
    );
  });

  test('live, asked after every reading and up to an hour late, as in one sorted batch over three days', () => {
    fc.assert(
      fc.property(
        bayDays(72),
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 120, maxLength: 120 }),
        (readings, lateness) => {
          const arriving = readings
            .map((reading, index) => ({ reading, arrival: reading.at + (lateness[index] ?? 0) * MINUTE_MS }))
            .sort((a, b) => a.arrival - b.arrival)
            .map(({ reading }) => reading);
          const live = parkingKind.live(LOT, STANDARDS);
          for (const reading of arriving) {
            live.accept(reading);
            live.assess(reading.at);
          }
          const sorted = [...readings].sort((a, b) => a.at - b.at);
          expect(live.assess(now)).toEqual(assessed(sorted, LOT, now));
        },
      ),
      { numRuns: 120 },
    );
  });

  test('counts and stays are those of a plain search over the readings', () => {
    fc.assert(
      fc.property(bayDays(23), (readings) => {
        const byBay = new Map<string, Map<number, Reading>>();
        for (const reading of readings) {
          const events = byBay.get(reading.bay ?? '') ?? new Map<number, Reading>();
          byBay.set(reading.bay ?? '', events);
          const held = events.get(reading.at);
          const level = (each: Reading): number => (each.quality?.occupied ? -1 : (each.values.occupied ?? -1));
          const rank = (each: Reading): number => each.rev * 1e6 - (each.receivedAt - each.at) * 1e3 + level(each);
          if (held === undefined || rank(reading) > rank(held)) events.set(reading.at, reading);
        }
        let known = 0;
        let occupied = 0;
        let served = 0;
        for (const events of byBay.values()) {
          const run = [...events.values()]
            .sort((a, b) => a.at - b.at)
            .map((each) => (each.quality?.occupied ? null : each.values.occupied));
          const last = run.at(-1);
          if (last === 0 || last === 1) known += 1;
          if (last === 1) occupied += 1;
          served += run.filter((level, index) => level === 0 && run[index - 1] === 1).length;
        }
        const { detail } = assessed(readings, { ...LOT, capacity: 12 }, now);
        expect(detail.count).toMatchObject({ occupied, unknown: 12 - known, free: known - occupied });
        expect(detail.turnover.numerator).toBe(served);
      }),
      { numRuns: 120 },
    );
  });
});

describe('a lot whose gates report', () => {
  const report = (minute: number, free: number | undefined, entered = 0, left = 0): Reading =>
    lotReading(EIGHT + minute * MINUTE_MS, { ...(free === undefined ? {} : { free }), entered, left });

  test('two contents of one report count as the one with more vehicles, whichever came first', () => {
    const both = [report(1, undefined, 5), report(1, undefined, 1)];
    for (const order of [both, both.toReversed()]) {
      expect(assessed([report(0, 50), ...order], GATES).detail.count.free).toBe(45);
    }
  });

  test('takes the counter’s free bays, and its entries and exits where it sends none', () => {
    const { detail } = assessed([report(0, 40), report(1, undefined, 5, 2)], GATES);
    expect(detail.count.free).toBe(37);
    expect(detail.turnover).toMatchObject({ numerator: 2, value: 0.02 });
    expect(detail.meanStay.value).toBeNull();
  });

  test('clamping is recorded as drift', () => {
    const { detail } = assessed([report(0, 2), report(1, -3, 5, 0)], GATES);
    expect(detail.count).toMatchObject({ free: 0, rawFree: -3 });
    expect(detail.drift).toMatchObject({ clamped: -3, clampings: 1, vehicles: 0 });
  });

  test('a counter that contradicts its own gates drifts, and a large drift is worth a visit', () => {
    const { detail } = assessed([report(0, 50), report(1, 45, 5, 0), report(2, 60, 0, 3)], GATES);
    expect(detail.drift).toMatchObject({ vehicles: 12, excessive: true });
  });

  test('a count that left the lot in the day is put right at four in the morning', () => {
    const night = (Date.parse('2026-06-11T04:00:00+08:00') - EIGHT) / MINUTE_MS;
    const before = [report(0, 95), report(1, 106, 0, 11), report(night - 1, 106)];
    expect(assessed(before, GATES).detail.count).toMatchObject({ free: 100, rawFree: 106 });
    const after = assessed([...before, report(night, 106), report(night + 5, 103, 3, 0)], GATES).detail;
    expect(after.count).toMatchObject({ free: 97, rawFree: 97 });
    expect(after.drift).toMatchObject({ clamped: 0, reconciled: { shift: 6 } });
  });

  test('without any report of free bays the count is unknown', () => {
    const blind = assessed([report(0, undefined, 4, 1)], GATES);
    expect(blind.rating.rank).toBe(-1);
    expect(blind.figure.value).toBeNull();
  });
});

describe('charging bays', () => {
  const lot = { ...LOT, chargers: 4 };

  test('are charging, occupied without charging, idle, at fault or offline', () => {
    const readings = [
      ...allBays(EIGHT, 2),
      lotReading(EIGHT, { charging: 1 }, { bay: 'A-000' }),
      lotReading(EIGHT, { charging: 0 }, { bay: 'A-001' }),
      lotReading(EIGHT, { charging: 0 }, { bay: 'A-002' }),
    ];
    expect(assessed(readings, lot).detail.charging).toEqual({
      total: 4,
      charging: 1,
      occupied: 1,
      idle: 1,
      fault: 0,
      offline: 1,
    });
    const faulty = [...readings, lotReading(EIGHT + 1, { charging: 1 }, { bay: 'A-000', marks: { charging: 'D' } })];
    expect(assessed(faulty, lot).detail.charging).toMatchObject({ charging: 0, fault: 1 });
  });

  test('the newest report counts, not the last to arrive', () => {
    const late = [lotReading(EIGHT, { charging: 1 }, { bay: 'A-000' }), lotReading(EIGHT - 1, { charging: 0 }, { bay: 'A-000' })];
    expect(assessed(late, lot).detail.charging?.charging).toBe(1);
  });

  test('a lot without chargers has no such count', () => {
    expect(assessed(allBays(EIGHT, 2)).detail.charging).toBeNull();
  });
});

describe('rule parking-full and the sign', () => {
  test('full asks for level IV, the sign says 满, and neither ends on one car', () => {
    const full = assessed(allBays(EIGHT, 10));
    expect(parkingKind.signals(full, LOT)).toMatchObject([{ rule: 'parking-full', level: 4, clear: false, value: 0 }]);
    expect(signPayload(full, true)).toEqual({ state: 'full', free: 0, text: { zh: '满', en: 'FULL' } });
    const oneLeft = assessed([...allBays(EIGHT, 10), bayReading(EIGHT + 1000, 3, 0)]);
    expect(parkingKind.signals(oneLeft, LOT)).toMatchObject([{ level: 4, clear: false }]);
    expect(signPayload(oneLeft, true).state).toBe('full');
  });

  test('a count that became unreliable neither raises nor clears', () => {
    const lost = [
      ...allBays(EIGHT, 10),
      ...[0, 1, 2].map((bay) => bayReading(EIGHT + 1000, bay, 0, { marks: { occupied: 'D' } })),
    ];
    expect(parkingKind.signals(assessed(lost), LOT)).toMatchObject([{ level: null, clear: false, value: null }]);
  });

  test('old data take the number off the sign', () => {
    expect(signPayload(assessed(allBays(EIGHT, 3)), false)).toMatchObject({ state: 'unknown', free: null });
  });

  test('a lot on its last bays opens one alert, not one a car', () => {
    const lot = { ...LOT, capacity: 100 };
    const live = parkingKind.live(lot, STANDARDS);
    const [rule] = parkingKind.rules;
    if (rule === undefined) throw new Error('no rule');
    let condition: Condition | undefined;
    const changes: ConditionChange[] = [];
    const feed = (readings: readonly Reading[]): void => {
      for (const reading of readings) live.accept(reading);
      const [signal] = parkingKind.signals(live.assess(readings.at(-1)?.at ?? 0), lot);
      if (signal === undefined) return;
      const taken = step(condition, signal, rule);
      condition = taken.next;
      if (taken.change !== 'none') changes.push(taken.change);
    };
    feed(allBays(EIGHT, 97, 100));
    for (let minute = 1; minute <= 90; minute += 1) {
      const taken = minute % 2 === 0 ? 1 : 0;
      feed([97, 98, 99].map((bay) => bayReading(EIGHT + minute * MINUTE_MS, bay, bay === 99 ? taken : 1)));
    }
    expect(changes).toEqual(['opened']);
    feed(allBays(EIGHT + 100 * MINUTE_MS, 50, 100));
    for (let minute = 101; minute <= 110; minute += 1) feed([bayReading(EIGHT + minute * MINUTE_MS, 99, 0)]);
    expect(changes).toEqual(['opened', 'recovering', 'cleared']);
  });
});

test('an explanation shows the sum, the indices and what was left out', () => {
  const readings = [
    ...allBays(EIGHT, 4),
    bayReading(EIGHT + HOUR_MS, 0, 0),
    bayReading(EIGHT + HOUR_MS, 9, 1, { marks: { occupied: 'D' } }),
  ];
  const derivation = parkingKind.explain(LOT, readings, { start: EIGHT, end: EIGHT + HOUR_MS }, STANDARDS, EIGHT + HOUR_MS);
  const sentences = derivationSentences(derivation, 'en');
  expect(sentences.some((each) => each.startsWith('free = capacity 10 − closed 0 − occupied 3 − unknown 1 = 6'))).toBe(true);
  expect(sentences.some((each) => each.startsWith('turnover = 1 vehicles / 9 bays'))).toBe(true);
  expect(derivation.inputs.filter(({ excluded }) => excluded !== undefined)).toHaveLength(1);
  expect(derivationSentences(derivation, 'zh').join()).toContain('占用率 = 3 / 9');
  const running = parkingKind.explain(LOT, readings, { start: EIGHT, end: EIGHT + HOUR_MS }, STANDARDS, EIGHT + HOUR_MS - 1);
  expect(running.figure.en).toMatch(/^Still running, so far, not judged: /);
  expect(derivation.figure.en).not.toContain('running');
});

test('an explanation is by the guidance asked for, and an unknown one is refused', () => {
  const [edition] = STANDARDS.guidance;
  if (edition === undefined) throw new Error('no edition');
  const standards = {
    ...STANDARDS,
    guidance: [edition, { ...edition, id: 'plan', label: 'Plan 2026', validFrom: '2099-01-01' }],
  };
  const ask = (asked?: string) => parkingKind.explain(LOT, [], { start: EIGHT, end: EIGHT }, standards, EIGHT, asked).edition;
  expect(ask()).toBe(edition.label);
  expect(ask('by-date')).toBe(edition.label);
  expect(ask('plan')).toBe('Plan 2026');
  expect(() => ask('none')).toThrow(/none; there are by-date/);
});
