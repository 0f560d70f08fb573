import type { Clock } from '@clearbay/contract/clock.ts';

export interface LockoutRules {
  /** Failures before the lock. */
  readonly tries: number;
  /** How long the lock holds, and how long failures are remembered, ms. */
  readonly lockMs: number;
}

const LOCKOUT: LockoutRules = { tries: 5, lockMs: 15 * 60_000 };

/** Names and addresses remembered at most; an attacker with more loses the oldest memory, not ours. */
const REMEMBERED = 20_000;

interface Failures {
  count: number;
  since: number;
  lockedUntil: number;
}

/** Counts failed sign-ins by key (user, address) and locks after too many. A try counts before its check, so parallel tries cannot slip through. */
export class Lockout {
  private readonly rules: LockoutRules;
  private readonly clock: Clock;
  private readonly failures = new Map<string, Failures>();

  constructor(clock: Clock, rules: LockoutRules = LOCKOUT) {
    this.clock = clock;
    this.rules = rules;
  }

  /** Remaining lock of the worst of the keys, ms; 0 where a try is allowed. */
  lockedFor(keys: readonly string[]): number {
    const now = this.clock.now();
    return Math.max(0, ...keys.map((key) => (this.failures.get(key)?.lockedUntil ?? 0) - now));
  }

  /** Notes a try as failed until `succeeded` says otherwise. True where this try brought the lock. */
  tried(keys: readonly string[]): boolean {
    const now = this.clock.now();
    let locked = false;
    for (const key of keys) {
      const known = this.failures.get(key);
      const current =
        known !== undefined && now - known.since < this.rules.lockMs ? known : { count: 0, since: now, lockedUntil: 0 };
      current.count += 1;
      current.since = now;
      if (current.count >= this.rules.tries) {
        current.lockedUntil = now + this.rules.lockMs;
        locked = true;
      }
      this.failures.delete(key);
      this.failures.set(key, current);
    }
    this.forgetOldest();
    return locked;
  }

  succeeded(keys: readonly string[]): void {
    for (const key of keys) this.failures.delete(key);
  }

  private forgetOldest(): void {
    for (const key of this.failures.keys()) {
      if (this.failures.size <= REMEMBERED) return;
      this.failures.delete(key);
    }
  }
}
