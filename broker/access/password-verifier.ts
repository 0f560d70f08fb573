import { createHash } from 'node:crypto';
import type { Clock } from '@clearbay/contract/clock.ts';
import { verify } from '@node-rs/argon2';

export interface PasswordLimits {
  readonly passwordChecks: number;
  readonly passwordQueue: number;
  readonly passwordFailuresPerMinute: number;
}

export type Verdict = 'ok' | 'bad-password' | 'password-throttled' | 'verifier-busy';

const REMEMBERED = 20_000;
const MINUTE_MS = 60_000;

/**
 * Checks argon2id hashes beside the event loop, a few at a time. A pair that passed is remembered with the very hash it passed
 * against, so a fleet that comes back costs nothing and a changed password is asked again.
 */
export class PasswordVerifier {
  readonly #limits: PasswordLimits;
  readonly #clock: Clock;
  /** user + digest of the password -> the hash that it matched. */
  readonly #passed = new Map<string, string>();
  readonly #failures = new Map<string, { count: number; until: number }>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: PasswordLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** `hashes` are those it may match, the newest first. */
  async check(user: string, password: Uint8Array, hashes: readonly string[], address: string): Promise<Verdict> {
    const key = `${user}\n${createHash('sha256').update(password).digest('base64')}`;
    const passed = this.#passed.get(key);
    if (passed !== undefined && hashes.includes(passed)) return 'ok';
    const source = `${user}\n${address}`;
    if (this.#isThrottled(source)) return 'password-throttled';
    if (this.#waiting.length >= this.#limits.passwordQueue) return 'verifier-busy';
    for (const hash of hashes) {
      if (!(await this.#verify(hash, password))) continue;
      if (this.#passed.size >= REMEMBERED) this.#forgetOldest(this.#passed);
      this.#passed.set(key, hash);
      return 'ok';
    }
    this.#failed(source);
    return 'bad-password';
  }

  async #verify(passwordHash: string, password: Uint8Array): Promise<boolean> {
    if (this.#running >= this.#limits.passwordChecks) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await verify(passwordHash, password);
    } catch {
      // Not a PHC string: nothing can match it.
      return false;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #isThrottled(source: string): boolean {
    const failures = this.#failures.get(source);
    return (
      failures !== undefined && failures.until > this.#clock.now() && failures.count >= this.#limits.passwordFailuresPerMinute
    );
  }

  #failed(source: string): void {
    const now = this.#clock.now();
    const failures = this.#failures.get(source);
    if (failures && failures.until > now) {
      failures.count += 1;
      return;
    }
    if (this.#failures.size >= REMEMBERED) this.#forgetOldest(this.#failures);
    this.#failures.delete(source);
    this.#failures.set(source, { count: 1, until: now + MINUTE_MS });
  }

  #forgetOldest(map: Map<string, unknown>): void {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
}
