import { type StationPulse, silenceSignal } from '@clearbay/domain/alerts/silence.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import { SilenceWatch, type WatchedStation } from '@clearbay/pipeline/alerts/silence-watch.ts';
import { describe, expect, test } from 'vitest';

const START = Date.parse('2026-11-23T06:00:00Z');
const PERIOD_MS = 10_000;
const LOOK_MS = 5000;

/** A district of which the test moves the clocks, and what each look says of its stations. */
function watched(names: readonly string[]) {
  const time = { wall: START, steady: 0 };
  const stations = new Map(names.map((station) => [station, { lastAt: null as number | null, arrivals: 0 }]));
  let listening = true;
  let silent: readonly string[] = [];
  const watch = new SilenceWatch({
    alerts: {
      checkSilence: (now: number, pulses: Iterable<StationPulse>) => {
        silent = [...pulses].filter((pulse) => silenceSignal(pulse, now, START).level !== null).map(({ station }) => station);
      },
    },
    clock: { now: () => time.wall },
    steadyNow: () => time.steady,
    isListening: () => listening,
    stations: () =>
      [...stations].map(
        ([station, state]): WatchedStation => ({
          station,
          kind: 'air',
          name: { zh: station, en: station },
          simulated: false,
          periodMs: PERIOD_MS,
          ...state,
        }),
      ),
  });
  watch.start();
  watch.stop();
  const pass = (ms: number) => {
    time.wall += ms;
    time.steady += ms;
  };
  return {
    time,
    watch,
    pass,
    listen: (on: boolean) => {
      listening = on;
    },
    /** `ms` go by with a look every five seconds, while these stations report by their own clocks. */
    run(ms: number, reporting: readonly string[], clockOf: () => number = () => time.wall) {
      for (let passed = 0; passed < ms; passed += LOOK_MS) {
        pass(LOOK_MS);
        for (const name of reporting) {
          const state = stations.get(name) as { lastAt: number | null; arrivals: number };
          state.lastAt = clockOf();
          state.arrivals += 1;
        }
        watch.look();
      }
      return silent;
    },
  };
}

describe('looking for silent stations', () => {
  test('one that sends nothing for three periods is silent, its neighbours are not', () => {
    const { run } = watched(['a', 'b']);
    expect(run(MINUTE_MS, ['a', 'b'])).toEqual([]);
    expect(run(3 * PERIOD_MS, ['a'])).toEqual([]);
    expect(run(LOOK_MS, ['a'])).toEqual(['b']);
  });

  test('time in which nothing could be taken in is nobody’s silence', () => {
    const { run, listen } = watched(['a', 'b']);
    run(MINUTE_MS, ['a', 'b']);
    listen(false);
    expect(run(10 * MINUTE_MS, [])).toEqual([]);
    listen(true);
    expect(run(3 * PERIOD_MS, ['a'])).toEqual([]);
    expect(run(LOOK_MS, ['a'])).toEqual(['b']);
  });

  test('nor is time in which the process stood still', () => {
    const { run, pass } = watched(['a', 'b']);
    run(MINUTE_MS, ['a', 'b']);
    pass(10 * MINUTE_MS);
    expect(run(3 * PERIOD_MS, ['a'])).toEqual([]);
    expect(run(2 * LOOK_MS, ['a'])).toEqual(['b']);
  });

  test.each([HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS])(
    'our clock moved by %i ms: who goes on sending is heard, who stops is silent',
    (byMs) => {
      const { run, time } = watched(['a', 'b', 'c']);
      run(MINUTE_MS, ['a', 'b', 'c']);
      time.wall += byMs;
      const own = () => time.wall - byMs;
      expect(run(5 * MINUTE_MS, ['a', 'b', 'c'], own)).toEqual([]);
      expect(run(3 * PERIOD_MS, ['a', 'b'], own)).toEqual([]);
      expect(run(2 * LOOK_MS, ['a', 'b'], own)).toEqual(['c']);
      time.wall -= byMs;
      expect(run(5 * MINUTE_MS, ['a', 'b'])).toEqual(['c']);
    },
  );

  test.each([HOUR_MS, -24 * HOUR_MS])('all clocks moved by %i ms: the same', (byMs) => {
    const { run, time } = watched(['a', 'b']);
    run(MINUTE_MS, ['a', 'b']);
    time.wall += byMs;
    expect(run(3 * PERIOD_MS, ['a'])).toEqual([]);
    expect(run(2 * LOOK_MS, ['a'])).toEqual(['b']);
    expect(run(5 * MINUTE_MS, ['a', 'b'])).toEqual([]);
  });

  test('a station whose own clock alone is wrong has no data of the present', () => {
    const { run, time } = watched(['a', 'b']);
    run(MINUTE_MS, ['a', 'b']);
    expect(run(5 * MINUTE_MS, ['b'], () => time.wall - HOUR_MS)).toContain('b');
  });
});
