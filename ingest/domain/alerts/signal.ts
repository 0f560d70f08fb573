import type { Text } from '../text.ts';

/** I (1) red is the most severe, IV (4) blue the least: never sort ascending by mistake. */
export type AlertLevel = 1 | 2 | 3 | 4;

/** A rule of a kind: what it watches and how patient it is. Durations are event time, ms. */
export interface SignalRule {
  readonly id: string;
  readonly label: Text;
  /** The condition must hold this long before the alert opens. */
  readonly forMs: number;
  /** The clear condition must hold this long before it ends. */
  readonly clearForMs: number;
}

/** What one assessment says of one rule. */
export interface Signal {
  readonly rule: string;
  readonly station: string;
  readonly metric: string;
  /** Event time of the reading that decides, epoch ms. */
  readonly at: number;
  /** Level the raise condition asks for; null where it does not hold. */
  readonly level: AlertLevel | null;
  /** Whether the clear condition (with its hysteresis) holds; never true without data. */
  readonly clear: boolean;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly unit: string;
  readonly text: Text;
}
