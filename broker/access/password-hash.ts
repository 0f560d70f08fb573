import { hash } from '@node-rs/argon2';

/** argon2id with the library's defaults (19 MiB, 2 passes); `cost` is for benches and tests that connect hundreds of clients. */
export function hashPassword(password: string, cost?: { readonly memoryKiB: number; readonly passes: number }): Promise<string> {
  return hash(password, cost && { memoryCost: cost.memoryKiB, timeCost: cost.passes });
}
