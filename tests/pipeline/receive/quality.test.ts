import { isExcluded, QUALITY } from '@clearbay/domain/quality.ts';
import { ClockSkew } from '@clearbay/pipeline/receive/quality/clock-skew.ts';
import { QUALITY_DEFAULTS } from '@clearbay/pipeline/receive/quality/quality-control.ts';
import { SeriesState } from '@clearbay/pipeline/receive/quality/series-state.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metric, NOW, stageReceiver } from './stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LEVEL = metric('level', { range: [-5, 30], maxRatePerHour: 2, resolution: 0.01 });

function judge(values: readonly (readonly [minute: number, value: number])[], descriptor = LEVEL): number[] {
  const state = new SeriesState();
  return values.map(([minute, value]) => state.judge(descriptor, NOW + minute * MINUTE, value, QUALITY_DEFAULTS));
}

const RATE_AND_SPIKE = QUALITY.rate | QUALITY.spike;

describe('one series', () => {
  test('what cannot be is flagged and is no measure for the next value', () => {
    expect(
      judge([
        [0, 3],
        [1, 99],
        [2, 3.01],
        [3, -6],
        [4, 3.02],
      ]),
    ).toEqual([0, QUALITY.range, 0, QUALITY.range, 0]);
  });

  test('a jump away and back is a spike, and only it', () => {
    expect(
      judge([
        [0, 3],
        [1, 8],
        [2, 3.02],
        [3, 3.04],
      ]),
    ).toEqual([0, RATE_AND_SPIKE, 0, 0]);
  });

  test('a jump that the next value confirms is a step: the first is doubted, the rest believed', () => {
    expect(
      judge([
        [0, 3],
        [1, 8],
        [2, 8.02],
        [3, 8.04],
      ]),
    ).toEqual([0, RATE_AND_SPIKE, 0, 0]);
  });

  test('a change a little too fast is flagged and still takes part', () => {
    const [, flags] = judge([
      [0, 3],
      [1, 3.9],
    ]);
    expect(flags).toBe(QUALITY.rate);
    expect(isExcluded(flags as number)).toBe(false);
  });

  test('the longer the silence, the larger the change that can be believed', () => {
    expect(
      judge([
        [0, 3],
        [120, 6.9],
      ]),
    ).toEqual([0, 0]);
    expect(
      judge([
        [0, 3],
        [10, 6.9],
      ])[1],
    ).not.toBe(0);
  });

  test('noise of quick readings is not judged as a rate', () => {
    expect(
      judge([
        [0, 3],
        [0.1, 3.3],
        [0.2, 2.9],
        [0.3, 3.3],
      ]),
    ).toEqual([0, 0, 0, 0]);
  });

  test('the same value for too long is stuck, from then on, until it moves', () => {
    const stuck = metric('pm25', { stuckAfterMs: 2 * HOUR });
    expect(
      judge(
        [
          [0, 5],
          [60, 5],
          [119, 5],
          [120, 5],
          [121, 5],
          [122, 5.1],
          [123, 5.1],
        ],
        stuck,
      ),
    ).toEqual([0, 0, 0, QUALITY.stuck, QUALITY.stuck, 0, 0]);
  });

  test('the same value after a long silence is not stuck', () => {
    const stuck = metric('pm25', { stuckAfterMs: 2 * HOUR });
    expect(
      judge(
        [
          [0, 5],
          [1, 5],
          [180, 5],
          [181, 5],
        ],
        stuck,
      ),
    ).toEqual([0, 0, 0, 0]);
  });

  test('a late value is compared and changes nothing for those in order', () => {
    const inOrder = Array.from({ length: 30 }, (_, minute): [number, number] => [minute * 5, 3 + Math.sin(minute / 5) / 10]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), fc.double({ min: -4, max: 29, noNaN: true }), (place, value) => {
        const state = new SeriesState();
        const flags = inOrder.map(([minute, level], index) => {
          const own = state.judge(LEVEL, NOW + minute * MINUTE, level, QUALITY_DEFAULTS);
          if (index === place) state.judge(LEVEL, NOW + (minute - 7) * MINUTE, value, QUALITY_DEFAULTS);
          return own;
        });
        expect(flags.every((flag) => flag === 0)).toBe(true);
      }),
    );
  });

  test('clean readings in any order are never flagged as spikes', () => {
    const readings = Array.from({ length: 20 }, (_, minute): [number, number] => [minute, 3 + minute / 100]);
    fc.assert(
      fc.property(fc.shuffledSubarray(readings, { minLength: 20 }), (shuffled) => {
        expect(judge(shuffled)).toEqual(shuffled.map(() => 0));
      }),
    );
  });
});

describe('the clock of a device', () => {
  const skewOf = (offsets: readonly number[]) => {
    const clock = new ClockSkew();
    return offsets.map((offset) => clock.add(offset, QUALITY_DEFAULTS));
  };

  test('that is off by the same hours is doubted after 20 messages', () => {
    const flags = skewOf(Array.from({ length: 25 }, (_, index) => 8 * HOUR + index * 100));
    expect(flags.indexOf(true)).toBe(19);
    expect(flags.slice(19).every(Boolean)).toBe(true);
  });

  test('that is right is not doubted for a backlog sent late', () => {
    expect(skewOf(Array.from({ length: 40 }, (_, index) => (40 - index) * 10 * MINUTE)).some(Boolean)).toBe(false);
  });

  test('that was set right is believed again', () => {
    const flags = skewOf([...Array.from({ length: 20 }, () => HOUR), ...Array.from({ length: 20 }, () => 500)]);
    expect(flags[19]).toBe(true);
    expect(flags.at(-1)).toBe(false);
  });
});

describe('marks and time in the judgement of a message', () => {
  test.each([
    ['N', 0],
    ['T', QUALITY.overRange],
    ['F', QUALITY.marked],
    ['M', QUALITY.marked],
    ['S', QUALITY.marked],
    ['D', QUALITY.marked],
    ['C', QUALITY.marked],
    ['B', QUALITY.marked],
  ])('mark %s of HJ 212', async (mark, flags) => {
    const staged = stageReceiver();
    await staged.send({ at: NOW, values: { pm25: 20 }, flags: { pm25: mark } });
    expect(staged.last().quality?.pm25 ?? 0).toBe(flags);
    expect(staged.last().values).toEqual({ pm25: 20 });
  });

  test('a value from the future or under calibration is no measure for the next', async () => {
    const staged = stageReceiver();
    await staged.send({ at: NOW, values: { pm25: 20 } });
    await staged.send({ at: NOW + 10, values: { pm25: 900 }, flags: { pm25: 'C' } });
    await staged.send({ at: NOW + 30 * MINUTE, values: { pm25: 900 } });
    await staged.send({ at: NOW + 20, values: { pm25: 20.1 } });
    expect(staged.ledger.readings.map(({ quality }) => quality?.pm25 ?? 0)).toEqual([0, QUALITY.marked, QUALITY.future, 0]);
  });

  test('a device eight hours off is flagged on every value', async () => {
    const staged = stageReceiver();
    for (let index = 0; index < 21; index += 1) {
      staged.now = NOW + index * MINUTE;
      await staged.send({ at: staged.now - 8 * HOUR, values: { temperature: index } });
    }
    expect(staged.last().quality).toEqual({ temperature: QUALITY.clock | QUALITY.late });
    expect(staged.receiver.clockOf('d1')).toMatchObject({ offsetMs: 8 * HOUR, isOff: true, isAhead: false });
    expect(staged.receiver.clockOf('sim')).toBeUndefined();
  });
});
