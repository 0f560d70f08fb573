import { QUALITY } from '@clearbay/domain/quality.ts';
import type { ReviewedSpan } from '@clearbay/pipeline/receive/quality/reviewed-spans.ts';
import { describe, expect, test } from 'vitest';
import { NOW, stageReceiver } from './stage.ts';

const row = (station: string, reading: Record<string, unknown>, device?: string) => ({ station, device, reading });

describe('rows sent in bulk', () => {
  test('go through the same checks as a message, each with its own outcome', async () => {
    const staged = stageReceiver();
    const outcomes = await staged.receiver.takeRows(
      [
        row('a1', { at: NOW, values: { pm25: 1 } }, 'd1'),
        row('a1', { at: NOW + 1, values: { pm25: 2, voc: 1 } }, 'd1'),
        row('a1', { at: 'x', values: { pm25: 1 } }, 'd1'),
        row('nowhere', { values: { pm25: 1 } }),
        row('a1', { values: { pm25: 1 } }),
        row('a2', { values: { pm25: 1 } }, 'd1'),
        row('p1', { at: NOW, bay: 'A-1', values: { occupied: 1 } }),
        row('a1', { at: NOW - 30 * 86_400_000, values: { pm25: 1 } }, 'd1'),
      ],
      NOW,
    );
    expect(outcomes).toEqual([
      { outcome: 'stored' },
      { outcome: 'stored', reason: 'unknown-metric voc' },
      { outcome: 'refused', reason: 'bad-time' },
      { outcome: 'refused', reason: 'unknown-station' },
      { outcome: 'refused', reason: 'device-missing' },
      { outcome: 'refused', reason: 'foreign-station' },
      { outcome: 'stored' },
      { outcome: 'refused', reason: 'too-old' },
    ]);
    expect(staged.ledger.readings.map(({ device, values }) => [device, values])).toEqual([
      ['d1', { pm25: 1 }],
      ['d1', { pm25: 2 }],
      ['gate', { occupied: 1 }],
    ]);
    expect(staged.receiver.counters).toMatchObject({ stored: 3, messages: 0 });
    expect(staged.receiver.refusals.counts()).toMatchObject({ 'unknown-metric': 1, 'device-missing': 1, 'too-old': 1 });
    expect(staged.receiver.refusals.pending()).toMatchObject([{ metric: 'voc' }, { station: 'nowhere' }]);
  });

  test('of any age leave the judgement of the device’s clock alone, and old ones are late', async () => {
    const staged = stageReceiver();
    const rows = Array.from({ length: 60 }, (_, index) =>
      row('a1', { at: NOW - 8 * 3_600_000 + index * 60_000, values: { pm25: 10 + index } }, 'd1'),
    );
    await staged.receiver.takeRows(rows, NOW);
    expect(staged.receiver.clockOf('d1')).toBeUndefined();
    expect(staged.last().quality).toEqual({ pm25: QUALITY.late });
  });

  test('are committed in small groups, and live readings pass between them', async () => {
    const staged = stageReceiver();
    const rows = Array.from({ length: 1000 }, (_, index) => row('a1', { at: NOW + index, values: { pm25: 1 } }, 'd1'));
    const taking = staged.receiver.takeRows(rows, NOW);
    await staged.send({ at: NOW + 2000, values: { pm25: 2 } });
    const place = staged.ledger.readings.findIndex((reading) => reading.at === NOW + 2000);
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(500);
    expect(await taking).toHaveLength(1000);
    expect(Math.max(...staged.ledger.appends)).toBeLessThanOrEqual(200);
  });

  test('stand back while many live readings wait for the disk', async () => {
    const staged = stageReceiver({ limits: { calmPending: 3 } });
    let release = () => {};
    staged.ledger.hold = new Promise((resolve) => {
      release = resolve;
    });
    const live = Array.from({ length: 5 }, (_, index) => staged.send({ at: NOW + index, values: { pm25: 1 } }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const taking = staged.receiver.takeRows([row('a1', { at: NOW + 100, values: { pm25: 1 } }, 'd1')], NOW);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(staged.ledger.appends).toEqual([5]);
    staged.ledger.hold = undefined;
    release();
    await Promise.all(live);
    await taking;
    expect(staged.ledger.appends).toEqual([5, 1]);
  });

  test('that the disk refuses are rejected as a whole group', async () => {
    const staged = stageReceiver();
    staged.ledger.failing = true;
    await expect(staged.receiver.takeRows([row('a1', { values: { pm25: 1 } }, 'd1')], NOW)).rejects.toThrow('disk full');
    expect(staged.receiver.counters.failed).toBe(1);
    expect(staged.receiver.pending).toBe(0);
  });
});

describe('a span that a person took out', () => {
  const spans: ReviewedSpan[] = [
    { metric: 'pm25', from: NOW, to: NOW + 10, excluded: true },
    { metric: 'pm25', from: NOW + 5, to: NOW + 6, excluded: false },
  ];
  const staged = stageReceiver({ reviewed: { of: (station) => (station === 'a1' ? spans : undefined) } });

  test.each([
    ['before it', NOW - 1, 0],
    ['at its first moment', NOW, QUALITY.excluded],
    ['put back by a later decision', NOW + 5, 0],
    ['at its last moment', NOW + 10, QUALITY.excluded],
    ['after it', NOW + 11, 0],
  ])('holds for what comes in later: %s', async (_when, at, flags) => {
    await staged.send({ at, values: { pm25: 5, temperature: 7 } });
    expect(staged.last()).toMatchObject({ at, values: { pm25: 5, temperature: 7 } });
    expect(staged.last().quality?.pm25 ?? 0).toBe(flags);
    expect(staged.last().quality?.temperature ?? 0).toBe(0);
  });
});
