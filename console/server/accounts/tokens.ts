import type { Role } from '@clearbay/contract/api.ts';
import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { AuditTrail } from './audit-trail.ts';
import { newSecret, secretHash } from './secrets.ts';

/**
 * Makes a bearer token of a role for `Authorization: Bearer …` and returns it; it is shown once and kept only as a hash.
 * @param lifeMs how long it holds, ms; absent: until it is removed.
 */
export async function createToken(
  state: Pick<StateStore, 'accounts' | 'audit'>,
  role: Role,
  lifeMs?: number,
  clock: Clock = systemClock,
): Promise<string> {
  const secret = newSecret('token');
  const hash = secretHash('token', secret);
  if (hash === undefined) throw new Error('a new secret has the wrong form');
  const now = clock.now();
  const expiresAt = lifeMs === undefined ? null : now + lifeMs;
  await state.accounts.saveToken({ hash, role, user: `token:${hash.slice(0, 8)}`, createdAt: now, expiresAt });
  await new AuditTrail(state.audit, clock).note('command-line', 'token.created', hash.slice(0, 8), `role ${role}`);
  return secret;
}
