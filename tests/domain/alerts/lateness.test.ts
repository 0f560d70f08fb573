import { type Condition, step } from '@clearbay/domain/alerts/condition.ts';
import { type KeyMemory, rememberedKey, take } from '@clearbay/domain/alerts/lateness.ts';
import type { AlertLevel, Signal, SignalRule } from '@clearbay/domain/alerts/signal.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const LATENESS = 100;
const rule: SignalRule = { id: 'r', label: { zh: '规则', en: 'rule' }, forMs: 10, clearForMs: 20 };

function signal(at: number, level: AlertLevel | null, clear = level === null): Signal {
  return {
    rule: 'r',
    station: 's',
    metric: 'm',
    at,
    level,
    clear,
    value: 1,
    threshold: 1,
    unit: '',
    text: { zh: '文', en: 'text' },
  };
}

function run(signals: readonly Signal[], with_: SignalRule = rule) {
  let memory: KeyMemory = rememberedKey(undefined);
  const changes: string[] = [];
  for (const each of signals) {
    const taken = take(memory, each, with_, LATENESS);
    memory = taken.memory;
    if (taken.step.change !== 'none') changes.push(taken.step.change);
  }
  return { live: memory.live, memory, changes };
}

function inOrder(signals: readonly Signal[], with_: SignalRule): Condition | undefined {
  let condition: Condition | undefined;
  for (const each of signals) condition = step(condition, each, with_).next;
  return condition;
}

/** Signals 1 to 30 ms apart with a delay of less than the lateness each: arrival is by event time plus delay. */
const arrivals = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 30 }),
      fc.nat(LATENESS - 1),
      fc.constantFrom<readonly [AlertLevel | null, boolean]>([1, false], [3, false], [null, true], [null, false]),
    ),
    { maxLength: 60 },
  )
  .map((parts) => {
    let at = 0;
    const signals = parts.map(([gap, delay, [level, clear]]) => {
      at += gap;
      return { delay, signal: signal(at, level, clear) };
    });
    const arrived = signals.toSorted((a, b) => a.signal.at + a.delay - b.signal.at - b.delay);
    return { ordered: signals.map((each) => each.signal), arrived: arrived.map((each) => each.signal) };
  });

describe('signals out of order', () => {
  test('any order within the lateness ends in the same state', () => {
    fc.assert(
      fc.property(arrivals, fc.constantFrom(0, 10, 60), fc.constantFrom(0, 20, 80), ({ ordered, arrived }, forMs, clearForMs) => {
        const with_ = { ...rule, forMs, clearForMs };
        expect(run(arrived, with_).live).toEqual(inOrder(ordered, with_));
      }),
      { numRuns: 300 },
    );
  });

  test('openings and endings alternate in any order', () => {
    fc.assert(
      fc.property(arrivals, ({ arrived }) => {
        const ends = run(arrived).changes.filter((change) => change === 'opened' || change === 'cleared');
        for (const [index, change] of ends.entries()) expect(change).toBe(index % 2 === 0 ? 'opened' : 'cleared');
      }),
    );
  });

  test('a sample that disproves the waiting ends the alert and says that it was late data', () => {
    const { changes, live } = run([signal(0, 3), signal(12, 3), signal(6, null)]);
    expect(changes).toEqual(['pending', 'opened', 'cleared']);
    expect(live).toMatchObject({ phase: 'pending', since: 12 });
  });

  test('past the lateness nothing changes', () => {
    const before = run([signal(0, 3), signal(12, 3), signal(500, 3)]);
    const late = take(before.memory, signal(390, null), rule, LATENESS);
    expect(late.memory).toBe(before.memory);
    expect(late.step.change).toBe('none');
  });

  test('what was settled before a restart stays settled', () => {
    const remembered = rememberedKey({ phase: 'firing', level: 3, since: 10, watermark: 50, easing: null });
    expect(take(remembered, signal(49, 1), rule, LATENESS).step).toMatchObject({ change: 'none', next: remembered.live });
    expect(take(rememberedKey(undefined, 50), signal(49, 1), { ...rule, forMs: 0 }, LATENESS).step.change).toBe('none');
  });

  test('a flood of signals at one moment is held in bounds', () => {
    const { memory } = run(Array.from({ length: 2000 }, () => signal(5, 3)));
    expect(memory.recent.length).toBeLessThanOrEqual(64);
  });
});
