import type { LiveFrame } from '@clearbay/contract/live.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RoomFeed } from '../../../console/web/live/room-feed.ts';
import { stationSnapshot, valueFrame } from './views.ts';

function feedOf() {
  const applied: number[] = [];
  const feed = new RoomFeed<readonly number[]>({
    open: ({ station, seq }) => (station === undefined ? undefined : [seq]),
    merge: (seqs, frame) => [...seqs, frame.seq],
    applied: (frame: LiveFrame) => applied.push(frame.seq),
  });
  return { feed, applied };
}

describe('frames of a room', () => {
  test('a frame before any snapshot is missing its beginning', () => {
    expect(feedOf().feed.takeFrame(valueFrame(1))).toBe('missing');
  });

  test('frames in sequence are applied once, duplicates are ignored', () => {
    const { feed, applied } = feedOf();
    feed.takeSnapshot(stationSnapshot(4));
    expect([5, 5, 4, 6, 6].map((seq) => feed.takeFrame(valueFrame(seq)))).toEqual([
      'applied',
      'ignored',
      'ignored',
      'applied',
      'ignored',
    ]);
    expect(applied).toEqual([5, 6]);
    expect(feed.cursor).toEqual({ epoch: 'e1', seq: 6 });
  });

  test('after a cut the missed frames come from the resume and the early ones join them', () => {
    const { feed, applied } = feedOf();
    feed.takeSnapshot(stationSnapshot(0));
    feed.takeFrame(valueFrame(1));
    expect(feed.takeFrame(valueFrame(4))).toBe('missing');
    expect(feed.takeFrame(valueFrame(3))).toBe('missing');
    expect(feed.takeFrame(valueFrame(2))).toBe('applied');
    expect(applied).toEqual([1, 2, 3, 4]);
  });

  test('a new epoch asks for a snapshot and starts from it', () => {
    const { feed } = feedOf();
    feed.takeSnapshot(stationSnapshot(9));
    expect(feed.takeFrame(valueFrame(1, 'e2'))).toBe('missing');
    expect(feed.cursor).toBeUndefined();
    expect(feed.takeSnapshot(stationSnapshot(1, 'e2'))).toBe(true);
    expect(feed.takeFrame(valueFrame(2, 'e2'))).toBe('applied');
    expect(feed.view).toEqual([1, 2]);
  });

  test('an older snapshot of the same epoch changes nothing, a newer one drops the early frames it covers', () => {
    const { feed, applied } = feedOf();
    feed.takeSnapshot(stationSnapshot(5));
    expect(feed.takeSnapshot(stationSnapshot(3))).toBe(false);
    feed.takeFrame(valueFrame(7));
    feed.takeFrame(valueFrame(9));
    feed.takeSnapshot(stationSnapshot(8));
    expect(applied).toEqual([9]);
    expect(feed.view).toEqual([8, 9]);
  });

  test('a snapshot without this room in it is refused', () => {
    const { feed } = feedOf();
    expect(feed.takeSnapshot({ room: 'station:s', epoch: 'e1', seq: 1, now: 0 })).toBe(false);
    expect(feed.view).toBeUndefined();
  });

  test('any order with repeats ends in the same state, each frame applied once in sequence', () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const { feed, applied } = feedOf();
        feed.takeSnapshot(stationSnapshot(0));
        for (const seq of [...order, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) feed.takeFrame(valueFrame(seq));
        expect(applied).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      }),
    );
  });
});
