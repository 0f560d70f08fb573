import { step } from '@clearbay/domain/alerts/condition.ts';
import { SILENCE_RULE, silenceSignal } from '@clearbay/domain/alerts/silence.ts';
import { describe, expect, test } from 'vitest';

const MINUTE = 60_000;
const start = Date.UTC(2026, 10, 23);
const pulse = (lastAt: number | null) => ({ station: 's', periodMs: MINUTE, lastAt });

describe('a silent station', () => {
  test('is an alert of level III past three periods, not at three', () => {
    expect(silenceSignal(pulse(start), start + 3 * MINUTE, start).level).toBeNull();
    expect(silenceSignal(pulse(start), start + 3 * MINUTE + 1, start).level).toBe(3);
  });

  test('counts from the start for a station that was never heard of', () => {
    expect(silenceSignal(pulse(null), start + 2 * MINUTE, start)).toMatchObject({ level: null, clear: false });
    expect(silenceSignal(pulse(null), start + 4 * MINUTE, start).text.zh).toContain('从未收到数据');
    expect(silenceSignal(pulse(null), start + 4 * MINUTE, start).level).toBe(3);
  });

  test('does not count the time in which nobody listened', () => {
    expect(silenceSignal(pulse(start - 100 * MINUTE), start + MINUTE, start)).toMatchObject({ level: null, clear: false });
  });

  test('ends only when data are back', () => {
    const opened = step(undefined, silenceSignal(pulse(start), start + 5 * MINUTE, start), SILENCE_RULE);
    expect(opened.change).toBe('opened');
    const restarted = silenceSignal(pulse(start), start + 6 * MINUTE, start + 6 * MINUTE);
    expect(step(opened.next, restarted, SILENCE_RULE)).toMatchObject({ change: 'none', next: { phase: 'firing' } });
    const back = silenceSignal(pulse(start + 7 * MINUTE), start + 7 * MINUTE + 1000, start);
    expect(step(opened.next, back, SILENCE_RULE)).toMatchObject({ change: 'cleared', next: undefined });
  });
});
