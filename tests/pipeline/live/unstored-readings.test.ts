import type { Signal } from '@clearbay/domain/alerts/signal.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { UnstoredReadings } from '@clearbay/pipeline/live/unstored-readings.ts';
import { OUTCOME } from '@clearbay/store/ports/ledger.ts';
import { expect, test } from 'vitest';

const NOW = Date.UTC(2026, 10, 23, 6);
const MINUTE = 60_000;

function reading(minute: number, level: number, over: Partial<Reading> = {}): Reading {
  return {
    station: 'g1',
    device: 'd1',
    at: NOW + minute * MINUTE,
    receivedAt: NOW + minute * MINUTE,
    origin: 'measured',
    periodMs: MINUTE,
    values: { level },
    historical: false,
    correction: false,
    rev: 0,
    ...over,
  };
}

function stage(stored: readonly Reading[] = []) {
  const judged: number[] = [];
  const clock = { at: NOW, now: () => clock.at };
  const unstored = new UnstoredReadings({
    clock,
    stored: async (station, from, to) => stored.filter((one) => one.station === station && one.at >= from && one.at <= to),
    judge: (readings) => judged.push(...readings.map(({ values }) => values.level as number)),
  });
  return { unstored, judged, clock };
}

const storedAll = (count: number) => new Uint8Array(count).fill(OUTCOME.stored);
const values = (readings: readonly Reading[]) => readings.map((one) => one.values.level);

test('a refused reading is judged once, however often its device sends it', async () => {
  const { unstored, judged } = stage();
  unstored.refused([reading(1, 4.2), reading(2, 4.3)]);
  await unstored.judged();
  unstored.refused([reading(1, 4.2)]);
  await unstored.judged();
  expect(judged).toEqual([4.2, 4.3]);
  expect(unstored.settle([reading(1, 4.2), reading(3, 4.4)], storedAll(2))).toEqual({
    fresh: [reading(3, 4.4)],
    differing: new Set(),
  });
});

test('what is on disk already, history and corrections are not judged from memory', async () => {
  const { unstored, judged } = stage([reading(1, 4.2)]);
  unstored.refused([reading(1, 4.2), reading(2, 5, { historical: true }), reading(3, 6, { correction: true, rev: 1 })]);
  await unstored.judged();
  expect(judged).toEqual([]);
  expect(unstored.isEmpty).toBe(true);
});

test('a reading that is stored while it is looked up is judged by its commit alone', async () => {
  const { unstored, judged } = stage();
  unstored.refused([reading(1, 4.2)]);
  expect(values(unstored.settle([reading(1, 4.2)], storedAll(1)).fresh)).toEqual([4.2]);
  await unstored.judged();
  expect(judged).toEqual([]);
});

test('other content than was judged, and corrections, make the station start over', async () => {
  const { unstored } = stage();
  unstored.refused([reading(1, 4.2), reading(2, 4.3, { station: 'g2' })]);
  await unstored.judged();
  const settled = unstored.settle(
    [reading(1, 4.9), reading(2, 4.3, { station: 'g2' }), reading(5, 1, { station: 'g3' }), reading(6, 1, { station: 'g4' })],
    Uint8Array.of(OUTCOME.stored, OUTCOME.duplicate, OUTCOME.replaced, OUTCOME.duplicate),
  );
  expect(settled).toEqual({ fresh: [], differing: new Set(['g1', 'g3']) });
});

test('a judge that starts over has the stored and the unstored readings, each once and in order', async () => {
  const { unstored } = stage([reading(1, 4), reading(3, 4.1)]);
  unstored.refused([reading(2, 4.5), reading(9, 5)]);
  await unstored.judged();
  expect(values(await unstored.withStored('g1', NOW, NOW + 4 * MINUTE))).toEqual([4, 4.5, 4.1]);
  expect(values(await unstored.withStored('g2', NOW, NOW + 4 * MINUTE))).toEqual([]);
});

test('signals that rest on unstored readings say so, until the readings are stored or a day has passed', async () => {
  const text = { zh: '水位 4.2 m', en: 'level 4.2 m' };
  const signal = { rule: 'flood-level', text } as Signal;
  const { unstored, clock } = stage();
  unstored.refused([reading(1, 4.2), reading(2, 4.3, { station: 'g2' })]);
  await unstored.judged();
  expect(unstored.marked([signal], 'g1')[0]?.text).toEqual({
    zh: '水位 4.2 m（判定时读数尚未存盘）',
    en: 'level 4.2 m (judged before the readings were stored)',
  });
  expect(unstored.marked([signal], 'g3')[0]?.text).toEqual(text);
  unstored.settle([reading(1, 4.2)], storedAll(1));
  expect(unstored.marked([signal], 'g1')[0]?.text).toEqual(text);
  clock.at += 25 * 60 * MINUTE;
  unstored.settle([], new Uint8Array(0));
  expect(unstored.marked([signal], 'g2')[0]?.text).toEqual(text);
  expect(unstored.isEmpty).toBe(true);
});
