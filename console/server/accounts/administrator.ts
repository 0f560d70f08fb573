import { randomInt } from 'node:crypto';
import { type Clock, systemClock } from '@clearbay/contract/clock.ts';
import type { StateStore } from '@clearbay/store/ports/state.ts';
import { AuditTrail } from './audit-trail.ts';
import { hashPassword, PASSWORD_MAX } from './passwords.ts';

const ADMINISTRATOR = 'admin';
const PASSWORD_MIN = 8;

/** Where the demonstration keeps the password it made, so that every start can print the sign-in. Never written outside the demonstration. */
const DEMO_PASSWORD = 'demo.administrator-password';
/** No letters or digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

function readablePassword(): string {
  const letters = Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** A password that cannot be used; the message is a sentence for the person at the terminal. */
class PasswordRefused extends Error {
  readonly code = 'password.refused';
}

export interface Administrator {
  readonly user: string;
  /** Only in the demonstration: the password to print. */
  readonly password?: string;
  /** Whether this start created the account. */
  readonly created: boolean;
}

/**
 * Makes sure that somebody can sign in.
 * A given password creates the first administrator, or replaces the one that the demonstration made up; it never overrides one that people set.
 * Without one the demonstration makes a random password; a real installation is left without an administrator (undefined).
 */
export async function ensureAdministrator(
  state: Pick<StateStore, 'accounts' | 'audit' | 'settings'>,
  { password, demo }: { readonly password?: string; readonly demo: boolean },
  clock: Clock = systemClock,
): Promise<Administrator | undefined> {
  if (password !== undefined && (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)) {
    throw new PasswordRefused(`the administrator's password must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`);
  }
  const known = await state.accounts.user(ADMINISTRATOR);
  const madeUp = (await state.settings.get(DEMO_PASSWORD)) || undefined;
  if (known !== undefined && (password === undefined || madeUp === undefined)) {
    return { user: ADMINISTRATOR, created: false, ...(demo && madeUp !== undefined ? { password: madeUp } : {}) };
  }
  const chosen = password ?? (demo ? readablePassword() : undefined);
  if (chosen === undefined) return undefined;
  await state.accounts.saveUser({ name: ADMINISTRATOR, role: 'admin', passwordHash: await hashPassword(chosen) });
  await state.settings.set(DEMO_PASSWORD, password === undefined ? chosen : '');
  await new AuditTrail(state.audit, clock).note(
    'start',
    'user.created',
    ADMINISTRATOR,
    password === undefined ? 'demonstration' : 'given',
  );
  return { user: ADMINISTRATOR, created: known === undefined, ...(password === undefined ? { password: chosen } : {}) };
}
