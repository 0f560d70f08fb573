import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { type IngestBenchOptions, ingest } from './ingest.ts';

/** Command line of the whole system under test. */
export const WHOLE_SYSTEM = [process.execPath, fileURLToPath(new URL('./load/whole-system.ts', import.meta.url))];

/**
 * The whole system (broker, receiver, ledger, judging, alerts, series store, console) against the bare MQTT library, alternating in one
 * run, driven by another process. Wanted of the messages: single values 75 % (at least half), six values 50 %, unpipelined 80 %.
 */
export async function system(options: Pick<IngestBenchOptions, 'only' | 'rounds' | 'measureMs'> = {}): Promise<Figure[]> {
  const figures = await ingest({ ...options, server: WHOLE_SYSTEM });
  return figures.map((row) => ({ ...row, name: row.name.replace(/^ingest/, 'system') }));
}
