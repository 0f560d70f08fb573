import { type Condition, type ConditionChange, type ConditionStep, step } from './condition.ts';
import type { Signal, SignalRule } from './signal.ts';

/** A key holds no more than this many recent signals; past it the window of lateness is shorter. */
const MOST_RECENT = 64;

/** A key's condition with the signals that late ones may still come between. */
export interface KeyMemory {
  /** The condition before the oldest of `recent`. */
  readonly base: Condition | undefined;
  /** Event time up to which the base is settled; an older signal is too late, epoch ms. */
  readonly settledAt: number;
  /** By event time, then arrival. */
  readonly recent: readonly Signal[];
  readonly live: Condition | undefined;
}

/** Memory of a key after a start: what was settled before stays settled. `settledAt` is the event time of its last known signal, if any. */
export function rememberedKey(condition: Condition | undefined, settledAt: number = Number.NEGATIVE_INFINITY): KeyMemory {
  return { base: condition, settledAt: condition?.watermark ?? settledAt, recent: [], live: condition };
}

function isOpen(condition: Condition | undefined): condition is Condition {
  return condition !== undefined && condition.phase !== 'pending';
}

function changeBetween(before: Condition | undefined, after: Condition | undefined): ConditionChange {
  if (!isOpen(after)) return isOpen(before) ? 'cleared' : after !== undefined && before === undefined ? 'pending' : 'none';
  if (!isOpen(before)) return 'opened';
  if (after.level < before.level) return 'raised';
  if (after.level > before.level) return 'lowered';
  if (after.phase === before.phase) return 'none';
  return after.phase === 'recovering' ? 'recovering' : 'refired';
}

function settle(memory: KeyMemory, rule: SignalRule, latenessMs: number): KeyMemory {
  const newest = memory.recent.at(-1)?.at ?? memory.settledAt;
  let { base, settledAt } = memory;
  let drop = 0;
  for (const signal of memory.recent) {
    if (signal.at >= newest - latenessMs && memory.recent.length - drop <= MOST_RECENT) break;
    base = step(base, signal, rule).next;
    settledAt = signal.at;
    drop += 1;
  }
  return drop === 0 ? memory : { ...memory, base, settledAt, recent: memory.recent.slice(drop) };
}

/**
 * Takes a signal in whatever order it comes. In order, it is one step of the condition machine. Late by no more than `latenessMs`, it takes
 * its place among the recent ones and the condition becomes what it would have been in order: shuffling within the lateness ends
 * in the same state. Later still it changes nothing.
 */
export function take(
  memory: KeyMemory,
  signal: Signal,
  rule: SignalRule,
  latenessMs: number,
): { readonly memory: KeyMemory; readonly step: ConditionStep } {
  const newest = memory.recent.at(-1)?.at ?? memory.settledAt;
  if (signal.at >= newest) {
    const taken = step(memory.live, signal, rule);
    return { memory: settle({ ...memory, recent: [...memory.recent, signal], live: taken.next }, rule, latenessMs), step: taken };
  }
  if (signal.at < Math.max(memory.settledAt, newest - latenessMs)) {
    const reason = { zh: `迟到数据：${signal.text.zh}`, en: `late data: ${signal.text.en}` };
    return { memory, step: { next: memory.live, change: 'none', reason } };
  }
  const place = memory.recent.findIndex((other) => other.at > signal.at);
  const recent = memory.recent.toSpliced(place, 0, signal);
  let live = memory.base;
  for (const each of recent) live = step(live, each, rule).next;
  const reason = { zh: `迟到数据更正：${signal.text.zh}`, en: `corrected by late data: ${signal.text.en}` };
  return {
    memory: settle({ ...memory, recent, live }, rule, latenessMs),
    step: { next: live, change: changeBetween(memory.live, live), reason },
  };
}
