import { hash, verify } from '@node-rs/argon2';

/** argon2id with the parameters that OWASP names: 19 MiB, 2 passes, 1 lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Longest password that is hashed; longer ones are refused before any work. */
export const PASSWORD_MAX = 256;

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

let nobody: Promise<string> | undefined;

/** Checks a password in the same time whether or not the user exists. */
export async function checkPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  if (passwordHash === undefined) {
    nobody ??= hashPassword('no user has this password');
    await verify(await nobody, password);
    return false;
  }
  return verify(passwordHash, password);
}
