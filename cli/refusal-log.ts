import type { Logger } from 'pino';
import type { Lifecycle } from './lifecycle.ts';

const EVERY_MS = 10_000;

/** What came up by since the last look, of counters that only rise. */
export function risesOf(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const rises = Object.entries(after).map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const);
  return Object.fromEntries(rises.filter(([, rise]) => rise > 0));
}

/** Writes down what the broker turned away: one line in ten seconds at most, with the count of each reason. */
export function logRefusals(
  refused: () => Readonly<Record<string, number>>,
  lifecycle: Lifecycle,
  log: Pick<Logger, 'warn'>,
): void {
  let told = refused();
  lifecycle.every(EVERY_MS, () => {
    const now = refused();
    const rises = risesOf(told, now);
    told = now;
    if (Object.keys(rises).length > 0) log.warn({ refused: rises }, 'mqtt refused');
  });
}
