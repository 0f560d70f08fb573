import { FrameRing } from '@clearbay/console-server/live/frame-ring.ts';
import type { LiveFrame } from '@clearbay/contract/live.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const frameOf = (seq: number, values: number): LiveFrame => ({
  room: 'station:a',
  epoch: 'e',
  seq,
  now: 0,
  values: Array.from({ length: values }, () => ['pm25', 0, 0, 0] as const),
});

describe('the ring of frames', () => {
  test('gives exactly the frames after a place it holds, and nothing for one it does not', () => {
    const sizes = fc.array(fc.record({ values: fc.nat(40), waitMs: fc.nat(400) }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, (sent) => {
        const limits = { frames: 20, ageMs: 2000, values: 300 };
        const ring = new FrameRing(limits, 7, 0, 0);
        let at = 0;
        const frames = sent.map(({ values, waitMs }, index) => {
          at += waitMs;
          const frame = frameOf(8 + index, values);
          ring.add(frame, index + 1, at);
          return { frame, at };
        });
        const last = 7 + sent.length;
        expect(ring.after(last)).toEqual({ frames: [], alertMark: sent.length });
        expect(ring.after(last + 1)).toBeUndefined();
        let reached = true;
        for (let seq = last - 1; seq >= 7; seq -= 1) {
          const missed = ring.after(seq);
          // Once a place is gone, everything before it is gone too.
          if (!reached) expect(missed).toBeUndefined();
          reached &&= missed !== undefined;
          if (missed === undefined) continue;
          expect(missed.alertMark).toBe(seq - 7);
          expect(missed.frames.map((frame) => frame.seq)).toEqual(frames.slice(seq - 7).map(({ frame }) => frame.seq));
          expect(missed.frames.length).toBeLessThan(limits.frames);
          const held = missed.frames.slice(0, -1).reduce((sum, { values = [] }) => sum + 1 + values.length, 0);
          expect(held).toBeLessThanOrEqual(limits.values);
        }
      }),
    );
  });

  test('forgets everything before a restart', () => {
    const ring = new FrameRing({ frames: 20, ageMs: 2000, values: 300 }, 0, 0, 0);
    ring.add(frameOf(1, 1), 0, 0);
    ring.restart(2, 5, 0);
    expect(ring.after(1)).toBeUndefined();
    expect(ring.after(2)).toEqual({ frames: [], alertMark: 5 });
  });
});
