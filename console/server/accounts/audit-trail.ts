import type { Clock } from '@clearbay/contract/clock.ts';
import type { AuditStore } from '@clearbay/store/ports/state.ts';

/** What is written down: who did what to what, from where. */
export type AuditAction =
  | 'session.opened'
  | 'session.closed'
  | 'session.refused'
  | 'session.locked'
  | 'access.denied'
  | 'token.created'
  | 'user.created'
  | 'export.series'
  | 'import.readings'
  | 'import.file'
  | 'claim.created'
  | 'claim.redeemed'
  | 'device.approved'
  | 'device.rejected'
  | 'device.collected'
  | 'device.rotated'
  | 'device.revoked'
  | 'reading.excluded'
  | 'reading.restored'
  | 'conflict.accepted'
  | 'conflict.dismissed'
  | 'backup.begun';

/** Bounds what a stranger can make us store. */
const FIELD_MAX = 500;

/** Writes the audit trail. A row that cannot be written fails the action it belongs to. */
export class AuditTrail {
  private readonly store: AuditStore;
  private readonly clock: Clock;

  constructor(store: AuditStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  note(user: string, action: AuditAction, subject: string, detail = ''): Promise<void> {
    return this.store.add({
      at: this.clock.now(),
      user: user.slice(0, FIELD_MAX),
      action,
      subject: subject.slice(0, FIELD_MAX),
      detail: detail.slice(0, FIELD_MAX),
    });
  }
}
