import { join } from 'node:path';
import type { Config } from '@clearbay/config/load.ts';
import type { Settings } from '@clearbay/config/schema/settings.ts';
import type { Clock } from '@clearbay/contract/clock.ts';
import type { District } from '@clearbay/domain/district.ts';
import { shareOf, type Worker } from '@clearbay/pipeline/external/worker-share.ts';
import pino, { type Logger } from 'pino';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import type { Lifecycle } from './lifecycle.ts';
import { openLogger } from './log.ts';

/** What every room of the process stands on. */
export interface Premises {
  readonly settings: Settings;
  /** The stations that this process answers for. */
  readonly district: District;
  readonly worker: Worker;
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly data: DataFolder;
  readonly log: Logger;
}

/** Lines that wait while the disk takes none; beyond it they are dropped. */
const MOST_WAITING_BYTES = 1024 * 1024;

function openLog(data: DataFolder, level: string): Logger {
  const file = pino.destination({
    dest: join(data.root, 'clearbay.log'),
    mkdir: true,
    sync: true,
    maxLength: MOST_WAITING_BYTES,
  });
  // A full disk must not end the process: nobody listening would, and the lines are written with the next one that fits.
  file.on('error', () => undefined);
  return openLogger(level, file);
}

/** Opens and locks the data folder. */
export function openPremises(config: Config, worker: Worker, clock: Clock, lifecycle: Lifecycle): Premises {
  const { settings } = config;
  const data = openDataFolder(settings.data);
  lifecycle.lock(join(data.root, 'running.pid'), data.root);
  return {
    settings,
    district: shareOf(config.district, worker),
    worker,
    clock,
    lifecycle,
    data,
    log: openLog(data, settings.logLevel),
  };
}
