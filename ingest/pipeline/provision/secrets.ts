import { createHash, randomBytes, randomInt } from 'node:crypto';

/** No letters or digits that look alike: a code is read from a screen and typed at a device. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 16;

/** A code to type, XXXX-XXXX-XXXX-XXXX: 79 random bits. */
export function newCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** 192 random bits, for a device to keep. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** SHA-256, hex: random secrets of this length need no slow hash. A code may be typed in small letters and without its hyphens. */
export function codeHash(code: string): string {
  return secretHash(code.toUpperCase().replaceAll(/[\s-]/g, ''));
}

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
