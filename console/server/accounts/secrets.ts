import { createHash, randomBytes } from 'node:crypto';

/** Prefixes keep a stolen cookie from being used as a bearer token and the reverse. */
const PREFIX = { session: 'cbs_', token: 'cbt_' } as const;
export type SecretKind = keyof typeof PREFIX;

/** 256 random bits; shown once, kept only as its hash. */
export function newSecret(kind: SecretKind): string {
  return PREFIX[kind] + randomBytes(32).toString('base64url');
}

/** SHA-256 in hex, as stored; undefined for a text that cannot be a secret of this kind. A random 256-bit secret needs no slow hash. */
export function secretHash(kind: SecretKind, secret: string): string | undefined {
  if (!secret.startsWith(PREFIX[kind]) || secret.length > 100) return undefined;
  return createHash('sha256').update(secret).digest('hex');
}
