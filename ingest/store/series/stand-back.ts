import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

const NICENESS = 10;

/**
 * Lets readings that wait for their acknowledgement go before the drain, which has time: where cores are short, the thread that
 * calls this (and those that it starts) gets a tenth of what another one gets. Linux alone knows priorities of threads.
 */
export function standBack(): void {
  if (process.platform === 'linux') setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
}
