import { createHash } from 'node:crypto';
import type { AlertStep, AlertView } from '@clearbay/contract/api.ts';
import type { ConditionStep } from '@clearbay/domain/alerts/condition.ts';
import type { Signal, SignalRule } from '@clearbay/domain/alerts/signal.ts';
import type { Text } from '@clearbay/domain/text.ts';

/** A flapping alert keeps its opening and this many of its last steps. */
const STEPS_KEPT = 50;

/** Whom the signals are about. */
export interface AlertSubject {
  readonly kind: string;
  readonly name: Text;
  readonly simulated: boolean;
}

/**
 * Id of the alert of an episode. It follows from the key and the event time of the opening, so that an episode judged again after
 * a crash is the same alert; `episode` tells apart two openings at one moment.
 */
export function alertId(key: Pick<Signal, 'rule' | 'station' | 'metric'>, openedAt: number, episode: number): string {
  const identity = JSON.stringify([key.rule, key.station, key.metric, openedAt, episode]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 24);
}

function historyStep(signal: Signal, step: ConditionStep, level: AlertView['level']): AlertStep[] {
  if (step.change === 'none' || step.change === 'pending') return [];
  return [{ at: signal.at, change: step.change, level, value: signal.value, text: step.reason }];
}

/** The record of an episode that begins with this step. */
export function openedAlert(id: string, subject: AlertSubject, rule: SignalRule, signal: Signal, step: ConditionStep): AlertView {
  const level = step.next?.level ?? signal.level ?? 4;
  return {
    id,
    rule: signal.rule,
    ruleLabel: rule.label,
    kind: subject.kind,
    station: signal.station,
    stationName: subject.name,
    metric: signal.metric,
    level,
    condition: step.next?.phase === 'recovering' ? 'recovering' : 'firing',
    text: signal.text,
    value: signal.value,
    threshold: signal.threshold,
    unit: signal.unit,
    openedAt: signal.at,
    changedAt: signal.at,
    closedAt: null,
    simulated: subject.simulated,
    version: 1,
    history: historyStep(signal, step, level),
  };
}

/** The record after a later step of its episode. */
export function changedAlert(alert: AlertView, signal: Signal, step: ConditionStep): AlertView {
  const closed = step.next === undefined || step.next.phase === 'pending';
  const level = closed ? alert.level : (step.next?.level ?? alert.level);
  const steps = [...alert.history, ...historyStep(signal, step, level)];
  return {
    ...alert,
    level,
    condition: closed ? 'normal' : step.next?.phase === 'recovering' ? 'recovering' : 'firing',
    text: signal.text,
    value: signal.value,
    threshold: signal.threshold ?? alert.threshold,
    changedAt: signal.at,
    closedAt: closed ? signal.at : null,
    version: alert.version + 1,
    history: steps.length <= STEPS_KEPT ? steps : [...steps.slice(0, 1), ...steps.slice(1 - STEPS_KEPT)],
  };
}
