import { hash as digestOf, randomBytes, timingSafeEqual } from 'node:crypto';
import { hash } from '@node-rs/argon2';

const MADE = '$sha256$';
const SALT_BYTES = 16;

/** argon2id with the library's defaults (19 MiB, 2 passes); `cost` is for benches and tests that connect hundreds of clients. */
export function hashPassword(password: string, cost?: { readonly memoryKiB: number; readonly passes: number }): Promise<string> {
  return hash(password, cost && { memoryCost: cost.memoryKiB, timeCost: cost.passes });
}

/**
 * What is kept of a password that this system made: `$sha256$<salt>$<digest>`, both base64url. For random secrets alone (192 bits):
 * no guess ever hits one, so a slow hash would guard nothing and cost a fleet that comes back minutes.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  return `${MADE}${salt.toString('base64url')}$${saltedDigest(salt, Buffer.from(secret)).toString('base64url')}`;
}

/** Whether a stored hash is one of `hashSecret`, to be told at once; all others are argon2id in PHC form. */
export function isSecretHash(stored: string): boolean {
  return stored.startsWith(MADE);
}

/** Compares in constant time. False where `stored` is not whole. */
export function matchesSecret(stored: string, password: Uint8Array): boolean {
  const [salt = '', digest = ''] = stored.slice(MADE.length).split('$');
  const expected = Buffer.from(digest, 'base64url');
  const given = saltedDigest(Buffer.from(salt, 'base64url'), password);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function saltedDigest(salt: Buffer, password: Uint8Array): Buffer {
  return digestOf('sha256', Buffer.concat([salt, password]), 'buffer');
}
