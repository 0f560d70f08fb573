import type { Reading } from '@clearbay/domain/reading.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW, type Staged, stageReceiver } from '../pipeline/receive/stage.ts';
import { CASES, mutate, seeded } from './mutation.ts';

const SOUND = [
  { at: NOW, values: { pm25: 28.1 } },
  {
    at: '2026-11-23T14:00:00+08:00',
    values: { pm25: 28.1, temperature: -3.25 },
    flags: { pm25: 'N', temperature: 'M' },
    seq: 17,
    boot: 'b1',
  },
  [
    { at: NOW, values: { pm25: 1 } },
    { at: NOW - 60_000, values: { pm25: 2 }, historical: true },
  ],
  { at: NOW, values: { occupied: 1 }, bay: '甲-2', correction: true, rev: 3 },
].map((payload) => Buffer.from(JSON.stringify(payload)));

const refusals = ({ receiver }: Staged) => Object.values(receiver.refusals.counts()).reduce((sum, count) => sum + count, 0);

function expectSound(readings: readonly Reading[], allowed: readonly string[]): void {
  for (const reading of readings) {
    const values = Object.entries(reading.values);
    const isSound =
      values.length > 0 &&
      values.every(([metric, value]) => allowed.includes(metric) && Number.isFinite(value)) &&
      Number.isSafeInteger(reading.at) &&
      Math.abs(reading.at - NOW) < 11 * 366 * 86_400_000;
    if (!isSound) expect.fail(`unsound: ${JSON.stringify(reading)}`);
  }
}

describe('malformed payloads', () => {
  test(`${CASES} of them are each taken soundly or counted, all acknowledged`, async () => {
    const staged = stageReceiver();
    const random = seeded(19_700_101);
    const batch = 200;
    for (let done = 0; done < CASES; done += batch) {
      const answers: Promise<boolean>[] = [];
      for (let index = 0; index < batch; index += 1) {
        const payload = mutate(SOUND[Math.floor(random() * SOUND.length)] as Buffer, random);
        const before = refusals(staged) + staged.receiver.pending;
        answers.push(staged.send(payload));
        if (refusals(staged) + staged.receiver.pending === before)
          expect.fail(`neither taken nor counted: ${payload.toString('latin1')}`);
      }
      expect((await Promise.all(answers)).every(Boolean)).toBe(true);
    }
    expectSound(staged.ledger.readings, ['pm25', 'temperature']);
    expect(staged.receiver.counters.messages).toBe(CASES);
    expect(staged.receiver.counters.stored).toBe(staged.ledger.readings.length);
    expect(Object.keys(staged.receiver.refusals.counts()).length).toBeGreaterThan(10);
  }, 60_000);

  test('anything that is JSON is stored soundly or counted', async () => {
    const staged = stageReceiver();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.record({ at: fc.jsonValue(), values: fc.jsonValue(), flags: fc.jsonValue() }).map((value) => JSON.stringify(value)),
        ),
        async (text) => {
          const payload = Buffer.from(text);
          const before = refusals(staged) + staged.ledger.readings.length;
          expect(await staged.send(payload)).toBe(true);
          expect(refusals(staged) + staged.ledger.readings.length).toBeGreaterThan(before);
        },
      ),
      { numRuns: 3000, seed: 42 },
    );
    expectSound(staged.ledger.readings, ['pm25', 'temperature']);
  }, 60_000);

  test('names that belong to every object change nothing', async () => {
    const staged = stageReceiver();
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
      await staged.send(`{"values":{"${name}":1,"pm25":2},"flags":{"${name}":"N"},"${name}":{"polluted":true}}`);
      await staged.send(`{"values":{"${name}":1}}`, { station: name, device: name });
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(staged.ledger.readings.map(({ values }) => values)).toEqual(Array.from({ length: 6 }, () => ({ pm25: 2 })));
    expect(staged.receiver.refusals.counts()).toEqual({ 'unknown-metric': 6, 'unknown-device': 6 });
  });
});
