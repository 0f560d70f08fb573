import type { ServiceWindow } from '@clearbay/domain/district.ts';
import { QUALITY } from '@clearbay/domain/quality.ts';

/** Flags of the windows that a value's period, the `periodMs` that end at `at`, touches; 0 for one that touches none. */
export function windowFlags(windows: readonly ServiceWindow[], at: number, periodMs: number): number {
  let flags = 0;
  for (const { from, to, reason } of windows) {
    // In order of their beginning: what begins later touches nothing either.
    if (from >= at) break;
    if (at - periodMs < to) flags |= QUALITY[reason];
  }
  return flags;
}
