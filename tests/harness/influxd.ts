import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { freePort } from './free-port.ts';

export const INFLUXD = '/usr/bin/influxd';

/** A suite on a real influxd. Where it is not installed it is skipped by name; in CI it then fails instead. */
export function describeWithInfluxd(name: string, suite: () => void): void {
  if (existsSync(INFLUXD)) suite();
  else if (process.env.CI) {
    describe(name, () => {
      throw new Error(`${name}: influxd is not installed`);
    });
  } else describe.skip(`${name} (influxd is not installed)`, suite);
}

/** One influxd with a data folder of its own; it can be stopped, killed, frozen and emptied. */
export class Influxd {
  readonly #folder: string;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = join(folder, 'influxd');
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    if (this.#port === 0) this.#port = await freePort();
    const config = join(this.#folder, 'influxdb.conf');
    await writeFile(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${this.#folder}/meta"
[data]
  dir = "${this.#folder}/data"
  wal-dir = "${this.#folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${this.#port}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
`,
    );
    this.#process = spawn(INFLUXD, ['run', '-config', config], { stdio: 'ignore' });
    for (let left = 300; left > 0; left--) {
      const answer = await fetch(`${this.url}/ping`).catch(() => undefined);
      if (answer?.status === 204) return;
      await sleep(50);
    }
    throw new Error('influxd did not start');
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Forgets everything, as after a lost disk. Only while it is not running. */
  async empty(): Promise<void> {
    for (const part of ['meta', 'data', 'wal']) await rm(join(this.#folder, part), { recursive: true, force: true });
  }
}
