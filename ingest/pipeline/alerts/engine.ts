import type { AlertView } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { Condition, ConditionStep } from '@clearbay/domain/alerts/condition.ts';
import { CLOCK_RULE, clockSignal } from '@clearbay/domain/alerts/device-clock.ts';
import { type KeyMemory, rememberedKey, take } from '@clearbay/domain/alerts/lateness.ts';
import type { Signal, SignalRule } from '@clearbay/domain/alerts/signal.ts';
import { SILENCE_RULE, type StationPulse, silenceSignal } from '@clearbay/domain/alerts/silence.ts';
import type { Kind } from '@clearbay/domain/kinds/kind.ts';
import type { AlertStore } from '@clearbay/store/ports/state.ts';
import { type AlertSubject, alertId, changedAlert, openedAlert } from './alert-record.ts';
import { ChangeWriter } from './change-writer.ts';
import type { WatchedClock } from './clock-watch.ts';

/** Closed alerts whose keys are remembered over a restart, so that old signals cannot open them again. */
const ENDINGS_REMEMBERED = 1000;

export interface AlertEngineOptions {
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly kinds: Iterable<Pick<Kind, 'id' | 'rules'>>;
  /** Told of each alert as it changes, after the change is stored; while the store is away, from memory. Must not throw. */
  readonly onAlert: (alert: AlertView) => void;
  /** Told when notices wait in the outbox. */
  readonly onOutbox?: () => void;
  /** Told of a notice that cannot be stored yet, so that it is sent from memory; it comes through the outbox too, later. */
  readonly onUnstoredNotice?: (alert: AlertView) => void;
  /** How late a signal may come and still be put in its place, ms of event time. Default 5 minutes. */
  readonly latenessMs?: number;
  /** Changes kept in memory while the store is away. Default 20,000. */
  readonly mostWaiting?: number;
}

interface KeyState {
  memory: KeyMemory;
  /** The open alert; undefined while normal or pending. */
  alert: AlertView | undefined;
  /** Id of the newest alert the key has had. */
  lastId: string | undefined;
}

const NOTIFIED: ReadonlySet<ConditionStep['change']> = new Set(['opened', 'raised', 'lowered', 'cleared']);

function keyName(rule: string, station: string, metric: string): string {
  return JSON.stringify([rule, station, metric]);
}

/** Whether a restart that only knew `before` would go on differently: everything but the watermark. */
function differs(before: Condition | undefined, after: Condition | undefined): boolean {
  return (
    before?.phase !== after?.phase ||
    before?.level !== after?.level ||
    before?.since !== after?.since ||
    before?.easing?.level !== after?.easing?.level ||
    before?.easing?.since !== after?.easing?.since
  );
}

/**
 * Turns signals into alerts: one open alert a key (rule, station, metric), stored with its condition and its notice in one transaction.
 * It decides in memory, key by key in the order of the calls, and goes on so while the store is away.
 */
export class AlertEngine {
  readonly #options: AlertEngineOptions;
  readonly #rules = new Map<string, SignalRule>();
  readonly #keys = new Map<string, KeyState>();
  readonly #writer: ChangeWriter;
  readonly #latenessMs: number;
  #listeningSince = 0;
  #unknownRules = 0;

