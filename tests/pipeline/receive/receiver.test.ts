import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Committed } from '@clearbay/pipeline/receive/commit-queue.ts';
import { describe, expect, test } from 'vitest';
import { NOW, stageReceiver } from './stage.ts';

const DAY_MS = 86_400_000;

describe('readings without a time', () => {
  test('are refused and counted where they come faster than time can tell them apart', async () => {
    const staged = stageReceiver({ limits: { maxArrivalAheadMs: 10 } });
    await staged.send(Array.from({ length: 13 }, (_, index) => ({ values: { pm25: index } })));
    expect(staged.ledger.readings.map(({ at }) => at - NOW)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(staged.receiver.refusals.counts()).toEqual({ 'too-many-without-time': 2 });
    staged.now += 2;
    await staged.send(Array.from({ length: 3 }, () => ({ values: { pm25: 50 } })));
    expect(staged.ledger.readings.slice(11).map(({ at }) => at - NOW)).toEqual([11, 12]);
  });
});

describe('a payload that is taken', () => {
  test('becomes a reading with everything it says', async () => {
    const staged = stageReceiver();
    const payload = {
      at: '2026-11-23T13:59:00+08:00',
      values: { pm25: 28.1, temperature: -3.5 },
      flags: { pm25: 'N', temperature: 'M' },
      seq: 17,
      boot: 'b1',
      correction: true,
      rev: 2,
      periodMs: 300_000,
    };
    expect(await staged.send(payload)).toBe(true);
    expect(staged.last()).toEqual({
      station: 'a1',
      device: 'd1',
      at: NOW - 60_000,
      receivedAt: NOW,
      origin: 'measured',
      periodMs: 300_000,
      values: { pm25: 28.1, temperature: -3.5 },
      marks: { temperature: 'M' },
      quality: { temperature: QUALITY.marked },
      historical: false,
      correction: true,
      rev: 2,
      seq: 17,
      boot: 'b1',
    });
  });

  test('without a time gets the receive time and says so', async () => {
    const staged = stageReceiver();
    await staged.send({ values: { pm25: 1 } });
    expect(staged.last()).toMatchObject({ at: NOW, periodMs: 60_000, quality: { pm25: QUALITY.arrival } });
  });

  test('without a time is a reading of its own, even where several of a source come in one moment', async () => {
    const staged = stageReceiver();
    const times = () => staged.ledger.readings.splice(0).map(({ at }) => at - NOW);
    await Promise.all([1, 2, 3].map((pm25) => staged.send({ values: { pm25 } })));
    await staged.send([4, 5].map((pm25) => ({ values: { pm25 } })));
    await staged.send({ at: NOW + 2, values: { pm25: 6 } });
    expect(times()).toEqual([0, 1, 2, 3, 4, 2]);
    await staged.send({ values: { occupied: 1 }, bay: 'A1' }, { kind: 'parking', station: 'p1', device: 'gate' });
    await staged.send({ values: { occupied: 1 }, bay: 'A2' }, { kind: 'parking', station: 'p1', device: 'gate' });
    expect(times()).toEqual([0, 0]);
    staged.now += 3;
    await staged.send({ values: { pm25: 7 } });
    staged.now += 1000;
    await staged.send({ values: { pm25: 8 } });
    expect(times()).toEqual([5, 1003]);
  });

  test('without a time goes on after those that an earlier process took', async () => {
    const staged = stageReceiver();
    await staged.send([1, 2, 3].map((pm25) => ({ values: { pm25 } })));
    await staged.send({ at: NOW + 5000, values: { pm25: 4 } });
    const again = stageReceiver();
    again.receiver.recall(staged.ledger.readings);
    await again.send({ values: { pm25: 5 } });
    expect(again.last().at).toBe(NOW + 3);
  });

  test('without a time follows a clock that was put back, at once or as it catches up', async () => {
    const staged = stageReceiver();
    const at = async (now: number) => {
      staged.now = now;
      await staged.send({ values: { pm25: 1 } });
      return staged.last().at;
    };
    expect(await at(NOW + 3_600_000)).toBe(NOW + 3_600_000);
    expect(await at(NOW)).toBe(NOW);
    expect(await at(NOW - 60_000)).toBe(NOW + 1);
    expect(await at(NOW + 2)).toBe(NOW + 2);
  });

  test('may be an array of up to 1,000 readings, each judged for itself', async () => {
    const staged = stageReceiver();
    await staged.send([
      { at: NOW, values: { pm25: 1 } },
      { at: 'x', values: { pm25: 2 } },
      7,
      { at: NOW + 1, values: { pm25: 3 } },
    ]);
    expect(staged.ledger.readings.map((reading) => reading.values)).toEqual([{ pm25: 1 }, { pm25: 3 }]);
    expect(staged.receiver.refusals.counts()).toEqual({ 'bad-time': 1, 'not-an-object': 1 });
    await staged.send(Array.from({ length: 1000 }, (_, index) => ({ at: NOW + index, values: { pm25: 4 } })));
    expect(staged.ledger.readings).toHaveLength(1002);
    await staged.send(Array.from({ length: 1001 }, () => ({ values: { pm25: 4 } })));
    expect(staged.receiver.refusals.counts()).toMatchObject({ 'too-many-readings': 1 });
  });

  test('is simulated where the device is, whatever it says itself', async () => {
    const staged = stageReceiver();
    await staged.send({ at: NOW, values: { pm25: 1 }, origin: 'measured' }, { device: 'sim' });
    expect(staged.last().origin).toBe('simulated');
  });

  test('keeps its good values where one is bad', async () => {
    const staged = stageReceiver();
    expect(await staged.send('{"values":{"pm25":5,"temperature":"warm","voc":1}}')).toBe(true);
    expect(staged.last().values).toEqual({ pm25: 5 });
    expect(staged.receiver.refusals.counts()).toEqual({ 'not-a-number': 1, 'unknown-metric': 1 });
  });
});

describe('a payload that is refused is acknowledged and counted with its reason', () => {
  test.each<[string, unknown, string]>([
    ['not JSON', 'hello', 'not-json'],
    ['nothing', '', 'not-json'],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 'not-json'],
    ['NaN', '{"values":{"pm25":NaN}}', 'not-json'],
    ['a bare number', '12', 'not-an-object'],
    ['null', 'null', 'not-an-object'],
    ['an empty array', '[]', 'empty-array'],
    ['no values', '{}', 'no-values'],
    ['empty values', '{"values":{}}', 'no-values'],
    ['values that are an array', '{"values":[1]}', 'no-values'],
    ['a number in quotes', '{"values":{"pm25":"1"}}', 'not-a-number'],
    ['null as a value', '{"values":{"pm25":null}}', 'not-a-number'],
    ['a value that is an object', '{"values":{"pm25":{"valueOf":1}}}', 'not-a-number'],
    ['1e400', '{"values":{"pm25":1e400}}', 'not-finite'],
    ['minus zero', '{"values":{"pm25":-0}}', 'negative-zero'],
    ['an unknown metric', '{"values":{"pm99":1}}', 'unknown-metric'],
    ['__proto__ as a metric', '{"values":{"__proto__":1}}', 'unknown-metric'],
    ['a mark that is none', '{"values":{"pm25":1},"flags":{"pm25":"Q"}}', 'bad-mark'],
    ['flags that are a list', '{"values":{"pm25":1},"flags":["N"]}', 'bad-field'],
    ['a sequence that is no count', '{"values":{"pm25":1},"seq":-1}', 'bad-field'],
    ['a revision beyond 32 bits', '{"values":{"pm25":1},"rev":4294967296}', 'bad-field'],
    ['a boot of 65 letters', JSON.stringify({ values: { pm25: 1 }, boot: 'b'.repeat(65) }), 'bad-field'],
    ['a string for historical', '{"values":{"pm25":1},"historical":"yes"}', 'bad-field'],
    ['1970', '{"at":0,"values":{"pm25":1}}', 'too-old'],
    ['seconds for milliseconds', `{"at":${NOW / 1000},"values":{"pm25":1}}`, 'too-old'],
    ['2099', '{"at":"2099-01-01T00:00:00Z","values":{"pm25":1}}', 'too-far-in-future'],
    ['microseconds', `{"at":${NOW * 1000},"values":{"pm25":1}}`, 'too-far-in-future'],
    ['a time with a fraction', '{"at":1.5,"values":{"pm25":1}}', 'bad-time'],
    ['a negative time', '{"at":-5,"values":{"pm25":1}}', 'bad-time'],
    ['a time that is an object', '{"at":{},"values":{"pm25":1}}', 'bad-time'],
    ['a time without a zone', '{"at":"2026-11-23T14:00:00","values":{"pm25":1}}', 'no-zone'],
    ['a bay at a station without bays', '{"bay":"A-1","values":{"pm25":1}}', 'bay-unexpected'],
  ])('%s', async (_case, payload, reason) => {
    const staged = stageReceiver();
    expect(await staged.send(payload)).toBe(true);
    expect(staged.ledger.readings).toEqual([]);
    expect(staged.receiver.refusals.counts()).toEqual({ [reason]: 1 });
    expect(staged.receiver.refusals.of('d1')).toMatchObject([{ reason, at: NOW }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([
    ['an unknown device', { device: 'd9' }, 'unknown-device'],
    ['an unknown station', { station: 'a9' }, 'unknown-station'],
    ["somebody else's station", { station: 'a2' }, 'foreign-station'],
    ['a kind that the station is not', { kind: 'water' }, 'wrong-kind'],
  ])('%s', async (_case, more, reason) => {
    const staged = stageReceiver();
    expect(await staged.send({ values: { pm25: 1 } }, more)).toBe(true);
    expect(staged.receiver.refusals.counts()).toEqual({ [reason]: 1 });
  });

  test('unknown stations and metrics wait in a bounded list', async () => {
    const staged = stageReceiver();
    for (let index = 0; index < 700; index += 1) await staged.send({ values: { pm25: 1 } }, { station: `new-${index}` });
    await staged.send({ values: { voc: 1 } });
    await staged.send({ values: { voc: 1 } });
    const pending = staged.receiver.refusals.pending();
    expect(pending).toHaveLength(500);
    expect(pending.at(-1)).toMatchObject({ station: 'a1', device: 'd1', metric: 'voc', count: 2 });
  });

  test('the log hears of a reason once in ten seconds, with how many were kept back', async () => {
    const told: unknown[] = [];
    const staged = stageReceiver({ log: ({ reason, suppressed, excerpt }) => told.push([reason, suppressed, excerpt]) });
    for (let index = 0; index < 5; index += 1) await staged.send('broken \u0000 payload');
    staged.now += 10_000;
    await staged.send('again');
    expect(told).toEqual([
      ['not-json', 0, 'broken ? payload'],
      ['not-json', 4, 'again'],
    ]);
  });
});

describe('time', () => {
  test('up to a week back is live, further back only as historical', async () => {
    const staged = stageReceiver();
    await staged.send({ at: NOW - 7 * DAY_MS, values: { pm25: 1 } });
    await staged.send({ at: NOW - 7 * DAY_MS - 1, values: { pm25: 2 } });
    await staged.send({ at: NOW - 400 * DAY_MS, values: { pm25: 3 }, historical: true });
    await staged.send({ at: NOW - 4000 * DAY_MS, values: { pm25: 4 }, historical: true });
    expect(staged.ledger.readings.map(({ values, historical }) => [values.pm25, historical])).toEqual([
      [1, false],
      [3, true],
    ]);
    expect(staged.receiver.refusals.counts()).toEqual({ 'too-old': 2 });
  });

  test('more than five minutes ahead is stored and flagged, a day ahead refused', async () => {
    const staged = stageReceiver();
    await staged.send({ at: NOW + 5 * 60_000, values: { pm25: 1 } });
    expect(staged.last().quality).toBeUndefined();
    await staged.send({ at: NOW + 5 * 60_000 + 1, values: { pm25: 1 } });
    expect(staged.last().quality).toEqual({ pm25: QUALITY.future });
    await staged.send({ at: NOW + DAY_MS + 1, values: { pm25: 1 } });
    expect(staged.receiver.refusals.counts()).toEqual({ 'too-far-in-future': 1 });
  });

  test('late readings are flagged and counted, historical ones are not late', async () => {
    const staged = stageReceiver();
    await staged.send({ at: NOW - 6 * 60_000, values: { pm25: 1 } });
    expect(staged.last().quality).toEqual({ pm25: QUALITY.late });
    await staged.send({ at: NOW - 60 * 60_000, values: { pm25: 1 }, historical: true });
    expect(staged.last().quality).toBeUndefined();
    expect(staged.receiver.counters.late).toBe(1);
  });
});

describe('bays', () => {
  const parking = { kind: 'parking', station: 'p1', device: 'gate' };

  test('are named where the lot counts them, and there are no more than it has', async () => {
    const staged = stageReceiver();
    await staged.send({ values: { occupied: 1 } }, parking);
    for (const bay of ['A-1', '甲-2', 'A-3']) await staged.send({ at: NOW, values: { occupied: 1 }, bay }, parking);
    await staged.send({ values: { occupied: 1 }, bay: '../etc' }, parking);
    expect(staged.ledger.readings.map(({ bay }) => bay)).toEqual(['A-1', '甲-2']);
    expect(staged.receiver.refusals.counts()).toEqual({ 'bay-missing': 1, 'unknown-bay': 1, 'bad-field': 1 });
  });
});

describe('committing', () => {
  test('readings of one turn go together, and messages are answered in order', async () => {
    const staged = stageReceiver();
    let release = () => {};
    staged.ledger.hold = new Promise((resolve) => {
      release = resolve;
    });
    const order: number[] = [];
    const send = (index: number, payload: unknown = { at: NOW + index, values: { pm25: 1 } }) =>
      staged.send(payload).then(() => order.push(index));
    const first = [send(0), send(1), send(2, 'garbage'), send(3)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = [send(4), send(5, 'garbage'), send(6)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(order).toEqual([]);
    release();
    await Promise.all([...first, ...second]);
    expect(staged.ledger.appends).toEqual([3, 2]);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('garbage behind a running commit is answered after what came before it', async () => {
    const staged = stageReceiver();
    let release = () => {};
    staged.ledger.hold = new Promise((resolve) => {
      release = resolve;
    });
    const order: string[] = [];
    const good = staged.send({ at: NOW, values: { pm25: 1 } }).then(() => order.push('good'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const bad = staged.send('garbage').then(() => order.push('bad'));
    release();
    await Promise.all([good, bad]);
    expect(order).toEqual(['good', 'bad']);
  });

  test('nothing is acknowledged that the disk refused; garbage is, and it recovers by itself', async () => {
    const staged = stageReceiver();
    staged.ledger.failing = true;
    const answers = await Promise.all([staged.send({ values: { pm25: 1 } }), staged.send('garbage')]);
    expect(answers).toEqual([false, true]);
    expect(staged.receiver.counters).toMatchObject({ failed: 1, stored: 0 });
    staged.ledger.failing = false;
    expect(await staged.send({ values: { pm25: 1 } })).toBe(true);
    expect(staged.receiver.counters.stored).toBe(1);
  });

  test('above the bound nothing is taken and nothing acknowledged', async () => {
    const staged = stageReceiver({ limits: { maxPending: 2 } });
    const answers = await Promise.all([1, 2, 3].map((index) => staged.send({ at: NOW + index, values: { pm25: index } })));
    expect(answers).toEqual([true, true, false]);
    expect(staged.receiver.refusals.counts()).toEqual({ overloaded: 1 });
  });

  test('what was committed is told with its outcomes', async () => {
    const told: Committed[] = [];
    const staged = stageReceiver({ onCommitted: (committed) => told.push(committed) });
    await staged.send([
      { at: NOW, values: { pm25: 1 } },
      { at: NOW + 1, values: { pm25: 2 } },
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]?.readings.map(({ at }) => at)).toEqual([NOW, NOW + 1]);
    expect([...(told[0]?.outcomes ?? [])]).toEqual([0, 0]);
  });
});
