import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BENCH_DEVICES, benchDevices } from './fleet.ts';
import type { LoadFigures, LoadPlan } from './publisher.ts';

const CLOCK_TICKS = 100;
const START_TIMEOUT_MS = 60_000;

/** What a server under test says on its first JSON line of stdout. `devices` are the credentials to use; absent: any will do. */
interface ServerHello {
  readonly mqttPort: number;
  readonly pid?: number;
  readonly devices?: LoadPlan['devices'];
  /** Of a server with an API: its address and a bearer token. */
  readonly url?: string;
  readonly token?: string;
}

export interface ServerFigures extends LoadFigures {
  /** Cores that the server used while it was measured. */
  readonly serverCpu: number;
  /** Resident memory at the end, MiB. */
  readonly serverRssMiB: number;
}

interface Usage {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

/** A server under test: any command line that prints its MQTT port as JSON on stdout. */
export class ServedProcess {
  readonly #child: ChildProcess;
  readonly #hello: ServerHello;

  private constructor(child: ChildProcess, hello: ServerHello) {
    this.#child = child;
    this.#hello = hello;
  }

  static async start(command: readonly string[], environment: Record<string, string> = {}): Promise<ServedProcess> {
    const [program, ...args] = command as [string, ...string[]];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
    const hello = await new Promise<ServerHello>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${command.join(' ')}: no port within a minute`)), START_TIMEOUT_MS);
      child.once('exit', (code) => reject(new Error(`${command.join(' ')} ended with ${code}`)));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const found = helloOf(line);
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    });
    return new ServedProcess(child, hello);
  }

  get port(): number {
    return this.#hello.mqttPort;
  }

  get devices(): LoadPlan['devices'] {
    return this.#hello.devices ?? benchDevices(BENCH_DEVICES);
  }

  get url(): string {
    return this.#hello.url ?? '';
  }

  get token(): string {
    return this.#hello.token ?? '';
  }

  /** A view of its API. */
  async api<View>(path: string): Promise<View> {
    const response = await fetch(`${this.url}/api/v1${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as View;
  }

  /** Resident memory now, MiB. */
  get rssMiB(): number {
    return this.#usage().rssMiB;
  }

  /** Drives the server from another process and measures both. */
  async measure(plan: Omit<LoadPlan, 'port' | 'devices'>): Promise<ServerFigures> {
    const full: LoadPlan = { ...plan, port: this.port, devices: this.devices };
    const generator = spawn(process.execPath, [fileURLToPath(new URL('./publisher.ts', import.meta.url)), JSON.stringify(full)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let before: Usage | undefined;
    let after: Usage | undefined;
    let figures: LoadFigures | undefined;
    createInterface({ input: generator.stdout }).on('line', (line) => {
      if (line === 'measuring') before = this.#usage();
      else {
        after = this.#usage();
        figures = JSON.parse(line) as LoadFigures;
      }
    });
    const code = await new Promise<number | null>((resolve) => generator.once('close', resolve));
    if (code !== 0 || !figures || !before || !after) throw new Error(`the load generator ended with ${code}`);
    const serverCpu = (after.cpuSeconds - before.cpuSeconds) / (plan.measureMs / 1000);
    return { ...figures, serverCpu, serverRssMiB: after.rssMiB };
  }

  /** All threads of the process, from the kernel's own accounts. */
  #usage(): Usage {
    const pid = this.#hello.pid ?? this.#child.pid;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS, rssMiB: Number(rss?.[1] ?? 0) / 1024 };
  }

  /** Throws where the server says by its exit code that not everything went well. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const code = await ended;
    if (code) throw new Error(`the server under test ended with ${code}`);
  }
}

function helloOf(line: string): ServerHello | undefined {
  try {
    const hello = JSON.parse(line) as Partial<ServerHello> | null;
    return typeof hello?.mqttPort === 'number' ? (hello as ServerHello) : undefined;
  } catch {
    return undefined;
  }
}
