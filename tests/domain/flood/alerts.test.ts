import { type Condition, type ConditionChange, step } from '@clearbay/domain/alerts/condition.ts';
import { floodKind } from '@clearbay/domain/kinds/flood/kind.ts';
import { fitTide } from '@clearbay/domain/kinds/flood/tide.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';
import type { Reading } from '@clearbay/domain/reading.ts';
import { HOUR_MS, MINUTE_MS } from '@clearbay/domain/time.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EIGHT, GAUGE, gaugeReading, STANDARDS } from './gauge.ts';

function signalOf(rule: string, readings: readonly Reading[], station = GAUGE, standards = STANDARDS) {
  const live = floodKind.live(station, standards);
  for (const reading of readings) live.accept(reading);
  return floodKind.signals(live.assess(0), station).find((each) => each.rule === rule);
}

const levels = (values: readonly number[], stepMin = 1): Reading[] =>
  values.map((level, index) => gaugeReading(EIGHT + index * stepMin * MINUTE_MS, { level }));

/** What the alert machine does with a run of readings under one rule. */
function alerts(rule: string, readings: readonly Reading[]): ConditionChange[] {
  const live = floodKind.live(GAUGE, STANDARDS);
  const watched = floodKind.rules.find((each) => each.id === rule);
  if (watched === undefined) throw new Error(`no rule ${rule}`);
  let condition: Condition | undefined;
  const changes: ConditionChange[] = [];
  for (const reading of readings) {
    live.accept(reading);
    for (const signal of floodKind.signals(live.assess(0), GAUGE)) {
      if (signal.rule !== rule) continue;
      const taken = step(condition, signal, watched);
      condition = taken.next;
      if (taken.change !== 'none' && taken.change !== 'pending') changes.push(taken.change);
    }
  }
  return changes;
}

