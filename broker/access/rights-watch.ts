import type { CredentialSource } from '@clearbay/contract/gate.ts';
import { type AccountSource, type Principal, stillHolds } from './principal.ts';

/** Somebody who was let in. */
export interface Holder {
  readonly principal: Principal;
  /** Ends the connection. */
  expel(): void;
}

/**
 * Looks again and again whether what let somebody in still holds: the user is there, the password that passed is still one of
 * theirs, an account's rights are the same. Whoever it no longer holds for is put out, and comes back with the rights of now or not at all.
 * A device costs a look-up in memory; an account one query, however many connections it has.
 */
export class RightsWatch {
  readonly #credentials: CredentialSource;
  readonly #accounts: AccountSource | undefined;
  #isLooking = false;

  constructor(credentials: CredentialSource, accounts: AccountSource | undefined) {
    this.#credentials = credentials;
    this.#accounts = accounts;
  }

  async look(everybody: Iterable<Holder>): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const [user, holders] of this.#lookAtDevices(everybody)) await this.#lookAtAccount(user, holders);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Gives the holders that are left: accounts, by user. */
  #lookAtDevices(everybody: Iterable<Holder>): ReadonlyMap<string, readonly Holder[]> {
    const accounts = new Map<string, Holder[]>();
    for (const holder of everybody) {
      const { principal } = holder;
      const credential = this.#credentials.find(principal.user);
      const now: Principal | undefined = credential && { type: 'device', user: principal.user, credential };
      if (principal.type === 'account' && now === undefined) {
        const known = accounts.get(principal.user);
        if (known) known.push(holder);
        else accounts.set(principal.user, [holder]);
      } else if (!stillHolds(principal, now)) holder.expel();
    }
    return accounts;
  }

  async #lookAtAccount(user: string, holders: readonly Holder[]): Promise<void> {
    let now: Principal | undefined;
    try {
      const account = await this.#accounts?.find(user);
      now = account && { type: 'account', user, account };
    } catch {
      // A store that does not answer says nothing of anybody's rights; the next look asks again.
      return;
    }
    for (const holder of holders) if (!stillHolds(holder.principal, now)) holder.expel();
  }
}
