import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { UserFailure } from './failure.ts';

/** Something that runs; `start` may say where it can be reached. */
export interface Part<Started> {
  start(): Started | Promise<Started>;
  stop(): void | Promise<void>;
}

const STOP_WITHIN_MS = 4500;

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Parts in the order they were started; stopped in reverse, within a limit. */
export class Lifecycle {
  readonly #stops: (() => void | Promise<void>)[] = [];

  /** One process a data folder: two would tear the files apart. */
  lock(file: string, folder: string): void {
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (isRunning(holder))
      throw new UserFailure(
        `The data folder ${folder} is in use by process ${holder}. Stop it, or choose another folder with --data.`,
      );
    writeFileSync(file, String(process.pid));
    this.#stops.push(() => rmSync(file, { force: true }));
  }

  /** Starts a part and gives what its start resolved with. */
  async run<Started>(part: Part<Started>): Promise<Started> {
    this.#stops.push(() => part.stop());
    return await part.start();
  }

  every(intervalMs: number, work: () => void): void {
    const timer = setInterval(work, intervalMs);
    this.#stops.push(() => clearInterval(timer));
  }

  async stop(): Promise<void> {
    const late = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        process.stderr.write(`while stopping: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
    clearTimeout(late);
  }
}
