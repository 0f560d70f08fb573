import type { Config } from '@clearbay/config/load.ts';
import type { ProgressView } from '@clearbay/contract/api.ts';
import cliProgress from 'cli-progress';
import { printSystem, printWorker } from './addresses.ts';
import { IngestWorker } from './ingest-worker.ts';
import { workerOfRole } from './role.ts';
import { type Running, System, startFailure } from './system.ts';

export interface StartOptions {
  readonly simulators: boolean;
  readonly history: boolean;
  readonly json?: boolean;
  readonly role: string;
  readonly worker?: string;
}

/** Long work as a bar in the terminal; silent where the output is no terminal. */
function showProgress(running: Running): void {
  if (!process.stdout.isTTY) {
    let told = -1;
    running.progress.onChange(([entry]) => {
      const tenth = entry === undefined || entry.total === 0 ? -1 : Math.floor((entry.done / entry.total) * 10);
      if (entry === undefined || tenth === told) return;
      told = tenth;
      process.stdout.write(`${entry.label.en}: ${tenth * 10} %\n`);
    });
    return;
  }
  let bar: cliProgress.SingleBar | undefined;
  running.progress.onChange((entries: readonly ProgressView[]) => {
    const open = entries.find((entry) => entry.finishedAt === null);
    if (open === undefined) {
      if (bar !== undefined) bar.update(bar.getTotal());
      bar?.stop();
      bar = undefined;
      return;
    }
    if (bar === undefined) {
      bar = new cliProgress.SingleBar({
        format: `${open.label.en} {bar} {percentage} % · {eta_formatted} left`,
        hideCursor: true,
      });
      bar.start(open.total, open.done);
    }
    bar.setTotal(open.total);
    bar.update(open.done);
  });
}

function endOnSignal(part: { stop(): Promise<void> }): void {
  const end = () => void part.stop().then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

/** `clearbay start`: runs until it is told to end. */
export async function start(config: Config, options: StartOptions): Promise<void> {
  const isJson = options.json === true;
  const worker = workerOfRole(options.role, options.worker, config.settings.mqtt.external !== undefined);
  if (worker !== undefined) {
    const ingest = new IngestWorker(config, worker);
    endOnSignal(ingest);
    const url = await ingest.start();
    printWorker(config, worker, url, isJson);
    return;
  }
  const { CLEARBAY_ADMIN_PASSWORD: adminPassword } = process.env;
  const system = new System({
    config,
    simulators: options.simulators,
    history: options.history,
    ...(adminPassword === undefined || adminPassword === '' ? {} : { adminPassword }),
  });
  endOnSignal(system);
  const running = await system.start().catch((error: unknown) => {
    throw startFailure(error);
  });
  printSystem(config, running, isJson);
  if (!isJson) showProgress(running);
}
