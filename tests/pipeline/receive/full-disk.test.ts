import type { Reading } from '@clearbay/domain/reading.ts';
import type { Committed, HoldSettings } from '@clearbay/pipeline/receive/commit-queue.ts';
import { expect, test } from 'vitest';
import { NOW, stageReceiver } from './stage.ts';

/** A receiver on a disk that may be full; it is tried every few milliseconds. */
function stageDisk(hold: Partial<HoldSettings> = {}) {
  const refused: Reading[][] = [];
  const committed: Committed[] = [];
  const staged = stageReceiver({
    hold: { isDiskRefusing: () => staged.ledger.failing, longestMs: 60_000, mostReadings: 100, retryMs: 2, ...hold },
    onRefusedByDisk: (readings) => refused.push([...readings]),
    onCommitted: (told) => committed.push(told),
  });
  staged.ledger.failing = true;
  const answers: string[] = [];
  const send = (name: string, minute: number) =>
    void staged
      .send({ at: NOW - minute * 60_000, values: { pm25: minute } })
      .then((isTaken) => answers.push(`${name} ${isTaken}`));
  return { staged, refused, committed, answers, send };
}

const turns = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

test('while the disk is full messages wait unanswered, and are committed in their order when there is space', async () => {
  const { staged, refused, committed, answers, send } = stageDisk();
  send('first', 9);
  await turns();
  send('second', 5);
  send('third', 4);
  await turns();
  expect(answers).toEqual([]);
  expect(refused.flat().map(({ values }) => values.pm25)).toEqual([9, 5, 4]);
  expect(staged.receiver.pending).toBe(3);
  staged.ledger.failing = false;
  await expect.poll(() => answers).toEqual(['first true', 'second true', 'third true']);
  expect(staged.ledger.readings.map(({ values }) => values.pm25)).toEqual([9, 5, 4]);
  expect(committed.flatMap(({ readings }) => readings)).toHaveLength(3);
  expect(staged.receiver.counters).toMatchObject({ stored: 3, failed: 3 });
  expect(staged.receiver.pending).toBe(0);
});

test('what waited too long is refused, so that its device is asked to send it again', async () => {
  const { answers, committed, send } = stageDisk({ longestMs: 30 });
  send('first', 9);
  await expect.poll(() => answers).toEqual(['first false']);
  expect(committed).toEqual([]);
});

test('more than may wait pushes out the oldest', async () => {
  const { staged, answers, send } = stageDisk({ mostReadings: 2 });
  for (const [name, minute] of [['first', 9] as const, ['second', 8] as const, ['third', 7] as const]) {
    send(name, minute);
    await turns(1);
  }
  await expect.poll(() => answers).toEqual(['first false']);
  staged.ledger.failing = false;
  await expect.poll(() => answers).toEqual(['first false', 'second true', 'third true']);
});

test('a message that fails for itself, on a disk that takes others, is refused at once', async () => {
  const { answers, send } = stageDisk({ isDiskRefusing: () => false });
  send('first', 9);
  await expect.poll(() => answers).toEqual(['first false']);
});
