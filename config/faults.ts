import type { z } from 'zod';

/** One fault of a configuration: where, and what is wrong with it. */
export interface ConfigFault {
  readonly path: string;
  readonly reason: string;
}

/** Every fault of a configuration together, so that one pass mends them all. */
export class ConfigError extends Error {
  readonly code = 'config-invalid';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map((fault) => `${fault.path}: ${fault.reason}`).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Faults of a zod result as path and reason; `prefix` names the file or section. */
export function faultsOf(error: z.ZodError, prefix: string): ConfigFault[] {
  return error.issues.map((issue) => ({ path: [prefix, ...issue.path.map(String)].join('.'), reason: issue.message }));
}
