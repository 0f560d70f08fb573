import type { Worker } from '@clearbay/pipeline/external/worker-share.ts';
import { UserFailure } from './failure.ts';

export const EVERY_STATION: Worker = { index: 1, count: 1 };

const MOST_WORKERS = 1000;

function workerFrom(text: string): Worker {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count || count > MOST_WORKERS)
    throw new UserFailure(`--worker ${text} is no share of the stations; "2/3" is the second of three.`);
  return { index, count };
}

/**
 * The share of the stations that a process of the role ingest takes; undefined for the role all, which does everything. A
 * sentence where the options ask for something that there is not.
 */
export function workerOfRole(role: string, worker: string | undefined, hasExternalBroker: boolean): Worker | undefined {
  if (role !== 'all' && role !== 'ingest') throw new UserFailure(`There is no role "${role}". The roles are all and ingest.`);
  if (role === 'all') {
    if (worker !== undefined) throw new UserFailure('--worker divides the stations among processes of --role ingest.');
    return undefined;
  }
  if (!hasExternalBroker)
    throw new UserFailure('The role ingest takes its readings from a broker outside: name it with --broker or mqtt.external.');
  return worker === undefined ? EVERY_STATION : workerFrom(worker);
}