  constructor(options: AlertEngineOptions) {
    this.#options = options;
    this.#latenessMs = options.latenessMs ?? 300_000;
    for (const kind of options.kinds) for (const rule of kind.rules) this.#rules.set(`${kind.id} ${rule.id}`, rule);
    this.#writer = new ChangeWriter({
      store: options.store,
      mostWaiting: options.mostWaiting ?? 20_000,
      onAlert: options.onAlert,
      onNotice: () => options.onOutbox?.(),
      onUnstoredNotice: (alert) => options.onUnstoredNotice?.(alert),
    });
  }

  /** Loads what was open, pending or lately closed. Sends nothing. */
  async start(): Promise<void> {
    const { store, clock } = this.#options;
    this.#listeningSince = clock.now();
    for (const closed of await store.history({ limit: ENDINGS_REMEMBERED })) {
      const name = keyName(closed.rule, closed.station, closed.metric);
      if (closed.closedAt === null || this.#keys.has(name)) continue;
      this.#keys.set(name, { memory: rememberedKey(undefined, closed.closedAt), alert: undefined, lastId: closed.id });
    }
    const open = new Map((await store.open()).map((alert) => [alert.id, alert]));
    for (const row of await store.conditions()) {
      const { phase, level, since, watermark, easing } = row;
      const memory = rememberedKey({ phase, level, since, watermark, easing });
      const alert = row.alertId === null ? undefined : open.get(row.alertId);
      const name = keyName(row.rule, row.station, row.metric);
      this.#keys.set(name, { memory, alert, lastId: alert?.id ?? this.#keys.get(name)?.lastId });
    }
  }

  /** Stores what waits and ends. */
  async stop(): Promise<void> {
    await this.#writer.stop();
  }

  /** Takes the signals of one station's assessment. A rule that its kind does not have is counted and left out. */
  take(signals: readonly Signal[], subject: AlertSubject): void {
    for (const signal of signals) {
      const rule = this.#rules.get(`${subject.kind} ${signal.rule}`);
      if (rule === undefined) this.#unknownRules += 1;
      else this.#step(signal, rule, subject, this.#latenessMs);
    }
  }

  /** Opens and ends the alerts of silent stations; by the wall clock, for all stations of the registry, every few seconds. */
  checkSilence(now: number, stations: Iterable<StationPulse & AlertSubject>): void {
    for (const station of stations) this.#stepNow(silenceSignal(station, now, this.#listeningSince), SILENCE_RULE, station);
  }

  /** Opens and ends the alerts of devices whose clocks are wrong; by the wall clock, every few seconds. */
  checkClocks(now: number, devices: Iterable<WatchedClock>): void {
    for (const watched of devices) {
      const { device, station, clock } = watched;
      if (!clock.isOff && !clock.isAhead && !this.#keys.has(keyName(CLOCK_RULE.id, station, device))) continue;
      this.#stepNow(clockSignal(device, station, clock, now), CLOCK_RULE, watched);
    }
  }

  /** Open alerts as they stand in memory: most severe first, then newest. */
  open(): readonly AlertView[] {
    const alerts: AlertView[] = [];
    for (const { alert } of this.#keys.values()) if (alert !== undefined) alerts.push(alert);
    return alerts.sort((a, b) => a.level - b.level || b.openedAt - a.openedAt || (a.id < b.id ? -1 : 1));
  }

  /** Resolves when every change so far is stored. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  status(): {
    readonly waiting: number;
    readonly givenUp: number;
    readonly unknownRules: number;
    readonly error: string | undefined;
  } {
    return { ...this.#writer.status(), unknownRules: this.#unknownRules };
  }

  #stepNow(signal: Signal, rule: SignalRule, subject: AlertSubject): void {
    const memory = this.#keys.get(keyName(signal.rule, signal.station, signal.metric))?.memory;
    const newest = memory?.recent.at(-1)?.at ?? memory?.settledAt ?? signal.at;
    // A wall clock that was set back must not make the present late.
    this.#step({ ...signal, at: Math.max(signal.at, newest) }, rule, subject, 0);
  }

  #step(signal: Signal, rule: SignalRule, subject: AlertSubject, latenessMs: number): void {
    const name = keyName(signal.rule, signal.station, signal.metric);
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = { memory: rememberedKey(undefined), alert: undefined, lastId: undefined };
      this.#keys.set(name, key);
    }
    const before = key.memory.live;
    const taken = take(key.memory, signal, rule, latenessMs);
    key.memory = taken.memory;
    const after = taken.memory.live;
    if (taken.step.change === 'none' && !differs(before, after)) return;

    const alert = this.#alertAfter(key, taken.step, signal, rule, subject);
    const { rule: ruleId, station, metric } = signal;
    const open = alert !== undefined && alert.closedAt === null;
    key.alert = open ? alert : undefined;
    key.lastId = alert?.id ?? key.lastId;
    this.#writer.put({
      key: { rule: ruleId, station, metric },
      condition: after === undefined ? null : { rule: ruleId, station, metric, ...after, alertId: open ? alert.id : null },
      alert: alert ?? null,
      notify: NOTIFIED.has(taken.step.change),
    });
  }

  #alertAfter(
    key: KeyState,
    step: ConditionStep,
    signal: Signal,
    rule: SignalRule,
    subject: AlertSubject,
  ): AlertView | undefined {
    const open = step.next !== undefined && step.next.phase !== 'pending';
    if (key.alert !== undefined) return step.change === 'none' ? key.alert : changedAlert(key.alert, signal, step);
    if (!open) return undefined;
    let episode = 0;
    let id = alertId(signal, signal.at, episode);
    while (id === key.lastId) {
      episode += 1;
      id = alertId(signal, signal.at, episode);
    }
    return openedAlert(id, subject, rule, signal, step);
  }
}
