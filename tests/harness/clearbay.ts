import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../clearbay.ts', import.meta.url));

/** Settings of whoever runs the tests must not reach the program under test. */
function environment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { CLEARBAY_HTTP_PORT, CLEARBAY_MQTT_PORT, CLEARBAY_DATA, CLEARBAY_ADMIN_PASSWORD, ...rest } = process.env;
  return { ...rest, ...own };
}

/** The command line as a child process, from the root of the repository. */
export function spawnClearbay(args: readonly string[], own: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, env: environment(own), stdio: ['pipe', 'pipe', 'pipe'] });
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly environment?: NodeJS.ProcessEnv;
  /** Killed after this, ms. */
  readonly within?: number;
}

/** Runs a command to its end. A command that hangs is killed and gives code null. */
export async function clearbay(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawnClearbay(args, options.environment);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const late = setTimeout(() => child.kill('SIGKILL'), options.within ?? 30_000);
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', (ended) => resolve(ended));
  });
  clearTimeout(late);
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}
