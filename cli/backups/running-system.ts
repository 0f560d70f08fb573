import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the commands of the same machine find the system that uses a data folder. */
const FILE = 'running.json';

export interface RunningSystem {
  readonly pid: number;
  readonly url: string;
}

/** Notes our address for the commands; gives the way to take it back. */
export function noteRunning(root: string, url: string): () => void {
  const file = join(root, FILE);
  writeFileSync(file, JSON.stringify({ pid: process.pid, url }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The system with a console that runs on a data folder; undefined where there is none. */
export function findRunning(root: string): RunningSystem | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(root, FILE), 'utf8')) as Partial<RunningSystem>;
    return typeof pid === 'number' && typeof url === 'string' && isAlive(pid) ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}
