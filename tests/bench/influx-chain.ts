import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatusView } from '@clearbay/contract/api.ts';
import { INFLUXD, Influxd } from '../harness/influxd.ts';
import { type Figure, figure, median } from './figure.ts';
import type { LoadPlan } from './load/publisher.ts';
import { ServedProcess } from './load/served.ts';
import { WHOLE_SYSTEM } from './system.ts';

/** Each brings at least 100,000 points a second. */
const LOADS: readonly {
  readonly name: string;
  readonly mode: LoadPlan['mode'];
  readonly width: number;
  readonly rate: number;
}[] = [
  { name: 'single values', mode: 'single', width: 1, rate: 100_000 },
  { name: 'six values', mode: 'six', width: 6, rate: 20_000 },
];
const LOAD = { publishers: 100, inflight: 20, warmUpMs: 5000, measureMs: 20_000 } as const;
const LOOK_EVERY_MS = 500;
const WANTED_PER_SECOND = 100_000;

interface Look {
  readonly at: number;
  readonly cursor: number;
  readonly lag: number;
}

/** The whole system on a real influxd under publishers: what it drains while they send, and whether it falls behind. */
export async function influxChain(): Promise<Figure[]> {
  if (!existsSync(INFLUXD)) throw new Error('influxd is not installed');
  const figures: Figure[] = [];
  for (const { name, mode, width, rate } of LOADS) {
    const { sent, looks } = await drainedUnder({ ...LOAD, mode, rate });
    const [first, last] = [looks[0], looks.at(-1)];
    if (first === undefined || last === undefined) throw new Error('the load was too short to look at');
    const drained = ((last.cursor - first.cursor) / (last.at - first.at)) * 1000 * width;
    const third = Math.floor(looks.length / 3);
    const behind = (part: readonly Look[]) => median(part.map(({ lag }) => lag));
    figures.push(
      figure(`influx chain, ${name}: drained`, drained, 'points/s', WANTED_PER_SECOND),
      figure(`influx chain, ${name}: drained of what was sent`, drained, 'points/s', sent * width),
      figure(
        `influx chain, ${name}: rows behind, last third against the first`,
        behind(looks.slice(-third)),
        'rows',
        behind(looks.slice(0, third)),
      ),
    );
  }
  return figures;
}

async function drainedUnder(
  plan: Omit<LoadPlan, 'port' | 'devices'>,
): Promise<{ readonly sent: number; readonly looks: readonly Look[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-influx-'));
  const influxd = new Influxd(folder);
  await influxd.start();
  try {
    const server = await ServedProcess.start(WHOLE_SYSTEM, { CLEARBAY_BENCH_SERIES: JSON.stringify({ influxUrl: influxd.url }) });
    const looks: Look[] = [];
    const began = performance.now();
    const looking = setInterval(async () => {
      const { series } = await server.api<StatusView>('/status');
      const at = performance.now();
      if (at - began >= plan.warmUpMs) looks.push({ at, cursor: series.cursor, lag: series.lag });
    }, LOOK_EVERY_MS);
    try {
      const { messagesPerSecond } = await server.measure(plan);
      return { sent: messagesPerSecond, looks };
    } finally {
      clearInterval(looking);
      await server.stop();
    }
  } finally {
    await influxd.kill();
    await rm(folder, { recursive: true });
  }
}
