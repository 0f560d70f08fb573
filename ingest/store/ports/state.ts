import type { AlertView, Role } from '@clearbay/contract/api.ts';
import type { DeviceCredential } from '@clearbay/contract/gate.ts';
import type { Easing } from '@clearbay/domain/alerts/condition.ts';
import type { AlertLevel } from '@clearbay/domain/alerts/signal.ts';
import type { AnswerStore, ClaimStore, DayStore, ImportStore, ReviewStore } from './intake.ts';

/** The alert machine's memory of one key (rule, station, metric); pending keys have no alert yet. */
export interface ConditionRow {
  readonly rule: string;
  readonly station: string;
  readonly metric: string;
  readonly phase: 'pending' | 'firing' | 'recovering';
  readonly level: AlertLevel;
  /** Event time at which the phase began, epoch ms. */
  readonly since: number;
  /** Event time of the newest signal taken. */
  readonly watermark: number;
  /** A spell below the level, on the way down. */
  readonly easing: Easing | null;
  readonly alertId: string | null;
}

/** A message to send on; written in the transaction of the change it tells of. */
export interface OutboxRow {
  readonly id: number;
  readonly alertId: string;
  readonly version: number;
  readonly payload: string;
}

/** One change of one key: condition, alert and outbox commit together or not at all. */
export interface AlertChange {
  readonly key: { readonly rule: string; readonly station: string; readonly metric: string };
  /** Null removes the key (back to normal). */
  readonly condition: ConditionRow | null;
  /** The alert as it stands after the change; null while only pending. */
  readonly alert: AlertView | null;
  /** Tell others: written to the outbox. */
  readonly notify: boolean;
}

export interface AlertStore {
  conditions(): Promise<readonly ConditionRow[]>;
  apply(changes: readonly AlertChange[]): Promise<void>;
  open(): Promise<readonly AlertView[]>;
  find(id: string): Promise<AlertView | undefined>;
  /** Newest first; `before` pages on by openedAt. */
  history(query: { readonly station?: string; readonly before?: number; readonly limit: number }): Promise<readonly AlertView[]>;
  outbox(limit: number): Promise<readonly OutboxRow[]>;
  sent(ids: readonly number[]): Promise<void>;
}

export interface UserRow {
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

export interface TokenRow {
  /** SHA-256 of the token, hex; the token itself is shown once and never kept. */
  readonly hash: string;
  readonly role: Role;
  readonly user: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface AccountStore {
  user(name: string): Promise<UserRow | undefined>;
  users(): Promise<readonly Omit<UserRow, 'passwordHash'>[]>;
  saveUser(user: UserRow): Promise<void>;
  saveToken(token: TokenRow): Promise<void>;
  token(hash: string): Promise<TokenRow | undefined>;
  removeToken(hash: string): Promise<void>;
}

export interface DeviceStore {
  all(): Promise<readonly DeviceCredential[]>;
  /** Changes with every change of a credential, whichever process makes it; cheap to ask again and again. */
  version(): Promise<string>;
  save(credential: DeviceCredential): Promise<void>;
  remove(device: string): Promise<void>;
}

export interface AuditRow {
  readonly at: number;
  readonly user: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

export interface AuditStore {
  add(row: AuditRow): Promise<void>;
  list(query: { readonly before?: number; readonly limit: number }): Promise<readonly AuditRow[]>;
}

/** Alerts, accounts, devices, reviews, imports, audit. SQLite file, or PostgreSQL where several machines share it. */
export interface StateStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly alerts: AlertStore;
  readonly accounts: AccountStore;
  readonly devices: DeviceStore;
  readonly claims: ClaimStore;
  readonly reviews: ReviewStore;
  readonly days: DayStore;
  readonly imports: ImportStore;
  readonly answers: AnswerStore;
  readonly audit: AuditStore;
  /** Small documents by key: progress of the first filling, secrets of this installation. */
  readonly settings: { get(key: string): Promise<string | undefined>; set(key: string, value: string): Promise<void> };
}
