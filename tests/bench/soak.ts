import type { StatusView } from '@clearbay/contract/api.ts';
import { type Figure, figure, median, percentile } from './figure.ts';
import { ServedProcess } from './load/served.ts';
import { WHOLE_SYSTEM } from './system.ts';

const MINUTE_MS = 60_000;
const LOAD = { publishers: 100, inflight: 20, mode: 'single' } as const;
const SATURATION = { ...LOAD, warmUpMs: 3000, measureMs: 6000 };
/** Caches and the store's own buffers fill before memory is looked at, ms. */
const SETTLE_MS = 2 * MINUTE_MS;
const SOAK_MS = 10 * MINUTE_MS;
const LOOK_EVERY_MS = 10_000;
const EVENT_LOOP_LIMIT_MS = 30;
/** A small cache of the series store is full when memory is looked at first; the ordinary one takes twenty minutes to fill. */
const SERIES = { CLEARBAY_BENCH_SERIES: JSON.stringify({ memoryMegabytes: 64 }) };

interface Look {
  readonly at: number;
  readonly rssMiB: number;
  readonly eventLoopMs: number;
  readonly seriesLag: number;
}

/** Ten minutes of the whole system at half of the rate that saturates it: memory, event loop and what waits for the series store. */
export async function soak(): Promise<Figure[]> {
  const rate = await saturation();
  const server = await ServedProcess.start(WHOLE_SYSTEM, SERIES);
  const looks: Look[] = [];
  try {
    const begin = performance.now();
    const looking = setInterval(async () => {
      const { eventLoopDelayP99Ms, series } = await server.api<StatusView>('/status');
      looks.push({
        at: performance.now() - begin,
        rssMiB: server.rssMiB,
        eventLoopMs: eventLoopDelayP99Ms,
        seriesLag: series.lag,
      });
    }, LOOK_EVERY_MS);
    const load = await server.measure({ ...LOAD, rate: Math.round(rate / 2), warmUpMs: SETTLE_MS, measureMs: SOAK_MS });
    clearInterval(looking);
    const settled = looks.filter(({ at }) => at >= SETTLE_MS);
    const third = Math.floor(settled.length / 3);
    const memory = (part: readonly Look[]) => median(part.map(({ rssMiB }) => rssMiB));
    return [
      figure('soak: messages', load.messagesPerSecond, 'msg/s', rate / 2),
      figure('soak: memory, last third against the first', memory(settled.slice(-third)), 'MiB', memory(settled.slice(0, third))),
      figure('soak: largest memory', Math.max(...settled.map(({ rssMiB }) => rssMiB)), 'MiB', memory(settled.slice(0, third))),
      figure('soak: event loop p99, median', median(settled.map(({ eventLoopMs }) => eventLoopMs)), 'ms', EVENT_LOOP_LIMIT_MS),
      figure(
        'soak: event loop p99, worst',
        percentile(
          settled.map(({ eventLoopMs }) => eventLoopMs),
          1,
        ),
        'ms',
        EVENT_LOOP_LIMIT_MS,
      ),
      figure('soak: series behind, largest', Math.max(...settled.map(({ seriesLag }) => seriesLag)), 'rows', rate / 2),
      figure('soak: PUBACK p99', load.p99Ms, 'ms', 20),
    ];
  } finally {
    await server.stop();
  }
}

async function saturation(): Promise<number> {
  const server = await ServedProcess.start(WHOLE_SYSTEM);
  try {
    return (await server.measure(SATURATION)).messagesPerSecond;
  } finally {
    await server.stop();
  }
}
