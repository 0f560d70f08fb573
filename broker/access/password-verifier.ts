import { createHash } from 'node:crypto';
import type { Clock } from '@clearbay/contract/clock.ts';
import { verify } from '@node-rs/argon2';
import { FailureBucket } from './failure-bucket.ts';
import { isSecretHash, matchesSecret } from './password-hash.ts';

export interface PasswordLimits {
  readonly passwordChecks: number;
  readonly passwordQueue: number;
  readonly passwordFailuresPerMinute: number;
  readonly passwordFailuresPerMinutePerAddress: number;
}

export interface Attempt {
  readonly user: string;
  readonly password: Uint8Array;
  /** Those it may match, the newest first. */
  readonly hashes: readonly string[];
  readonly address: string;
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}

/** The hash that matched, or why none did. */
export type Verdict = { readonly passedWith: string } | 'bad-password' | 'password-throttled' | 'verifier-busy' | 'gone';

const REMEMBERED = 20_000;

/**
 * Checks passwords. Those that the system made are told at once, whatever else goes on. Those that people chose have an argon2id hash,
 * checked beside the event loop, a few at a time; failures of a user from an address, and of an address, end that for the minute.
 * A pair that passed is remembered with the very hash it passed against: it costs nothing again, and a changed password is asked again.
 */
export class PasswordVerifier {
  readonly #limits: PasswordLimits;
  /** user + digest of the password -> the hash that it matched. */
  readonly #passed = new Map<string, string>();
  readonly #ofUser: FailureBucket;
  readonly #ofAddress: FailureBucket;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: PasswordLimits, clock: Clock) {
    this.#limits = limits;
    this.#ofUser = new FailureBucket(limits.passwordFailuresPerMinute, clock);
    this.#ofAddress = new FailureBucket(limits.passwordFailuresPerMinutePerAddress, clock);
  }

  async check(attempt: Attempt): Promise<Verdict> {
    const { user, password, hashes } = attempt;
    const made = hashes.find((stored) => isSecretHash(stored) && matchesSecret(stored, password));
    if (made !== undefined) return { passedWith: made };
    const chosen = hashes.filter((stored) => !isSecretHash(stored));
    // No guess hits a made password: nothing to count but the refusal.
    if (chosen.length === 0) return 'bad-password';
    const key = `${user}\n${createHash('sha256').update(password).digest('base64')}`;
    const passed = this.#passed.get(key);
    if (passed !== undefined && chosen.includes(passed)) return { passedWith: passed };
    return await this.#checkSlowly(attempt, chosen, key);
  }

  async #checkSlowly(attempt: Attempt, hashes: readonly string[], key: string): Promise<Verdict> {
    const source = `${attempt.user}\n${attempt.address}`;
    if (this.#isThrottled(source, attempt.address)) return 'password-throttled';
    if (this.#waiting.length >= this.#limits.passwordQueue) return 'verifier-busy';
    await this.#turn();
    try {
      // Those that came at once wait together: what failed meanwhile counts for the rest of them.
      if (attempt.isGone()) return 'gone';
      if (this.#isThrottled(source, attempt.address)) return 'password-throttled';
      for (const hash of hashes) {
        if (!(await matches(hash, attempt.password))) continue;
        this.#remember(key, hash);
        return { passedWith: hash };
      }
    } finally {
      this.#next();
    }
    this.#ofUser.add(source);
    this.#ofAddress.add(attempt.address);
    return 'bad-password';
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#limits.passwordChecks) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }

  #isThrottled(source: string, address: string): boolean {
    return this.#ofUser.isFull(source) || this.#ofAddress.isFull(address);
  }

  #remember(key: string, hash: string): void {
    const oldest = this.#passed.keys().next();
    if (this.#passed.size >= REMEMBERED && !oldest.done) this.#passed.delete(oldest.value);
    this.#passed.set(key, hash);
  }
}

async function matches(passwordHash: string, password: Uint8Array): Promise<boolean> {
  try {
    return await verify(passwordHash, password);
  } catch {
    // Not a PHC string: nothing can match it.
    return false;
  }
}
