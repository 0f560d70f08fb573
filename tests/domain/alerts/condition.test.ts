import { type Condition, type ConditionChange, step } from '@clearbay/domain/alerts/condition.ts';
import type { AlertLevel, Signal, SignalRule } from '@clearbay/domain/alerts/signal.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const rule: SignalRule = { id: 'r', label: { zh: '规则', en: 'rule' }, forMs: 10, clearForMs: 20 };
const atOnce: SignalRule = { ...rule, forMs: 0 };

function signal(at: number, level: AlertLevel | null, clear = level === null, value: number | null = 1): Signal {
  return {
    rule: 'r',
    station: 's',
    metric: 'm',
    at,
    level,
    clear,
    value,
    threshold: 1,
    unit: '',
    text: { zh: '文', en: 'text' },
  };
}

const noData = (at: number) => signal(at, null, false, null);
const band = (at: number) => signal(at, null, false, 1);

function run(signals: readonly Signal[], with_: SignalRule, from?: Condition) {
  let condition = from;
  const changes: ConditionChange[] = [];
  for (const each of signals) {
    const taken = step(condition, each, with_);
    condition = taken.next;
    if (taken.change !== 'none') changes.push(taken.change);
  }
  return { condition, changes };
}

describe('the condition of an alert', () => {
  test('opens after the raise condition held for its time, counted in event time', () => {
    expect(run([signal(0, 3), signal(9, 3)], rule).changes).toEqual(['pending']);
    expect(run([signal(0, 3), signal(10, 3)], rule).changes).toEqual(['pending', 'opened']);
  });

  test('one sample that is not over the line starts the waiting anew', () => {
    expect(run([signal(0, 3), band(5), signal(10, 3)], rule).changes).toEqual(['pending', 'pending']);
  });

  test('opens at once where the rule does not wait', () => {
    expect(run([signal(0, 2)], atOnce)).toMatchObject({ changes: ['opened'], condition: { phase: 'firing', level: 2 } });
  });

  test('goes up a level at once and down only after the clear time', () => {
    const up = run([signal(0, 3), signal(1, 1)], atOnce);
    expect(up).toMatchObject({ changes: ['opened', 'raised'], condition: { level: 1 } });
    expect(run([signal(2, 3), signal(21, 4)], atOnce, up.condition)).toMatchObject({ changes: [], condition: { level: 1 } });
    expect(run([signal(2, 3), signal(22, 4)], atOnce, up.condition)).toMatchObject({
      changes: ['lowered'],
      condition: { level: 3 },
    });
  });

  test('a severe sample in between starts the way down anew', () => {
    const { condition, changes } = run([signal(0, 1), signal(5, 3), signal(10, 1), signal(25, 3)], atOnce);
    expect(changes).toEqual(['opened']);
    expect(condition?.level).toBe(1);
  });

  test('clears only after the clear condition held for its time', () => {
    expect(run([signal(0, 3), signal(5, null), signal(24, null)], atOnce).changes).toEqual(['opened', 'recovering']);
    expect(run([signal(0, 3), signal(5, null), signal(25, null)], atOnce).changes).toEqual(['opened', 'recovering', 'cleared']);
  });

  test('a value inside the hysteresis ends the recovery without a second opening', () => {
    const { changes } = run([signal(0, 3), signal(5, null), band(10), signal(15, null), signal(34, null)], atOnce);
    expect(changes).toEqual(['opened', 'recovering', 'refired', 'recovering']);
  });

  test('a stronger return during recovery raises, a weaker one keeps the level for its time', () => {
    expect(run([signal(0, 3), signal(5, null), signal(10, 2)], atOnce).changes).toEqual(['opened', 'recovering', 'raised']);
    const weak = run([signal(0, 1), signal(5, null), signal(10, 4)], atOnce);
    expect(weak).toMatchObject({ changes: ['opened', 'recovering', 'refired'], condition: { level: 1 } });
    expect(run([signal(25, 4)], atOnce, weak.condition)).toMatchObject({ changes: ['lowered'], condition: { level: 4 } });
  });

  test('no data never clears, never breaks the waiting and never opens', () => {
    expect(run([signal(0, 3), noData(5), noData(500)], atOnce)).toMatchObject({
      changes: ['opened'],
      condition: { phase: 'firing' },
    });
    expect(run([signal(0, 3), signal(5, null), noData(500)], atOnce).condition?.phase).toBe('recovering');
    expect(run([signal(0, 3), noData(5), signal(10, 3)], rule).changes).toEqual(['pending', 'opened']);
    expect(run([noData(0)], atOnce).condition).toBeUndefined();
  });

  test('a signal older than the watermark changes nothing', () => {
    const { condition } = run([signal(100, 3)], atOnce);
    expect(step(condition, signal(99, null), atOnce)).toMatchObject({ next: condition, change: 'none' });
    expect(step(condition, signal(99, 1), atOnce)).toMatchObject({ next: condition, change: 'none' });
  });

  test('a signal that asks for a level is never clear', () => {
    expect(run([signal(0, 3), signal(100, 3, true)], atOnce).condition?.phase).toBe('firing');
  });
});

const levels = fc.constantFrom<readonly [AlertLevel | null, boolean]>(
  [1, false],
  [3, false],
  [4, false],
  [null, true],
  [null, false],
);
const sequences = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), levels), { maxLength: 60 }).map((parts) => {
  let at = 0;
  return parts.map(([gap, [level, clear]]) => {
    at += gap;
    return signal(at, level, clear);
  });
});
const rules = fc
  .tuple(fc.constantFrom(0, 10, 40), fc.constantFrom(0, 20, 60))
  .map(([forMs, clearForMs]): SignalRule => ({ ...rule, forMs, clearForMs }));

describe('for any sequence of signals', () => {
  test('opening and clearing alternate: one opening an episode', () => {
    fc.assert(
      fc.property(sequences, rules, (signals, r) => {
        const { changes, condition } = run(signals, r);
        const ends = changes.filter((change) => change === 'opened' || change === 'cleared');
        ends.forEach((change, index) => {
          expect(change).toBe(index % 2 === 0 ? 'opened' : 'cleared');
        });
        const open = condition !== undefined && condition.phase !== 'pending';
        expect(open).toBe(ends.length % 2 === 1);
      }),
    );
  });

  test('each signal twice gives the same changes and the same state', () => {
    fc.assert(
      fc.property(sequences, rules, (signals, r) => {
        expect(
          run(
            signals.flatMap((each) => [each, each]),
            r,
          ),
        ).toEqual(run(signals, r));
      }),
    );
  });

  test('a restart after any prefix continues as if there had been none', () => {
    fc.assert(
      fc.property(sequences, rules, fc.nat(60), (signals, r, cut) => {
        const before = run(signals.slice(0, cut), r);
        const stored = before.condition === undefined ? undefined : (JSON.parse(JSON.stringify(before.condition)) as Condition);
        const after = run(signals.slice(cut), r, stored);
        const whole = run(signals, r);
        expect(after.condition).toEqual(whole.condition);
        expect([...before.changes, ...after.changes]).toEqual(whole.changes);
      }),
    );
  });

  test('the level is never below what the newest signal asks for while the alert is open', () => {
    fc.assert(
      fc.property(sequences, rules, (signals, r) => {
        let condition: Condition | undefined;
        for (const each of signals) {
          condition = step(condition, each, r).next;
          if (condition && condition.phase !== 'pending' && each.level !== null) {
            expect(condition.level).toBeLessThanOrEqual(each.level);
          }
        }
      }),
    );
  });
});
