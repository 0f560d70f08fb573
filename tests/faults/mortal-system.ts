import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '@clearbay/broker/access/password-hash.ts';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import type { HealthView, StatusView } from '@clearbay/contract/api.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { stringify } from 'yaml';
import { spawnClearbay } from '../harness/clearbay.ts';
import { type DistrictPlan, devicesOf, districtOf, stationOf } from './district.ts';

export const PASSWORD = 'password of every device here';

export interface Installation {
  readonly data: string;
  readonly configFile: string;
  /** API bearer token of an operator. */
  readonly token: string;
  readonly devices: readonly string[];
}

/** A configuration with credentials and a token, so that every start is only a start. `data` may be a file system of its own. */
export async function install(
  folder: string,
  plan: DistrictPlan,
  settings: Readonly<Record<string, unknown>> = {},
  data = join(folder, 'data'),
): Promise<Installation> {
  await mkdir(data, { recursive: true });
  const configFile = join(folder, 'clearbay.yaml');
  await writeFile(configFile, stringify({ ...settings, district: districtOf(plan) }));
  const state = new SqliteState(join(data, 'state.sqlite'));
  await state.start();
  // The cost of the hash is not under test, and many devices sign in at once.
  const passwordHash = await hashPassword(PASSWORD, { memoryKiB: 64, passes: 1 });
  const devices = devicesOf(plan);
  for (const device of devices) await state.devices.save({ device, stations: [stationOf(device)], passwordHash });
  const token = await createToken(state, 'operator');
  await state.stop();
  return { data, configFile, token, devices };
}

/** Operators may watch readings and the devices' status on MQTT. */
export async function addOperators({ data }: Installation, names: readonly string[]): Promise<void> {
  const state = new SqliteState(join(data, 'state.sqlite'));
  await state.start();
  const passwordHash = await hashPassword(PASSWORD, { memoryKiB: 1024, passes: 1 });
  for (const name of names) await state.accounts.saveUser({ name, role: 'operator', passwordHash });
  await state.stop();
}

interface Addresses {
  readonly url: string;
  readonly mqttPort: number;
}

const START_WITHIN_MS = 30_000;

function addressesFrom(child: ChildProcess): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    let said = '';
    let failed = '';
    const late = setTimeout(() => reject(new Error(`the system did not start in time: ${failed}`)), START_WITHIN_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      failed += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('\n')) return;
      clearTimeout(late);
      resolve(JSON.parse(said.slice(0, said.indexOf('\n'))) as Addresses);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`the system ended with ${code ?? signal}: ${failed}`));
    });
  });
}

/** The whole system as a process that the test may kill and start again on the same files. */
export class MortalSystem {
  readonly installation: Installation;
  /** From the start of the process until it says that it is ready, ms. */
  readyMs = Number.NaN;
  /** What the process said on its error output. */
  complaint = '';
  #child: ChildProcess | undefined;
  #addresses: Addresses | undefined;

  constructor(installation: Installation) {
    this.installation = installation;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get url(): string {
    return this.#addresses?.url ?? '';
  }

  get mqttPort(): number {
    return this.#addresses?.mqttPort ?? 0;
  }

  /** False once the process has ended by itself or was ended. */
  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    const { data, configFile } = this.installation;
    const started = performance.now();
    const child = spawnClearbay(
      ['start', '--json', '--no-simulators', '--http-port', '0', '--mqtt-port', '0', '--data', data, '--config', configFile],
      { NODE_ENV: 'production' },
    );
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.complaint += chunk.toString();
    });
    this.#addresses = await addressesFrom(child);
    while (!(await this.health()).ready) await sleep(20);
    this.readyMs = performance.now() - started;
  }

  /** As a power switch would: nothing is written any more. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.alive) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** As Ctrl-C does. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.alive) return;
    const late = setTimeout(() => child.kill('SIGKILL'), 8000);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
    clearTimeout(late);
  }

  async api<View>(path: string): Promise<View> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.installation.token}` },
      signal: AbortSignal.timeout(10_000),
    });
    const view = (await response.json()) as View;
    // Health answers 503 with its reasons where something is down.
    if (!response.ok && path !== '/health') throw new Error(`${path}: ${response.status} ${JSON.stringify(view)}`);
    return view;
  }

  health(): Promise<HealthView> {
    return this.api('/health');
  }

  status(): Promise<StatusView> {
    return this.api('/status');
  }

  /** Waits until the series store has everything that the ledger holds. */
  async drained(limitMs = 60_000): Promise<StatusView> {
    const end = performance.now() + limitMs;
    for (;;) {
      const status = await this.status();
      if (status.series.cursor >= status.ledger.lastSeq && status.ledger.pending === 0) return status;
      if (performance.now() > end) throw new Error(`the series store did not catch up: ${JSON.stringify(status)}`);
      await sleep(50);
    }
  }
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
