import type { DeviceCredential } from '@clearbay/contract/gate.ts';

/** A person's or a program's account that may watch topics; it never publishes readings. */
export interface AccountPrincipal {
  readonly user: string;
  /** argon2id hash in PHC form: people chose the password. */
  readonly passwordHash: string;
  /** Filters it may subscribe to, and everything contained in them. */
  readonly subscribe: readonly string[];
  /** Topics it may publish to, as filters; `commands/…` for operators. */
  readonly publish: readonly string[];
  /** Whether `$SYS` is open to it (operators). */
  readonly system: boolean;
}

/** Accounts that may connect besides the devices. */
export interface AccountSource {
  find(userName: string): Promise<AccountPrincipal | undefined>;
}

/** Who stands behind a connection. `passedWith`: the hash that the password matched; absent where a certificate stood for it. */
export type Principal = { readonly user: string; readonly passedWith?: string } & (
  | { readonly type: 'device'; readonly credential: DeviceCredential }
  | { readonly type: 'account'; readonly account: AccountPrincipal }
);

/** Hashes a password may match: of a device that was rotated also the former one, while its source gives it. */
export function passwordHashesOf(principal: Principal): readonly string[] {
  if (principal.type === 'account') return [principal.account.passwordHash];
  const { passwordHash, formerPasswordHash } = principal.credential;
  return formerPasswordHash === undefined ? [passwordHash] : [passwordHash, formerPasswordHash];
}

/** Whether somebody who was let in as `then` would be let in now, with the same rights. */
export function stillHolds(then: Principal, now: Principal | undefined): boolean {
  if (now === undefined) return false;
  if (then.passedWith !== undefined && !passwordHashesOf(now).includes(then.passedWith)) return false;
  if (then.type === 'device' || now.type === 'device') return then.type === now.type;
  const rights = ({ account: { subscribe, publish, system } }: typeof then) => JSON.stringify([subscribe, publish, system]);
  return rights(then) === rights(now);
}

/** Parts a user's name from the rest of a client id; no device id holds it, so that no name begins another one's client ids. */
const SEPARATOR = '/';

/** Whether a client id belongs to a user: the name itself, or the name with `/` and more. */
export function ownsClientId(user: string, clientId: string): boolean {
  return clientId === user || clientId.startsWith(`${user}${SEPARATOR}`);
}
