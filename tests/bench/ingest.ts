/** Durable ingest against the bare MQTT library, alternating in one run. `node tests/bench/ingest.ts` prints the table. */
import { fileURLToPath } from 'node:url';
import { type Figure, median } from './figure.ts';
import type { PayloadMode } from './load/payloads.ts';
import { ServedProcess, type ServerFigures } from './load/served.ts';

interface Load {
  readonly name: string;
  readonly publishers: number;
  readonly inflight: number;
  readonly mode: PayloadMode;
}

const LOADS: readonly Load[] = [
  { name: 'single values, 100 publishers × 20 in flight', publishers: 100, inflight: 20, mode: 'single' },
  { name: 'six values, 100 publishers × 20 in flight', publishers: 100, inflight: 20, mode: 'six' },
  { name: 'single values, 200 publishers × 1 in flight', publishers: 200, inflight: 1, mode: 'single' },
];

const script = (name: string) => [process.execPath, fileURLToPath(new URL(name, import.meta.url))];
const BARE = script('./load/bare-aedes.ts');

export interface IngestBenchOptions {
  /** Command line of the server under test; it prints `{"mqttPort":…, "devices":[…]}` on stdout. */
  readonly server?: readonly string[];
  readonly rounds?: number;
  readonly measureMs?: number;
  /** Which of the loads, by mode and in flight; absent: all. */
  readonly only?: RegExp;
}

/** Runs every load in alternating rounds and returns the medians of ours beside those of the bare library. */
export async function ingest(options: IngestBenchOptions = {}): Promise<Figure[]> {
  const results: Figure[] = [];
  for (const load of LOADS) {
    if (options.only && !options.only.test(load.name)) continue;
    results.push(...(await compare(load, options)));
  }
  return results;
}

async function compare(load: Load, options: IngestBenchOptions): Promise<Figure[]> {
  const ours: ServerFigures[] = [];
  const bare: ServerFigures[] = [];
  for (let round = 0; round < (options.rounds ?? 3); round += 1) {
    bare.push(await measureOnce(BARE, load, options));
    ours.push(await measureOnce(options.server ?? script('./load/broker-and-ledger.ts'), load, options));
  }
  const row = (figure: string, unit: string, pick: (figures: ServerFigures) => number): Figure => {
    const value = median(ours.map(pick));
    const reference = median(bare.map(pick));
    return { name: `ingest, ${load.name}: ${figure}`, value, unit, reference, ratio: value / reference };
  };
  return [
    row('messages', 'msg/s', (figures) => figures.messagesPerSecond),
    row('points', 'points/s', (figures) => figures.pointsPerSecond),
    row('PUBACK p50', 'ms', (figures) => figures.p50Ms),
    row('PUBACK p99', 'ms', (figures) => figures.p99Ms),
    row('server CPU', 'cores', (figures) => figures.serverCpu),
    row('server memory', 'MiB', (figures) => figures.serverRssMiB),
    row('load generator CPU', 'cores', (figures) => figures.cpu),
  ];
}

async function measureOnce(command: readonly string[], load: Load, options: IngestBenchOptions): Promise<ServerFigures> {
  const server = await ServedProcess.start(command);
  try {
    return await server.measure({ ...load, warmUpMs: 1500, measureMs: options.measureMs ?? 4000 });
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const only = process.argv[2];
  const results = await ingest({
    ...(only === undefined ? {} : { only: new RegExp(only) }),
    rounds: Number(process.env.ROUNDS ?? 3),
    measureMs: Number(process.env.MEASURE_MS ?? 4000),
  });
  console.table(
    results.map(({ name, value, unit, reference, ratio }) => ({
      name,
      value: round(value),
      reference: round(reference),
      unit,
      ratio: round(ratio),
    })),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
