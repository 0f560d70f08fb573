import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { describe } from 'vitest';
import { freePort } from '../harness/free-port.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';

/** A suite on a real Mosquitto. Where it is not installed it is skipped by name; in CI it then fails instead. */
export function describeWithMosquitto(name: string, suite: () => void): void {
  if (existsSync(MOSQUITTO)) describe(name, suite);
  else if (process.env.CI) {
    describe(name, () => {
      throw new Error(`${name}: mosquitto is not installed`);
    });
  } else describe.skip(`${name} (mosquitto is not installed)`, suite);
}

export interface MosquittoOptions {
  /** False: a restart forgets sessions, queues and retained messages. */
  readonly persistence?: boolean;
  /** Further lines of mosquitto.conf; by default anybody may connect. */
  readonly access?: readonly string[];
}

/** One Mosquitto with a folder of its own, on the same port after each start. */
export class Mosquitto {
  readonly folder: string;
  readonly #options: MosquittoOptions;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(folder: string, options: MosquittoOptions = {}) {
    this.folder = join(folder, 'mosquitto');
    this.#options = options;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const { persistence = true, access = ['allow_anonymous true'] } = this.#options;
    await mkdir(this.folder, { recursive: true });
    if (this.#port === 0) this.#port = await freePort();
    const config = join(this.folder, 'mosquitto.conf');
    const lines = [
      `listener ${this.#port} 127.0.0.1`,
      // Started by root it would give up the rights to its own folder.
      `user ${userInfo().username}`,
      'max_queued_messages 0',
      'max_inflight_messages 0',
      'set_tcp_nodelay true',
      ...(persistence ? ['persistence true', `persistence_location ${this.folder}/`] : []),
      ...access,
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    this.#process = spawn(MOSQUITTO, ['-c', config], { stdio: 'ignore' });
    for (let left = 100; left > 0; left -= 1) {
      // Who may not come in got an answer too.
      const answer = await connectAsync(this.url, { reconnectPeriod: 0, connectTimeout: 1000 }).catch((error: Error) => error);
      if (!(answer instanceof Error)) await answer.endAsync();
      if (!(answer instanceof Error) || /refused: /i.test(answer.message)) return;
      await sleep(50);
    }
    throw new Error('mosquitto did not start');
  }

  /** Ends it in order: what it holds is written down. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for something that comes about by itself. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await condition()) return;
    await sleep(20);
  }
  throw new Error(`waited in vain until ${what}`);
}
