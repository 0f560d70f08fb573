import { ConfigError } from '@clearbay/config/faults.ts';
import { loadMapping } from '@clearbay/config/mappings.ts';
import type { ColumnMapping } from '@clearbay/contract/columns.ts';
import { UserFailure } from './failure.ts';

/** The column mapping a person asked for by name; one sentence where there is none of that name. */
export function namedMapping(name: string, kind: string, metrics: readonly string[]): ColumnMapping {
  try {
    return loadMapping(name, kind, () => metrics);
  } catch (error) {
    const [fault, ...more] = error instanceof ConfigError ? error.faults : [];
    if (fault?.path !== 'columns' || more.length > 0) throw error;
    throw new UserFailure(`${fault.reason.replace(/^there/, 'There')}.`, { cause: error });
  }
}
