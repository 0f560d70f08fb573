import type { Text } from '../text.ts';
import type { AlertLevel, Signal, SignalRule } from './signal.ts';

/** A spell of signals that ask for less than the alert's level; it ends in a lower level, or with the next severe signal. */
export interface Easing {
  /** Most severe level asked for during the spell. */
  readonly level: AlertLevel;
  /** Event time at which the spell began, epoch ms. */
  readonly since: number;
}

/** What the alert machine remembers of one key (rule, station, metric). Normal is the absence of a condition. All times are event times, epoch ms. */
export interface Condition {
  readonly phase: 'pending' | 'firing' | 'recovering';
  readonly level: AlertLevel;
  /** When the phase began. */
  readonly since: number;
  /** Event time of the newest signal taken; an older one never changes the live state. */
  readonly watermark: number;
  readonly easing: Easing | null;
}

export type ConditionChange = 'none' | 'pending' | 'opened' | 'raised' | 'lowered' | 'recovering' | 'refired' | 'cleared';

export interface ConditionStep {
  /** Undefined: normal. */
  readonly next: Condition | undefined;
  readonly change: ConditionChange;
  readonly reason: Text;
}

/** Whether a signal says anything at all; one without data holds every state as it is. */
function saysNothing(signal: Signal): boolean {
  return signal.level === null && !signal.clear && signal.value === null;
}

function reasoned(text: Text, zh: string, en: string): Text {
  return { zh: `${zh}：${text.zh}`, en: `${en}: ${text.en}` };
}

const LEVEL_TEXT: Readonly<Record<AlertLevel, Text>> = {
  1: { zh: 'I 级（红）', en: 'level I (red)' },
  2: { zh: 'II 级（橙）', en: 'level II (orange)' },
  3: { zh: 'III 级（黄）', en: 'level III (yellow)' },
  4: { zh: 'IV 级（蓝）', en: 'level IV (blue)' },
};

function minutes(ms: number): string {
  return String(Math.round(ms / 6000) / 10);
}

function fromNormal(signal: Signal, rule: SignalRule): ConditionStep {
  if (signal.level === null) return { next: undefined, change: 'none', reason: signal.text };
  const begun: Condition = { phase: 'pending', level: signal.level, since: signal.at, watermark: signal.at, easing: null };
  if (rule.forMs > 0) return { next: begun, change: 'pending', reason: signal.text };
  return { next: { ...begun, phase: 'firing' }, change: 'opened', reason: signal.text };
}

function fromPending(condition: Condition, signal: Signal, rule: SignalRule): ConditionStep {
  if (signal.level === null) {
    const reason = reasoned(signal.text, '未满持续时间', 'did not last');
    return { next: undefined, change: 'none', reason };
  }
  const held = signal.at - condition.since;
  const next: Condition = { ...condition, level: signal.level, watermark: signal.at };
  if (held < rule.forMs) return { next, change: 'none', reason: signal.text };
  const reason = reasoned(signal.text, `持续 ${minutes(held)} 分钟`, `held for ${minutes(held)} min`);
  return { next: { ...next, phase: 'firing', since: signal.at }, change: 'opened', reason };
}

/** The level of a firing alert: up at once, down only when less was asked for during all of `clearForMs`. */
function settleLevel(condition: Condition, signal: Signal, rule: SignalRule): ConditionStep {
  const { level } = signal;
  const watermark = signal.at;
  if (level !== null && level < condition.level) {
    const reason = reasoned(signal.text, `升为 ${LEVEL_TEXT[level].zh}`, `raised to ${LEVEL_TEXT[level].en}`);
    return { next: { ...condition, level, watermark, easing: null }, change: 'raised', reason };
  }
  if (level === condition.level) {
    return { next: { ...condition, watermark, easing: null }, change: 'none', reason: signal.text };
  }
  const easing: Easing | null =
    level === null
      ? condition.easing
      : condition.easing === null
        ? { level, since: signal.at }
        : { level: Math.min(level, condition.easing.level) as AlertLevel, since: condition.easing.since };
  if (easing === null || signal.at - easing.since < rule.clearForMs) {
    return { next: { ...condition, watermark, easing }, change: 'none', reason: signal.text };
  }
  const reason = reasoned(signal.text, `降为 ${LEVEL_TEXT[easing.level].zh}`, `lowered to ${LEVEL_TEXT[easing.level].en}`);
  // A signal that asks for still less begins the next spell: taken twice it must not begin it later.
  const further: Easing | null = level !== null && level > easing.level ? { level, since: signal.at } : null;
  return { next: { ...condition, level: easing.level, watermark, easing: further }, change: 'lowered', reason };
}

function cleared(signal: Signal, quietMs: number): ConditionStep {
  const reason = reasoned(
    signal.text,
    `恢复持续 ${minutes(quietMs)} 分钟，解除`,
    `back to normal for ${minutes(quietMs)} min, cleared`,
  );
  return { next: undefined, change: 'cleared', reason };
}

function fromFiring(condition: Condition, signal: Signal, rule: SignalRule): ConditionStep {
  if (!signal.clear) return settleLevel(condition, signal, rule);
  if (rule.clearForMs <= 0) return cleared(signal, 0);
  const reason = reasoned(signal.text, '恢复观察', 'recovering');
  return {
    next: { ...condition, phase: 'recovering', since: signal.at, watermark: signal.at },
    change: 'recovering',
    reason,
  };
}

function fromRecovering(condition: Condition, signal: Signal, rule: SignalRule): ConditionStep {
  const quiet = signal.at - condition.since;
  if (signal.clear) {
    if (quiet >= rule.clearForMs) return cleared(signal, quiet);
    return { next: { ...condition, watermark: signal.at }, change: 'none', reason: signal.text };
  }
  // The quiet spell counts as a spell below the level, so that a weak return does not bring the old level back for good.
  const eased = signal.level !== null && signal.level > condition.level;
  const easing = condition.easing ?? (eased && signal.level !== null ? { level: signal.level, since: condition.since } : null);
  const settled = settleLevel({ ...condition, phase: 'firing', since: signal.at, easing }, signal, rule);
  if (settled.change !== 'none') return settled;
  return { ...settled, change: 'refired', reason: reasoned(signal.text, '再次超限', 'crossed again') };
}

/**
 * One step of the condition machine of one key: normal, pending, firing, recovering, normal. Durations are event time, so a replay at
 * any speed gives the same alerts. A signal older than the watermark, or one that says nothing (no data), changes nothing;
 * the same signal again changes nothing either. A signal that clears and also asks for a level counts as not clear.
 */
export function step(condition: Condition | undefined, signal: Signal, rule: SignalRule): ConditionStep {
  if (saysNothing(signal)) return { next: condition, change: 'none', reason: signal.text };
  if (condition !== undefined && signal.at < condition.watermark) {
    const reason = reasoned(signal.text, '迟到数据，不改变当前状态', 'late data, the live state stays');
    return { next: condition, change: 'none', reason };
  }
  const asked = signal.level !== null && signal.clear ? { ...signal, clear: false } : signal;
  switch (condition?.phase) {
    case undefined:
      return fromNormal(asked, rule);
    case 'pending':
      return fromPending(condition, asked, rule);
    case 'firing':
      return fromFiring(condition, asked, rule);
    case 'recovering':
      return fromRecovering(condition, asked, rule);
  }
}