describe('rule flood-level', () => {
  test.each([
    [3.19, null],
    [3.2, 4],
    [3.5, 3],
    [4.5, 2],
    [5.2, 1],
  ] as const)('two samples at %s m ask for %s', (level, asked) => {
    expect(signalOf('flood-level', levels([level, level]))?.level).toBe(asked);
  });

  test('one sample is enough for red only', () => {
    expect(signalOf('flood-level', levels([3, 4.6]))?.level).toBeNull();
    expect(signalOf('flood-level', levels([4.9, 5.2]))?.level).toBe(1);
  });

  test('a doubted red sample waits for a second that agrees', () => {
    const doubted = levels([5, 5.3, 5.3]).map((each, index) =>
      index === 1 ? { ...each, quality: { level: QUALITY.rate } } : each,
    );
    expect(signalOf('flood-level', doubted.slice(0, 2))?.level).toBe(2);
    expect(signalOf('flood-level', doubted)?.level).toBe(1);
  });

  test('one false echo neither alerts, paints the stage, nor ends an alert', () => {
    const live = floodKind.live(GAUGE, STANDARDS);
    for (const reading of levels([2, 2, 2, 2, 8])) live.accept(reading);
    const spiked = live.assess(0);
    expect(spiked.detail.level).toMatchObject({ value: 8, suspect: true });
    expect(spiked.rating.code).not.toBe('above-record');
    expect(signalOf('flood-level', levels([2, 2, 2, 2, 8]))?.level).toBeNull();
    expect(signalOf('flood-level', levels([4.6, 4.6, 4.6, 4.6, 0.1]))?.clear).toBe(false);
  });

  test('it clears below the near line less max(3 % of (guaranteed − warning), 0.02 m)', () => {
    expect(signalOf('flood-level', levels([3.17, 3.17]))?.clear).toBe(false);
    expect(signalOf('flood-level', levels([3.169, 3.169]))?.clear).toBe(true);
    const close = { ...GAUGE, lines: { warning: 3.5, guaranteed: 3.6 } };
    expect(signalOf('flood-level', levels([3.18, 3.18]), close)?.clear).toBe(false);
    expect(signalOf('flood-level', levels([3.179, 3.179]), close)?.clear).toBe(true);
  });

  test('a level that hovers on the line alerts once', () => {
    const hovering = levels(
      Array.from({ length: 60 }, (_, index) => 3.2 + (index % 2 === 0 ? 0.01 : -0.01)).flatMap((z) => [z, z]),
    );
    expect(alerts('flood-level', hovering)).toEqual(['opened']);
  });

  test('whatever the water does, it does not open again before it cleared', () => {
    const walk = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(walk, (steps) => {
        let level = 3200;
        const readings = levels(
          steps.map((change) => {
            level += change;
            return level / 1000;
          }),
        );
        const turns = alerts('flood-level', readings).filter((change) => change === 'opened' || change === 'cleared');
        turns.forEach((change, index) => {
          expect(change).toBe(index % 2 === 0 ? 'opened' : 'cleared');
        });
      }),
      { numRuns: 60 },
    );
  });

  test('it rises at once with the water and falls only after a while', () => {
    const readings = levels([3, 3.6, 3.6, 4.6, 4.6, 3.6, 3.6, 3.6, 3.6, 3.6, 3.6, 3.6, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(alerts('flood-level', readings)).toEqual(['opened', 'raised', 'lowered', 'recovering', 'cleared']);
  });
});

describe('rule flood-rise', () => {
  const rising = (mPerHour: number): Reading[] =>
    levels(
      Array.from({ length: 9 }, (_, index) => 1 + (mPerHour * index * 5) / 60),
      5,
    );

  test('a rise of 0.30 m/h over half an hour asks for level IV, less does not', () => {
    expect(signalOf('flood-rise', rising(0.31))?.level).toBe(4);
    expect(signalOf('flood-rise', rising(0.3))?.level).toBe(4);
    expect(signalOf('flood-rise', rising(0.29))).toMatchObject({ level: null, clear: false });
    expect(signalOf('flood-rise', rising(0.25))).toMatchObject({ level: null, clear: true });
  });

  test('without enough points it says nothing', () => {
    expect(signalOf('flood-rise', rising(1).slice(0, 3))).toBeUndefined();
  });

  describe('on a tidal station', () => {
    const tidal = { ...GAUGE, tidal: true, lines: { warning: 4, guaranteed: 5 } };
    const tide = (at: number): number => {
      const hours = (at - EIGHT) / HOUR_MS;
      return 1.6 * Math.cos(((28.9841042 * hours - 90) * Math.PI) / 180) + 0.4 * Math.cos((15.0410686 * hours * Math.PI) / 180);
    };
    const history = Array.from({ length: 40 * 24 * 2 }, (_, index) => {
      const at = EIGHT - (index + 1) * 30 * MINUTE_MS;
      return { at, level: tide(at) };
    });
    const fit = fitTide(history, STANDARDS.measuring.tide);
    if (fit === undefined) throw new Error('no fit');
    const standards = { ...STANDARDS, tides: { [tidal.id]: fit } };
    const flooding = (mPerHour: number): Reading[] =>
      Array.from({ length: 9 }, (_, index) => {
        const at = EIGHT + index * 5 * MINUTE_MS;
        return gaugeReading(at, { level: tide(at) + (mPerHour * index * 5) / 60 });
      });

    test('the tide alone, rising 0.7 m/h, asks for nothing', () => {
      expect(signalOf('flood-rise', flooding(0))?.level).toBe(4);
      expect(signalOf('flood-rise', flooding(0), tidal, standards)).toMatchObject({ level: null, clear: true });
    });

    test('a rise above the tide does', () => {
      expect(signalOf('flood-rise', flooding(0.5), tidal, standards)?.level).toBe(4);
    });

    test('without a fit the rise is not judged: nothing raised, nothing cleared', () => {
      expect(signalOf('flood-rise', flooding(0.5), tidal)).toBeUndefined();
    });

    test('the time to the warning level follows the tide', () => {
      const live = floodKind.live(tidal, standards);
      for (const reading of flooding(0.6)) live.accept(reading);
      const { detail } = live.assess(0);
      expect(detail.tide?.residual).toBeCloseTo(0.4, 1);
      const warning = detail.lines.find(({ line }) => line === 'warning')?.time?.hours ?? 0;
      const last = EIGHT + 40 * MINUTE_MS;
      expect(tide(last + warning * HOUR_MS) + 0.4 + 0.6 * warning).toBeGreaterThanOrEqual(3.95);
      expect(tide(last + (warning - 0.2) * HOUR_MS) + 0.4 + 0.6 * (warning - 0.2)).toBeLessThan(4.05);
    });
  });
});

describe('rule rain', () => {
  test('asks for the level of the rainstorm signal reached', () => {
    const storm = [gaugeReading(EIGHT - 25 * HOUR_MS, { rainfall: 0 }), gaugeReading(EIGHT, { rainfall: 50 })];
    expect(signalOf('rain', storm)).toMatchObject({ level: 2, value: 50, threshold: 50, unit: 'mm' });
  });

  test('a gauge that fell silent never clears', () => {
    const storm = [gaugeReading(EIGHT - 25 * HOUR_MS, { rainfall: 0 }), gaugeReading(EIGHT, { rainfall: 60 })];
    const live = floodKind.live(GAUGE, STANDARDS);
    for (const reading of storm) live.accept(reading);
    const late = floodKind.signals(live.assess(EIGHT + 48 * HOUR_MS), GAUGE).find(({ rule }) => rule === 'rain');
    expect(late).toMatchObject({ level: 2, clear: false, at: EIGHT });
  });
});
