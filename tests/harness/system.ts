import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from '@clearbay/console-server/accounts/tokens.ts';
import { newSecret } from '@clearbay/pipeline/provision/secrets.ts';
import { SqliteState } from '@clearbay/store/state/sqlite.ts';
import { saveDevice } from '../../cli/device-credentials.ts';
import { clearbay, type Ended, spawnClearbay } from './clearbay.ts';

export interface SystemOptions {
  /** Configuration as the file says it (JSON is YAML too); absent: the demonstration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Devices that get credentials before the start, with their stations. */
  readonly devices?: ReadonlyMap<string, readonly string[]>;
  readonly args?: readonly string[];
  /** Folder of configuration and data; it stays when the system stops, so that the same installation can be started again. Absent: a temporary one. */
  readonly folder?: string;
  /** False: the listeners are those of the configuration alone; else plain MQTT is open on a free port. */
  readonly plainMqtt?: boolean;
  /** Password of the first administrator, who signs in as `admin`; the demonstration makes its own. */
  readonly adminPassword?: string;
}

interface Addresses {
  readonly url: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly mqttPorts: Readonly<Partial<Record<'tcp' | 'tls' | 'ws' | 'wss', number>>>;
  readonly pid: number;
  /** Sign-in of the administrator, where the system prints one. */
  readonly user?: string;
  readonly password?: string;
}

const START_WITHIN_MS = 25_000;
const STOP_WITHIN_MS = 6000;

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let said = '';
    const late = setTimeout(() => reject(new Error(`the system did not start in time: ${said}`)), START_WITHIN_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(late);
      resolve(text.slice(0, end));
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the system ended with code ${code}: ${said}`));
    });
  });
}

/** The whole system as a child process on free ports with a data folder of its own. */
export interface RunningSystem extends Addresses {
  readonly mqttUrl: string;
  readonly data: string;
  /** Of the configuration that was given; there is no file where none was. */
  readonly configFile: string;
  /** API bearer token of an administrator. */
  readonly token: string;
  /** By device. */
  readonly passwords: ReadonlyMap<string, string>;
  /** A view of the API. */
  api<View>(path: string): Promise<View>;
  /** A command against this system's configuration, data folder and broker. */
  command(args: readonly string[], within?: number): Promise<Ended>;
  /** Ends it as Ctrl-C does; what does not end in time is killed. Gives the exit code. */
  stop(): Promise<number | null>;
}

/** Credentials of the devices and a token, made while the system does not run. */
async function prepare(data: string, devices: ReadonlyMap<string, readonly string[]>) {
  const state = new SqliteState(join(data, 'state.sqlite'));
  await state.start();
  const passwords = new Map<string, string>();
  for (const [device, stations] of devices) {
    const password = newSecret();
    await saveDevice(state.devices, device, stations, password);
    passwords.set(device, password);
  }
  const token = await createToken(state, 'admin');
  await state.stop();
  return { passwords, token };
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(late);
  return code;
}

/** Prepares credentials and a token, starts the system and waits until it is reachable. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const { config, devices = new Map(), args = [], plainMqtt = true, adminPassword } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'clearbay-system-')));
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true });
  const configFile = join(folder, 'clearbay.yaml');
  if (config !== undefined) await writeFile(configFile, JSON.stringify(config));
  const own = ['--data', data, ...(config === undefined ? [] : ['--config', configFile])];
  const { passwords, token } = await prepare(data, devices);
  const child = spawnClearbay(
    ['start', '--json', '--http-port', '0', ...(plainMqtt ? ['--mqtt-port', '0'] : []), ...own, ...args],
    adminPassword === undefined ? {} : { CLEARBAY_ADMIN_PASSWORD: adminPassword },
  );
  const stop = async () => {
    const code = await end(child);
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    return code;
  };
  try {
    const addresses = JSON.parse(await firstLine(child)) as Addresses;
    const mqttUrl = `mqtt://127.0.0.1:${addresses.mqttPort}`;
    return {
      ...addresses,
      mqttUrl,
      data,
      configFile,
      token,
      passwords,
      async api<View>(path: string) {
        const response = await fetch(`${addresses.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
        if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        return (await response.json()) as View;
      },
      command: (command, within) => clearbay([...command, ...own, '--mqtt', mqttUrl], within === undefined ? {} : { within }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
