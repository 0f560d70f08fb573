import type { Role } from '@clearbay/contract/api.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { AccountStore, TokenRow } from '@clearbay/store/ports/state.ts';
import { ApiProblem } from '../http/problem.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Credential } from './credentials.ts';
import type { Lockout } from './lockout.ts';
import { checkPassword } from './passwords.ts';
import { newSecret, secretHash } from './secrets.ts';

const HOUR_MS = 3_600_000;
/** A session ends this long after sign-in, or after the last renewal where it slides. */
const SESSION_MS = 12 * HOUR_MS;
/** Wall screens are viewers and must not go dark at night: their session slides, up to this age. */
const SLIDING_MAX_MS = 30 * 24 * HOUR_MS;

/** Who is asking, checked. */
export interface Principal {
  readonly user: string;
  readonly role: Role;
  readonly via: 'session' | 'token';
  /** Identifies the session or token without revealing it. */
  readonly hash: string;
  readonly expiresAt: number | null;
}

export interface SignedIn {
  readonly secret: string;
  readonly principal: Principal;
}

export interface AccountsParts {
  readonly store: AccountStore;
  readonly audit: AuditTrail;
  readonly lockout: Lockout;
  readonly clock: Clock;
}

/** Sign-in, sessions and bearer tokens. */
export class Accounts {
  private readonly parts: AccountsParts;
  private readonly revokedListeners = new Set<(hash: string) => void>();

  constructor(parts: AccountsParts) {
    this.parts = parts;
  }

  /** Opens a session. Every failure looks the same and takes the same work; too many lock the name and the address. */
  async signIn(user: string, password: string, address: string): Promise<SignedIn> {
    const { store, audit, lockout, clock } = this.parts;
    const keys = [`user:${user.toLowerCase()}`, `address:${address}`];
    const waitMs = lockout.lockedFor(keys);
    if (waitMs > 0) throw new ApiProblem('sign-in.locked', { headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) } });
    const nowLocked = lockout.tried(keys);
    const row = await store.user(user);
    if (!(await checkPassword(row?.passwordHash, password)) || row === undefined) {
      await audit.note(user, nowLocked ? 'session.locked' : 'session.refused', address);
      throw new ApiProblem('sign-in.refused');
    }
    lockout.succeeded(keys);
    const secret = newSecret('session');
    const now = clock.now();
    const token: TokenRow = {
      hash: hashOf('session', secret),
      role: row.role,
      user,
      createdAt: now,
      expiresAt: now + SESSION_MS,
    };
    await store.saveToken(token);
    await audit.note(user, 'session.opened', address);
    return { secret, principal: { user, role: row.role, via: 'session', hash: token.hash, expiresAt: token.expiresAt } };
  }

  async signOut(principal: Principal, address: string): Promise<void> {
    await this.parts.store.removeToken(principal.hash);
    for (const listener of this.revokedListeners) listener(principal.hash);
    await this.parts.audit.note(principal.user, 'session.closed', address);
  }

  /** Undefined without a valid session; a bearer token that is not valid is a problem of its own. */
  async authenticate(credential: Credential): Promise<Principal | undefined> {
    if (credential === undefined) return undefined;
    const hash = secretHash(credential.kind, credential.secret);
    const principal = hash === undefined ? undefined : await this.recheck({ hash, via: credential.kind });
    if (principal === undefined && credential.kind === 'token') {
      throw new ApiProblem('token.invalid', { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
    }
    return principal;
  }

  /** What holds of a session or token now: undefined once it expired, was removed, or its user is gone. Roles follow the user. */
  async recheck({ hash, via }: Pick<Principal, 'hash' | 'via'>): Promise<Principal | undefined> {
    const { store, clock } = this.parts;
    const token = await store.token(hash);
    if (token === undefined) return undefined;
    if (token.expiresAt !== null && token.expiresAt <= clock.now()) {
      await store.removeToken(hash);
      return undefined;
    }
    if (via === 'token') return { user: token.user, role: token.role, via, hash, expiresAt: token.expiresAt };
    const user = await store.user(token.user);
    return user && { user: user.name, role: user.role, via, hash, expiresAt: token.expiresAt };
  }

  /** Renews a viewer's session once half of it is over; undefined where nothing changed. */
  async slide(principal: Principal): Promise<Principal | undefined> {
    const { store, clock } = this.parts;
    const { expiresAt } = principal;
    if (principal.role !== 'viewer' || principal.via !== 'session' || expiresAt === null) return undefined;
    const now = clock.now();
    if (expiresAt - now > SESSION_MS / 2) return undefined;
    const token = await store.token(principal.hash);
    if (token === undefined || now - token.createdAt > SLIDING_MAX_MS) return undefined;
    const renewed = { ...token, expiresAt: now + SESSION_MS };
    await store.saveToken(renewed);
    return { ...principal, expiresAt: renewed.expiresAt };
  }

  /** Tells when a session ended by sign-out. */
  onRevoked(listener: (hash: string) => void): void {
    this.revokedListeners.add(listener);
  }
}

function hashOf(kind: 'session' | 'token', secret: string): string {
  const hash = secretHash(kind, secret);
  if (hash === undefined) throw new Error('a new secret has the wrong form');
  return hash;
}
