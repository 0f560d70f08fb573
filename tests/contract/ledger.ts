import { QUALITY } from '@clearbay/domain/quality.ts';
import { type CandidateQuery, type Ledger, OUTCOME } from '@clearbay/store/ports/ledger.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reading, T0 } from './ledger-reading.ts';

/** What every ledger owes the pipeline. `reopen` stops and starts over on the same storage. */
export function ledgerContract(name: string, make: () => Promise<{ open(): Ledger; dispose(): Promise<void> }>): void {
  describe(`${name} as a ledger`, () => {
    let place: { open(): Ledger; dispose(): Promise<void> };
    let ledger: Ledger;

    beforeEach(async () => {
      place = await make();
      ledger = place.open();
      await ledger.start();
    });
    afterEach(async () => {
      await ledger.stop();
      await place.dispose();
    });

    const reopen = async () => {
      await ledger.stop();
      ledger = place.open();
      await ledger.start();
    };

    test('gives back every part of a reading as it was appended', async () => {
      const full = reading({
        bay: 'A-017',
        origin: 'replayed',
        values: { pm25: -0.1, o3: 1e300, 'zh 臭氧': 0 },
        marks: { pm25: 'T', o3: 'N' },
        quality: { pm25: 8193 },
        historical: true,
        correction: true,
        rev: 4_000_000_000,
        seq: 2 ** 50,
        boot: '启动-1',
        periodMs: 3_600_000,
      });
      expect([...(await ledger.append([full, reading()]))]).toEqual([OUTCOME.stored, OUTCOME.stored]);
      const entries = await ledger.readAfter(0, 10);
      expect(entries.map((entry) => entry.reading)).toEqual([full, reading()]);
      await reopen();
      expect((await ledger.readings('air-1', T0, T0)).length).toBe(2);
    });

    test('numbers stored records in order and goes on after a restart', async () => {
      await ledger.append([reading({ at: T0 }), reading({ at: T0 + 1 })]);
      await reopen();
      await ledger.append([reading({ at: T0 + 2 })]);
      const seqs = (await ledger.readAfter(0, 10)).map((entry) => entry.ledgerSeq);
      expect(seqs).toHaveLength(3);
      expect(seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] as number))).toBe(true);
      expect(await ledger.readAfter(seqs[1] as number, 10)).toHaveLength(1);
      expect(await ledger.readAfter(0, 2)).toHaveLength(2);
      expect(ledger.status()).toMatchObject({ lastSeq: seqs[2], oldestSeq: seqs[0], pending: 0, writable: true });
    });

    test('counts the same content again as a duplicate, however it is written and received', async () => {
      const first = reading({ values: { pm25: 1, pm10: 2 } });
      await ledger.append([first]);
      const again = reading({ values: { pm10: 2, pm25: 1 }, marks: { pm25: 'N' }, receivedAt: T0 + 9000, quality: { pm25: 32 } });
      expect([...(await ledger.append([again]))]).toEqual([OUTCOME.duplicate]);
      await reopen();
      expect([...(await ledger.append([again, first]))]).toEqual([OUTCOME.duplicate, OUTCOME.duplicate]);
      expect(await ledger.readAfter(0, 10)).toHaveLength(1);
    });

    test('finds a duplicate inside one call and among older event times', async () => {
      const older = reading({ at: T0 - 5000 });
      expect([...(await ledger.append([reading(), older, older, reading()]))]).toEqual([
        OUTCOME.stored,
        OUTCOME.stored,
        OUTCOME.duplicate,
        OUTCOME.duplicate,
      ]);
    });

    test('keeps the first of two contents as current and calls the other a conflict', async () => {
      await ledger.append([reading()]);
      const other = reading({ values: { pm25: 99 } });
      expect([...(await ledger.append([other]))]).toEqual([OUTCOME.conflict]);
      expect([...(await ledger.append([other]))]).toEqual([OUTCOME.duplicate]);
      expect((await ledger.readings('air-1', T0, T0)).map((current) => current.values.pm25)).toEqual([28.1]);
    });

    test('replaces by a correction of higher revision only', async () => {
      await ledger.append([reading()]);
      const corrected = reading({ values: { pm25: 30 }, correction: true, rev: 2 });
      expect([...(await ledger.append([corrected]))]).toEqual([OUTCOME.replaced]);
      expect([...(await ledger.append([corrected]))]).toEqual([OUTCOME.duplicate]);
      expect([...(await ledger.append([reading({ values: { pm25: 31 }, correction: true, rev: 1 })]))]).toEqual([
        OUTCOME.conflict,
      ]);
      expect([...(await ledger.append([reading()]))]).toEqual([OUTCOME.duplicate]);
      expect(await ledger.readings('air-1', T0, T0)).toEqual([corrected]);
      const entries = await ledger.readAfter(0, 10);
      expect(entries.at(-1)?.reading).toEqual(corrected);
    });

    const said = async (query: Partial<CandidateQuery> = {}) =>
      (await ledger.candidates({ limit: 100, ...query })).map(({ reading: { values }, current }) => [
        values.pm25,
        current?.values.pm25,
      ]);

    test('lists the contents that conflict, newest first, beside the current one, also after a restart', async () => {
      await ledger.append([reading(), reading({ station: 'air-2', at: T0 + 1000 })]);
      const other = (pm25: number, change = {}) => reading({ values: { pm25 }, quality: { pm25: 32 }, seq: 4, ...change });
      await ledger.append([other(50), other(60), other(70, { station: 'air-2', at: T0 + 1000 })]);
      expect(ledger.status().candidates).toBe(3);
      await reopen();
      expect(ledger.status().candidates).toBe(3);
      const all = await ledger.candidates({ limit: 100 });
      expect(all.map(({ reading, current }) => [reading, current])).toEqual([
        [other(70, { station: 'air-2', at: T0 + 1000 }), reading({ station: 'air-2', at: T0 + 1000 })],
        [other(60), reading()],
        [other(50), reading()],
      ]);
      expect(await said({ station: 'air-1' })).toEqual([
        [60, 28.1],
        [50, 28.1],
      ]);
      expect(await said({ from: T0 + 1, to: T0 + 1000 })).toEqual([[70, 28.1]]);
      expect(await said({ from: T0 + 1001 })).toEqual([]);
      expect(await said({ limit: 1, before: all[0]?.id as number })).toEqual([[60, 28.1]]);
    });

    test('has nothing left to decide once a correction says what the content is', async () => {
      await ledger.append([reading(), reading({ at: T0 + 1 })]);
      await ledger.append([reading({ values: { pm25: 50 } }), reading({ values: { pm25: 60 } })]);
      await ledger.append([reading({ at: T0 + 1, values: { pm25: 70 } })]);
      const judgedAnew = reading({ quality: { pm25: 4096 }, correction: true, rev: 1 });
      expect([...(await ledger.append([judgedAnew]))]).toEqual([OUTCOME.replaced]);
      expect(await said()).toEqual([
        [70, 28.1],
        [60, 28.1],
        [50, 28.1],
      ]);
      const accepted = reading({ values: { pm25: 50 }, correction: true, rev: 2 });
      expect([...(await ledger.append([accepted]))]).toEqual([OUTCOME.replaced]);
      expect(await said()).toEqual([[70, 28.1]]);
      expect(ledger.status().candidates).toBe(1);
      const repeats = [reading(), reading({ values: { pm25: 50 } }), reading({ values: { pm25: 60 } })];
      expect([...(await ledger.append(repeats))]).toEqual([OUTCOME.duplicate, OUTCOME.duplicate, OUTCOME.duplicate]);
    });

    test('closes a candidate that was decided against, once', async () => {
      await ledger.append([reading(), reading({ values: { pm25: 50 } })]);
      const [candidate] = await ledger.candidates({ limit: 1 });
      expect(await ledger.dismiss((candidate?.id ?? 0) + 1)).toBe(false);
      expect(await ledger.dismiss(candidate?.id ?? 0)).toBe(true);
      expect(await ledger.dismiss(candidate?.id ?? 0)).toBe(false);
      expect(await said()).toEqual([]);
      expect(ledger.status().candidates).toBe(0);
      expect([...(await ledger.append([reading({ values: { pm25: 50 } })]))]).toEqual([OUTCOME.duplicate]);
    });

    test('keeps the first sixteen contents of one identity and counts the rest', async () => {
      await ledger.append([reading()]);
      const others = Array.from({ length: 40 }, (_, index) => reading({ values: { pm25: 100 + index } }));
      expect(new Set(await ledger.append(others))).toEqual(new Set([OUTCOME.conflict]));
      expect(await said()).toEqual(Array.from({ length: 16 }, (_, index) => [115 - index, 28.1]));
      expect(ledger.status()).toMatchObject({ candidates: 16, candidatesLeftOut: 24 });
      expect([...(await ledger.append([reading({ values: { pm25: 115 } }), reading({ values: { pm25: 116 } })]))]).toEqual([
        OUTCOME.duplicate,
        OUTCOME.conflict,
      ]);
    });

    test('finds the readings without an event time among its newest records', async () => {
      const arrived = (at: number, more = {}) => reading({ at, quality: { pm25: QUALITY.arrival | QUALITY.range }, ...more });
      const last = arrived(T0 + 4, { seq: 3, boot: 'b1', rev: 1, values: { pm25: 1, o3: 2 } });
      await ledger.append([arrived(T0), reading({ at: T0 + 1 }), arrived(T0 + 2)]);
      await ledger.append([reading({ at: T0 + 3, quality: { pm25: QUALITY.late } }), last]);
      await reopen();
      expect(await ledger.arrivals(10)).toEqual([arrived(T0), arrived(T0 + 2), last]);
      expect(await ledger.arrivals(3)).toEqual([arrived(T0 + 2), last]);
      expect(await ledger.arrivals(1)).toEqual([last]);
    });

    test('tells stations, devices and bays apart', async () => {
      const variants = [reading(), reading({ device: 'air-1-b' }), reading({ bay: 'A-1' }), reading({ station: 'air-2' })];
      expect([...(await ledger.append(variants))]).toEqual([0, 0, 0, 0]);
      expect(await ledger.readings('air-1', T0, T0)).toHaveLength(3);
      expect(await ledger.readings('air-2', T0, T0)).toHaveLength(1);
      expect(await ledger.readings('air-3', T0, T0)).toHaveLength(0);
    });

    test('answers a span by event time, both ends included, whatever the order of arrival', async () => {
      const times = [5, 1, 4, 2, 3].map((minute) => T0 + minute * 60_000);
      for (const at of times) await ledger.append([reading({ at })]);
      const found = await ledger.readings('air-1', T0 + 2 * 60_000, T0 + 4 * 60_000);
      expect(found.map(({ at }) => at)).toEqual([T0 + 120_000, T0 + 180_000, T0 + 240_000]);
    });

    test('resolves every one of many appends in flight with its own outcomes', async () => {
      const answers = await Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          ledger.append([
            reading({ at: T0 + index }),
            reading({ at: T0 + index }),
            reading({ at: T0 + index, values: { pm25: 7 } }),
          ]),
        ),
      );
      expect(answers.every((outcomes) => outcomes.join() === '0,1,2')).toBe(true);
      expect(await ledger.readAfter(0, 1000)).toHaveLength(500);
    });

    test('refuses as a whole a call with a reading that has no finite number or no whole time', async () => {
      await expect(ledger.append([reading(), reading({ at: T0 + 1, values: { pm25: Number.NaN } })])).rejects.toThrow(/finite/);
      await expect(ledger.append([reading({ at: 1.5 })])).rejects.toThrow(/event time/);
      expect([...(await ledger.append([reading()]))]).toEqual([OUTCOME.stored]);
    });
  });
}
